"""Which passwords are refused, and why: too short, or too little left once what anybody would guess is taken out.

No composition rules and no expiry (NIST SP 800-63B-4, 3.1.1.2): length and a blocklist only. Hashing is a service.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from mobility.domain.errors import InvalidInput

SHORTEST = 15  # characters, without a second factor
LONGEST = 256
_LEFT_AT_LEAST = 6  # characters that must remain when everything guessable is taken out
_RUN = 4  # from this length on a sequence counts as one
_PRODUCT = ("mobility",)
_ROWS = (
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
_LEET = str.maketrans("0134578@$!", "oleastbasi")
_WORD = re.compile(r"\w{3,}")


class PasswordRefused(InvalidInput):
    """`reason` is too_short, too_long, repeated, sequence, common or own_words; never carries the password."""


def normal_password(password: str) -> str:
    """Return the one form in which a password is checked and hashed, however a keyboard composed it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, own_words: Iterable[str], common: frozenset[str], field: str = "password") -> None:
    """Raise PasswordRefused for a guessable password; `own_words` are names and the e-mail address of its owner."""
    text = normal_password(password)
    if len(text) < SHORTEST:
        raise PasswordRefused(field=field, reason="too_short", least=SHORTEST, given=len(text))
    if len(text) > LONGEST:
        raise PasswordRefused(field=field, reason="too_long", most=LONGEST, given=len(text))
    folded = text.casefold()
    if _repeats(folded):
        raise PasswordRefused(field=field, reason="repeated")
    reason = _guessable(folded, tuple(_words_of(own_words)), common)
    if reason:
        raise PasswordRefused(field=field, reason=reason)


def _repeats(text: str) -> bool:
    """One unit over and over ("abcabcabc…"), or fewer than five different characters."""
    return len(set(text)) < 5 or text in (text + text)[1:-1]


def _words_of(texts: Iterable[str]) -> Iterator[str]:
    yield from _PRODUCT
    for text in texts:
        yield from _WORD.findall(normal_password(text).casefold())


def _guessable(text: str, own: tuple[str, ...], common: frozenset[str]) -> str:
    """Return the reason that took out the most, or "" when enough is left of the password without any of it."""
    taken: dict[str, int] = {}
    for reason, take in _TAKERS:
        rest = take(text, own, common)
        taken[reason] = _count(text) - _count(rest)
        text = rest
    if len(set(text) - {" "}) >= _LEFT_AT_LEAST:
        return ""
    return max(taken, key=lambda reason: taken[reason]) if any(taken.values()) else "repeated"


def _count(text: str) -> int:
    return len(text) - text.count(" ")


def _without_words(text: str, words: Iterable[str]) -> str:
    """Blank out the words, also where digits stand for letters; longest first, so that none hides in another."""
    for word in sorted(words, key=lambda word: (-len(word), word)):
        for at in _places(text, word):
            text = text[:at] + " " * len(word) + text[at + len(word) :]
    return text


def _places(text: str, word: str) -> list[int]:
    pattern = re.escape(word)
    found = re.finditer(pattern, text) if word in text else re.finditer(pattern, text.translate(_LEET))
    return [match.start() for match in found]


def _without_sequences(text: str) -> str:
    """Blank out what counts up or down, stays the same, or follows a row of the keyboard either way."""
    for start, end in _runs(text):
        if end - start >= _RUN:
            text = text[:start] + " " * (end - start) + text[end:]
    return _without_words(text, _row_parts(text))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which each character follows the one before by the same step of -1, 0 or 1."""
    start, step = 0, None
    for at in range(1, len(text)):
        new = ord(text[at]) - ord(text[at - 1])
        if new not in (-1, 0, 1):
            yield start, at
            start, step = at, None
        elif step is not None and new != step:
            yield start, at
            start, step = at - 1, new
        else:
            step = new
    yield start, len(text)


def _row_parts(text: str) -> set[str]:
    """Return the parts of keyboard rows, forwards or backwards, that the text contains."""
    return {
        part
        for row in (*_ROWS, *(row[::-1] for row in _ROWS))
        for length in range(_RUN, len(row) + 1)
        for part in (row[at : at + length] for at in range(len(row) - length + 1))
        if part in text
    }


_Taker = Callable[[str, tuple[str, ...], frozenset[str]], str]
_TAKERS: tuple[tuple[str, _Taker], ...] = (
    ("own_words", lambda text, own, common: _without_words(text, own)),
    ("common", lambda text, own, common: _without_words(text, common)),
    ("sequence", lambda text, own, common: _without_sequences(text)),
)
