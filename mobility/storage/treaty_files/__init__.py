"""Reads config/treaties/*.toml into domain objects and refuses what it cannot vouch for.

One file holds one instrument. A file with any fault is refused whole, and every fault of a run is listed,
each with its file and key path. Storing what was read is the business of `mobility.services.treaties`.
"""

from mobility.storage.treaty_files.problems import Problem, TreatyFilesRefused
from mobility.storage.treaty_files.reading import read_treaties

__all__ = ["Problem", "TreatyFilesRefused", "read_treaties"]
