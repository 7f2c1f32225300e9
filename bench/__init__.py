"""Figures against goals: what a page costs, what a million cases change, what start-up and tests take.

`python -m bench` measures everything, `python -m bench pages queries` only those groups.
"""
