"""Drills: what is promised about reminders, shown on real processes, real databases and a real mail server.

`make drill` runs them in full, `test_drills.py` in short. Processes are killed, stopped and raced from outside; the
product has no hook for it.
"""
