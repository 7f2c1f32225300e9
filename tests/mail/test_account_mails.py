"""Mails around an account: each renders with what the services give it, names its link, and greets nobody by name."""

import pytest

from mobility.mail.messages import render

MAILS = {
    "confirm_address": {"path": "/confirm/TOKEN", "valid_hours": 48},
    "address_known": {"path": "/sign-in"},
    "reset_password": {"path": "/password/TOKEN", "valid_minutes": 60},
    "password_changed": {"path": "/forgotten", "changed_on": "2026-12-14"},
    "invitation": {"path": "/password/TOKEN", "valid_days": 7},
}


@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
@pytest.mark.parametrize("template", MAILS)
def test_the_mail_renders_with_its_link(template, locale):
    mail = render(template, locale, MAILS[template], "https://mobility.example")
    link = "https://mobility.example" + MAILS[template]["path"]
    assert mail.subject
    assert "\n" not in mail.subject
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert "{" not in mail.text


def test_how_long_the_link_lives_is_said():
    texts = {name: render(name, "en", facts, "https://mobility.example").text for name, facts in MAILS.items()}
    assert "48 hours" in texts["confirm_address"]
    assert "60 minutes" in texts["reset_password"]
    assert "7 days" in texts["invitation"]
    assert "Monday 14 December 2026" in texts["password_changed"]
