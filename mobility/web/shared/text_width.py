"""How wide a line of text will be in a figure, and how to make it fit.

A server has no fonts, so this is an estimate on the generous side: a label that swings or is shortened too early is
better than one that leaves its frame.
"""

import unicodedata
from functools import lru_cache
from typing import Final

BODY: Final = 13
SMALL: Final = 12
_EM: Final = {"wide": 1.0, "narrow": 0.32, "capital": 0.74, "arabic": 0.48, "other": 0.57}
_NARROW: Final = frozenset(" .,:;'’|!()[]iljtfrI·")
_BOLD: Final = 1.07


def text_width(words: str, size: float = BODY, *, bold: bool = False) -> float:
    """Return the estimated width in units of the figure."""
    return sum(map(_em, words)) * size * (_BOLD if bold else 1)


@lru_cache(maxsize=8192)
def _em(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Cf", "Cc"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return _EM["wide"]
    if letter in _NARROW:
        return _EM["narrow"]
    if "\u0600" <= letter <= "\u06ff":
        return _EM["arabic"]
    return _EM["capital"] if letter.isupper() else _EM["other"]


def shortened(words: str, room: float, size: float = BODY, *, bold: bool = False) -> str:
    """Return the words, or as many letters of them as fit in the room with "…" after them."""
    if text_width(words, size, bold=bold) <= room:
        return words
    kept = words
    while kept and text_width(kept + "…", size, bold=bold) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,.;:·") + "…" if kept else ""


def wrapped(words: str, room: float, size: float = BODY, lines: int = 2) -> list[str]:
    """Return the words in at most so many lines, broken between words; the last one is shortened to fit."""
    found: list[str] = []
    for word in words.split():
        if found and text_width(f"{found[-1]} {word}", size) <= room:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [shortened(line, room, size) for line in found]
