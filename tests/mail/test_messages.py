"""Every template makes a mail in every language; nothing from outside can forge a header."""

import re
from datetime import date

import pytest

from mobility.domain.time_limits.answers import Answer, Step
from mobility.i18n.reminders_labels import TEMPLATES
from mobility.mail.messages import MailNotRendered, RenderedMail, render, template_names
from mobility.mail.wire import HeaderRefused, write_mail
from tests.mail.letters import FACTS, REMINDER, SITE, a_mail, a_message, lines_of, read


def test_every_template_is_tried_here() -> None:
    assert set(FACTS) == set(template_names()) == set(TEMPLATES)


@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
@pytest.mark.parametrize("template", sorted(FACTS))
def test_every_template_makes_a_mail(template, locale) -> None:
    mail = render(template, locale, FACTS[template], SITE)
    assert FACTS[template].get("reference", "") in mail.subject
    assert len(mail.subject) < 140
    direction = "rtl" if locale == "ar" else "ltr"
    assert f'<html lang="{locale}" dir="{direction}">' in mail.html
    assert mail.html.count("<h1>") == 1
    for part in (mail.text, mail.html):
        assert SITE + FACTS[template]["path"] in part
        assert "{{" not in part
        assert "%(" not in part
    assert "\n\n\n" not in mail.text.strip()


@pytest.mark.parametrize("template", sorted(FACTS))
def test_both_parts_say_the_same(template) -> None:
    mail = render(template, "en", FACTS[template], SITE)
    body = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", mail.html, flags=re.DOTALL)
    body = re.sub(r"</?bdi[^>]*>", "", body)
    words = set(re.sub(r"<[^>]+>", " ", body).replace("&amp;", "&").split())
    assert words - set(mail.text.replace(":\n", "\n").split()) == set()


@pytest.mark.parametrize("template", sorted(set(FACTS) - {"reminder"}))
def test_what_may_be_absent_may_be_absent(template) -> None:
    optional = {"programme_names", "due_on", "office_names", "answered_on", "appeal_by"}
    few = {key: value for key, value in FACTS[template].items() if key not in optional}
    assert render(template, "en", few, SITE).text


@pytest.mark.parametrize(
    ("today", "subject", "left"),
    [
        ("2026-12-14", "By 31 December 2026: The consulate", "17 days left"),
        ("2026-12-30", "By 31 December 2026: The consulate", "1 day left"),
        ("2026-12-31", "Due today: The consulate", "today"),
        ("2027-01-01", "Late by 1 day: The consulate", "late by 1 day"),
        ("2027-01-10", "Late by 10 days: The consulate", "late by 10 days"),
    ],
)
def test_a_reminder_says_what_and_when_first(today, subject, left) -> None:
    mail = render("reminder", "en", REMINDER | {"today": today}, SITE)
    assert mail.subject.startswith(subject)
    assert left in mail.text
    assert left in mail.html


def test_a_reminder_names_law_duty_and_consequence() -> None:
    mail = render("reminder", "en", REMINDER | {"consequence": "The visa is deemed refused."}, SITE)
    for part in (mail.text, mail.html):
        assert "Thursday 31 December 2026" in part
        assert "Embassy of Germany, Cairo" in part
        assert "The visa is deemed refused." in part
        assert "Visa Code" in part
        assert "23(1)" in part


def test_the_one_who_owes_is_told_so() -> None:
    yours = render("reminder", "en", REMINDER | {"is_yours": True, "owed_by": "applicant"}, SITE)
    theirs = render("reminder", "en", REMINDER | {"owed_by": "applicant"}, SITE)
    assert "By whom\nYou\n" in yours.text
    assert "By whom\nThe applicant\n" in theirs.text


def test_a_later_reading_and_a_late_notice_are_told() -> None:
    facts = REMINDER | {"latest_on": "2027-01-04", "is_late": True, "planned_on": "2026-12-10", "collapsed": 3}
    text = render("reminder", "en", facts, SITE).text
    assert "On a later reading of the law: Monday 4 January 2027." in text
    assert "This notice leaves late: it was planned for Thursday 10 December 2026." in text
    assert "It also stands for 3 earlier notices that did not leave." in text


def test_a_window_that_opens_is_never_late() -> None:
    mail = render("reminder", "en", REMINDER | {"kind": "window_open", "today": "2027-02-01"}, SITE)
    assert mail.subject.startswith("Possible from 31 December 2026")
    assert "late by" not in mail.text.lower()


def test_a_reminder_tells_why_it_is_that_day() -> None:
    answer = Answer(
        rule_set="EU1182",
        last_day=date(2026, 12, 31),
        earliest=date(2026, 12, 31),
        latest=date(2026, 12, 31),
        steps=(Step(code="event_excluded", day=date(2026, 12, 14), arguments={}),),
    )
    mail = render("reminder", "en", REMINDER | {"derivation": answer.to_dict()}, SITE)
    for part in (mail.text, mail.html):
        assert "Why this date" in part
        assert "Monday 14 December 2026" in part


def test_an_office_is_not_thanked_for_its_application() -> None:
    facts = FACTS["case_submitted"]
    theirs = render("case_submitted", "en", facts | {"path": "/desk/cases/EG-DE-2027-000418-K"}, SITE)
    yours = render("case_submitted", "en", facts, SITE)
    assert "A new application has arrived" in theirs.text
    assert "Quote it" in yours.html
    assert "Quote it" not in theirs.html + theirs.text


def test_codes_keep_their_direction_in_arabic() -> None:
    mail = render("reminder", "ar", REMINDER, SITE)
    assert '<bdi dir="ltr">23(1)</bdi>' in mail.html
    assert "\u206623(1)\u2069" in mail.text
    assert "سفارة ألمانيا في القاهرة" in mail.text


def test_facts_are_escaped_in_the_hypertext_part() -> None:
    names = {"en": "A & B <script>alert(1)</script>"}
    mail = render("reminder", "en", REMINDER | {"office_names": names, "owes": "A < B & C."}, SITE)
    assert "<script" not in mail.html
    assert "A &lt; B &amp; C." in mail.html
    assert "A < B & C." in mail.text


def test_a_language_that_vanished_becomes_english() -> None:
    assert render("case_closed", "tlh", FACTS["case_closed"], SITE).tag == "en"


@pytest.mark.parametrize(
    ("template", "facts"),
    [
        ("no_such_template", {}),
        ("../base", {}),
        ("reminder", {"path": "/x"}),
        ("request_asked", FACTS["request_asked"] | {"answer_by": "tomorrow"}),
        ("stage_moved", FACTS["stage_moved"] | {"stage_kind": "surgery"}),
        ("stage_moved", FACTS["stage_moved"] | {"office_names": 7}),
        *(
            ("case_closed", {"reference": "X", "path": path})
            for path in ("https://elsewhere.example", "//elsewhere.example", "x", "", None, "/a\r\nb")
        ),
    ],
)
def test_a_template_that_cannot_be_filled_is_named(template, facts) -> None:
    with pytest.raises(MailNotRendered, match=re.escape(template) + r"|not a path"):
        render(template, "en", facts, SITE)


def test_the_headers_of_a_message(now) -> None:
    message = a_message(now, locale="ar")
    assert message["Message-ID"].startswith("<0123456789abcdef")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ar"
    assert message["X-Mobility-Reminder"] == "reminder:12:before_7:1:4"
    assert message["Date"].datetime == now
    assert message["From"].addresses[0].display_name == "Mobility"
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("locale", ["en", "ar", "zh", "ru"])
def test_the_wire_form_is_seven_bit_and_reads_back_exactly(now, locale) -> None:
    raw = a_mail(now, locale=locale).content
    raw.decode("ascii")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    words, back = render("reminder", locale, REMINDER, SITE), read(raw)
    assert back["Subject"] == words.subject
    assert lines_of(back, "plain") == words.text.splitlines()
    assert lines_of(back, "html") == words.html.splitlines()


@pytest.mark.parametrize(
    "to",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "A <a@example.org>",
        "<a@example.org>",
        "a b@example.org",
        "a\x00@example.org",
        "é,x@example.org",
        "é\r\nBcc: x@example.org",
        "a@example..org",
        "a@",
        "@example.org",
        "a",
        "",
    ],
)
def test_only_one_plain_address_is_taken(now, to) -> None:
    with pytest.raises(HeaderRefused):
        a_message(now, to=to)


@pytest.mark.parametrize("field", ["subject", "sender", "message_id", "key"])
@pytest.mark.parametrize("attack", ["x\r\nBcc: b@example.org", "x\nBcc: b@example.org", "x\r\n\r\n<html>"])
def test_a_line_break_in_a_header_is_refused(now, field, attack) -> None:
    facts = {"sender": "post@mobility.example", "message_id": "<a@b.example>", "key": "k", "subject": "S"} | {
        field: attack
    }
    mail = RenderedMail(subject=facts.pop("subject"), text="t", html="<p>t</p>", tag="en")
    with pytest.raises(HeaderRefused):
        write_mail(mail, to="a@example.org", now=now, **facts)


def test_a_domain_in_another_script_is_written_in_ascii(now) -> None:
    assert a_message(now, to="a@exämple.org")["To"].addresses[0].addr_spec == "a@xn--exmple-cua.org"


def test_a_local_part_in_another_script_is_kept(now) -> None:
    mail = a_mail(now, to="ليلى@example.org")
    assert mail.recipient == "ليلى@example.org"
    assert "To: ليلى@example.org\r\n".encode() in mail.content


@pytest.mark.parametrize("subject", ["=?utf-8?q?x?=", "x" * 200, "é" * 200, "a  b " * 40 + "c", "Très\u00a0: 好" * 20])
def test_any_subject_arrives_as_it_was_written(now, subject) -> None:
    mail = a_mail(now, words=RenderedMail(subject=subject, text="t", html="<p>t</p>", tag="en"))
    assert max(map(len, mail.content.split(b"\r\n"))) < 100
    assert read(mail.content)["Subject"] == subject


def test_a_long_key_stays_one_word(now) -> None:
    words = RenderedMail(subject="S", text="t", html="<p>t</p>", tag="en")
    mail = write_mail(words, sender="p@m.example", to="a@b.example", message_id="<a@b>", key="k" * 160, now=now)
    assert b"X-Mobility-Reminder: " + b"k" * 160 + b"\r\n" in mail.content


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ("head", "You are told as a head of the office"),
        ("manager", "You are told as a manager of the programme"),
        ("other_side", "You are told as the office of the other state"),
    ],
)
def test_who_is_told_of_a_delay_of_others_reads_why(audience, words) -> None:
    mail = render("reminder", "en", REMINDER | {"rule": "overdue_7", "audience": audience, "today": "2027-01-07"}, SITE)
    assert words in mail.text
    assert words in mail.html


def test_a_digest_links_each_date_and_counts_the_rest() -> None:
    mail = render("digest", "en", FACTS["digest"] | {"more": 2}, SITE)
    assert mail.subject == "5 dates ahead, the first on 17 December 2026"
    assert f'<a href="{SITE}/stays/EG-DE-2027-000418-K">' in mail.html
    assert "And 2 more" in mail.text
    assert mail.html.count("<li>") == 3


def test_mail_that_may_be_refused_says_how(now) -> None:
    words = render("reminder", "en", REMINDER | {"unsubscribe": "/unsubscribe/x"}, SITE)
    assert f"{SITE}/unsubscribe/x" in words.text
    assert f'href="{SITE}/unsubscribe/x"' in words.html
    facts = {"sender": "post@mobility.example", "to": "a@example.org", "message_id": "<a@b.example>", "key": "k"}
    secure = read(write_mail(words, now=now, unsubscribe=f"{SITE}/unsubscribe/x", **facts).content)
    assert secure["List-Unsubscribe"] == f"<{SITE}/unsubscribe/x>"
    assert secure["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = read(write_mail(words, now=now, unsubscribe="http://127.0.0.1/unsubscribe/x", **facts).content)
    assert plain["List-Unsubscribe-Post"] is None
    assert read(write_mail(words, now=now, **facts).content)["List-Unsubscribe"] is None
    for attack in ("https://x.example/\r\nBcc: b@example.org", "https://x.example/>,<y", "https://x.example/é"):
        with pytest.raises(HeaderRefused):
            write_mail(words, now=now, unsubscribe=attack, **facts)
