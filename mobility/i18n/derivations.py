"""Tells a derivation in the reader's language: a title, a sentence and a day for each step of an answer.

The steps are codes of the time-limit engine; their words stand in `derivation_words`. Holidays are named by the
caller's `holiday_name`, because the names come from calendars, which this layer does not know; where it has no
name, the house's own catalogue is asked, and the English name is shown last.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mobility.domain.time_limits import Answer, Step, day_of
from mobility.i18n import gettext as _
from mobility.i18n import ngettext
from mobility.i18n.derivation_words import (
    FLAGS,
    INSTITUTIONS,
    NOT_MOVED,
    PERIODS,
    QUESTIONS,
    SENTENCES,
    STEPS,
    WORKING_DAYS,
    WORKING_DAYS_HOLIDAYS,
)
from mobility.i18n.formats import country_name, days_phrase, format_date
from mobility.i18n.holiday_names import holiday_in_words

Gettext = Callable[[str], str]
HolidayName = Callable[[str, date], str | None]

_MONTHS_PER_YEAR = 12
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """One step as a person reads it; `day` is where it led, `article` the citation behind it."""

    code: str
    title: str
    sentence: str
    day: date | None = None
    article: str = ""


def explain(
    answer: Answer,
    *,
    provision: str | None = None,
    gettext: Gettext = _,
    holiday_name: HolidayName | None = None,
) -> list[ExplainedStep]:
    """Return the steps of the answer in the current language, in the order in which they were taken.

    `provision` is the citation of the provision that set the period; it joins the article of the first step.
    Steps whose code this module does not know are left out, so that an answer stored by a newer release still
    reads.
    """
    teller = _Teller(gettext=gettext, holiday_name=holiday_name)
    steps = [told for step in answer.steps if (told := teller.tell(step)) is not None]
    if provision and steps:
        first = steps[0]
        article = f"{provision}; {first.article}" if first.article else provision
        steps[0] = ExplainedStep(
            code=first.code, title=first.title, sentence=first.sentence, day=first.day, article=article
        )
    return steps


def cautions(answer: Answer, *, gettext: Gettext = _) -> list[str]:
    """Return a sentence for each caution of the answer, in a fixed order."""
    return [gettext(text) for flag, text in FLAGS.items() if flag in answer.flags]


def one_sentence(answer: Answer, *, gettext: Gettext = _) -> str:
    """Return how the date comes about in one sentence, for mails and footnotes."""
    codes = {step.code for step in answer.steps}
    paused = sum(_number(step, "days") for step in answer.steps if step.code == "pause_added")
    starts = [step.day for step in answer.steps if step.code in _STARTS and step.day is not None]
    rolled = bool(codes & {"rolled", "rolled_back", "rolled_same_time"})
    text = SENTENCES[bool(paused), rolled, answer.is_debatable]
    return gettext(text) % {
        "start": format_date(starts[0] if starts else day_of(answer.last_day), "full"),
        "last": format_date(day_of(answer.last_day), "full"),
        "earliest": format_date(day_of(answer.earliest), "full"),
        "latest": format_date(day_of(answer.latest), "full"),
        "paused": days_phrase(paused),
    }


_STARTS = frozenset({"event_excluded", "first_day_counts", "term_begins"})


def calendar_name(code: str, *, gettext: Gettext = _) -> str:
    """Return whose calendar it is: an institution, a country, or a country and the code of its subdivision."""
    if code in INSTITUTIONS:
        return gettext(INSTITUTIONS[code])
    country, _dash, subdivision = code.partition("-")
    if subdivision:
        return _("%(country)s (%(subdivision)s)", country=country_name(country), subdivision=subdivision)
    return country_name(country)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    gettext: Gettext
    holiday_name: HolidayName | None

    def tell(self, step: Step) -> ExplainedStep | None:
        words = self._words(step)
        if words is None:
            return None
        values = self._values(step)
        title, sentence = words
        return ExplainedStep(
            code=step.code,
            title=title % values,
            sentence=(sentence % values).replace("..", "."),  # "dim. 6 déc." may end a sentence
            day=step.day,
            article=str(step.arguments.get("article", "")),
        )

    def _words(self, step: Step) -> tuple[str, str] | None:
        if step.code == "period_counted":
            return self._period(step)
        if step.code == "working_days_counted":
            return self._working_days(step)
        if step.code == "not_moved":
            return self._translated(NOT_MOVED.get(str(step.arguments.get("reason"))))
        return self._translated(STEPS.get(step.code))

    def _translated(self, words: tuple[str, str] | None) -> tuple[str, str] | None:
        if words is None:
            return None
        title, sentence = words
        return self.gettext(title), self.gettext(sentence)

    def _period(self, step: Step) -> tuple[str, str] | None:
        unit, direction = str(step.arguments["unit"]), str(step.arguments["direction"])
        text = PERIODS.get((unit, "backward" if direction == "backward" else "forward"))
        if text is None:
            return None
        return _literal(period_title(unit, _number(step, "count"), direction)), self.gettext(text)

    def _working_days(self, step: Step) -> tuple[str, str]:
        title = period_title("working_days", _number(step, "count"), str(step.arguments["direction"]))
        named = [each for each in step.rows("skipped") if each[1] == "holiday"]
        return _literal(title), self.gettext(WORKING_DAYS_HOLIDAYS if named else WORKING_DAYS)

    def _values(self, step: Step) -> dict[str, Any]:
        values: dict[str, Any] = {key: value for key, value in step.arguments.items() if not isinstance(value, list)}
        for key in ("first", "last", "after", "reference"):
            if key in values:
                values[key] = format_date(date.fromisoformat(str(values[key])), "full")
        if step.day is not None:
            values["day"] = format_date(step.day, "full")
        for key, name in (("days", "days_text"), ("count", "days_text"), ("minimum", "minimum_text")):
            if isinstance(values.get(key), int):
                values[name] = days_phrase(values[key]) if key != "minimum" else _working_days_text(values[key])
        code = str(step.arguments.get("calendar", ""))
        values["calendar"] = calendar_name(code, gettext=self.gettext) if code else ""
        values["list"] = self._listed(step, code)
        values["questions_text"] = self._questions(step)
        return values

    def _listed(self, step: Step, code: str) -> str:
        if step.code == "working_days_counted":
            entries = [each for each in step.rows("skipped") if each[1] == "holiday"]
        else:
            entries = [*step.rows("skipped"), *step.rows("holidays")]
        return _SEPARATOR.join(self._entry(code, *each) for each in entries)

    def _entry(self, code: str, iso: str, reason: str, english: str) -> str:
        day = date.fromisoformat(iso)
        name = self._name(code, day, english) if reason == "holiday" else ""
        if not name:
            return format_date(day, "weekday")
        return _("%(day)s, %(holiday)s", day=format_date(day, "weekday"), holiday=name)

    def _name(self, code: str, day: date, english: str) -> str:
        named = self.holiday_name(code, day) if self.holiday_name is not None and code else None
        return named or holiday_in_words(english, self.gettext)

    def _questions(self, step: Step) -> str:
        questions = step.arguments.get("questions", [])
        if not isinstance(questions, list):
            return ""
        return " ".join(self.gettext(QUESTIONS[each]) for each in questions if each in QUESTIONS)


def period_title(unit: str, count: int, direction: str) -> str:
    """Return "3 months later" or "15 days before" in the right plural form; whole years are told as years."""
    backward = direction == "backward"
    if unit == "months" and count % _MONTHS_PER_YEAR == 0:
        unit, count = "years", count // _MONTHS_PER_YEAR
    match unit:
        case "working_days":
            return _working_days_title(count, backward=backward)
        case "weeks":
            return _weeks_title(count, backward=backward)
        case "months":
            return _months_title(count, backward=backward)
        case "years":
            return _years_title(count, backward=backward)
        case _:
            return _days_title(count, backward=backward)


def _days_title(count: int, *, backward: bool) -> str:
    if backward:
        return ngettext("%(num)s day before", "%(num)s days before", count)
    return ngettext("%(num)s day later", "%(num)s days later", count)


def _working_days_title(count: int, *, backward: bool) -> str:
    if backward:
        return ngettext("%(num)s working day before", "%(num)s working days before", count)
    return ngettext("%(num)s working day later", "%(num)s working days later", count)


def _weeks_title(count: int, *, backward: bool) -> str:
    if backward:
        return ngettext("%(num)s week before", "%(num)s weeks before", count)
    return ngettext("%(num)s week later", "%(num)s weeks later", count)


def _months_title(count: int, *, backward: bool) -> str:
    if backward:
        return ngettext("%(num)s month before", "%(num)s months before", count)
    return ngettext("%(num)s month later", "%(num)s months later", count)


def _years_title(count: int, *, backward: bool) -> str:
    if backward:
        return ngettext("%(num)s year before", "%(num)s years before", count)
    return ngettext("%(num)s year later", "%(num)s years later", count)


def _working_days_text(count: int) -> str:
    return ngettext("%(num)s working day", "%(num)s working days", count)


def _literal(text: str) -> str:
    """Protect a text that was already filled in from being filled in again."""
    return text.replace("%", "%%")


def _number(step: Step, key: str) -> int:
    value = step.arguments.get(key, 0)
    return value if isinstance(value, int) else 0


def result_text(result: date | datetime) -> str:
    """Return the day in words, with the time of day where the result is an instant."""
    if isinstance(result, datetime):
        return _("%(day)s, %(time)s", day=format_date(result.date(), "full"), time=result.strftime("%H:%M"))
    return format_date(result, "full")


def as_plain(steps: Sequence[ExplainedStep]) -> list[Mapping[str, str]]:
    """Return the told steps as plain texts for JSON."""
    return [
        {
            "code": step.code,
            "title": step.title,
            "sentence": step.sentence,
            "day": step.day.isoformat() if step.day else "",
            "article": step.article,
        }
        for step in steps
    ]
