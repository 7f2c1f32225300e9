"""Names of holidays that the calendars' package lacks: translated where known, told as they are elsewhere."""

import pytest

from mobility.i18n.holiday_names import holiday_in_words

GERMAN = {"German Unity Day": "Tag der Deutschen Einheit", "Day off": "Freier Tag", "Christmas Day": "Weihnachten"}


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("German Unity Day", "Tag der Deutschen Einheit"),
        ("German Unity Day (observed)", "Tag der Deutschen Einheit (observed)"),
        ("Day off (substituted from 01/04/2026)", "Freier Tag"),
        ("Christmas Day; German Unity Day", "Weihnachten; Tag der Deutschen Einheit"),
        ("A day that nobody knows", "A day that nobody knows"),
        ("", ""),
    ],
)
def test_a_name_is_told_in_words(english, told):
    assert holiday_in_words(english, lambda text: GERMAN.get(text, text)) == told
