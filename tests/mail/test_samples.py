"""The samples that an administrator looks at speak of real law, so that each language shows its own words."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from mobility.mail.samples import SAMPLES
from mobility.resources import resource_dir

OF_LAW = ("instrument", "owes", "consequence")


def law_texts(facts: Any) -> Iterator[str]:
    if isinstance(facts, dict):
        for key, value in facts.items():
            yield from [value] if key in OF_LAW and value else law_texts(value)
    elif isinstance(facts, list):
        for each in facts:
            yield from law_texts(each)


@pytest.fixture(scope="module")
def texts() -> set[str]:
    found: set[str] = set()
    for path in (resource_dir("config") / "treaties").glob("*.toml"):
        law = tomllib.loads(path.read_text("utf-8"))
        found.add(law["instrument"]["short_title"])
        for version in (version for provision in law.get("provision", ()) for version in provision["version"]):
            found |= {version.get("owes"), version.get("consequence")}
    return found


@pytest.mark.parametrize("template", [name for name in sorted(SAMPLES) if [*law_texts(SAMPLES[name])]])
def test_a_sample_speaks_of_real_law(template, texts) -> None:
    assert set(law_texts(SAMPLES[template])) <= texts
