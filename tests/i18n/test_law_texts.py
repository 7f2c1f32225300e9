"""The sentences of the law files reach the catalogues, and are spoken in the reader's language."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract

from mobility.i18n.law_texts import TRANSLATED_KEYS, extract_treaty_texts, law_text

SOURCE = """\
[instrument]
code = "visa_code"
title = "A \\"code\\" on visas"
short_title = "Visa Code"
kind = "eu_act"

[[provision]]
code = "V05"

[[provision.version]]
owes = "The consulate decides."
consequence = ""
notes = "Not for translation."
source = "Not for translation either."

[provision.version.extension]
ground = "More scrutiny."

[provision.version.params]
candidates = [{ trigger = "end of the program" }]

[[provision.version]]
owes = "The consulate decides."
trigger = "a visa was refused"
"""


def test_each_sentence_is_extracted_once_with_its_line() -> None:
    found = list(extract_treaty_texts(BytesIO(SOURCE.encode()), {}, [], {}))
    assert [(line, text) for line, _function, text, _comments in found] == [
        (3, 'A "code" on visas'),
        (4, "Visa Code"),
        (11, "The consulate decides."),
        (17, "More scrutiny."),
        (20, "end of the program"),
        (24, "a visa was refused"),
    ]
    assert found[2][3] == ["Law: owes in visa_code"]


def test_babel_takes_the_extractor_as_it_is() -> None:
    messages = [item[1] for item in extract(extract_treaty_texts, BytesIO(SOURCE.encode()))]
    assert "The consulate decides." in messages
    assert "Not for translation." not in messages


def test_the_files_that_ship_give_sentences(repository: Path) -> None:
    texts: set[str] = set()
    for file in (repository / "config" / "treaties").glob("*.toml"):
        with file.open("rb") as opened:
            texts |= {text for _line, _function, text, _comments in extract_treaty_texts(opened, {}, [], {})}
    assert {"Visa Code", "The consulate decides on the application."} <= texts
    assert all(text == text.strip() for text in texts)


@pytest.mark.parametrize("key", ["owes", "consequence", "trigger", "ground", "title", "short_title"])
def test_everything_people_read_is_translated(key: str) -> None:
    assert key in TRANSLATED_KEYS


def test_an_absent_sentence_stays_absent() -> None:
    assert law_text("") == ""
    assert law_text("No such sentence in any catalogue.") == "No such sentence in any catalogue."
