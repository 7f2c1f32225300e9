"""A statement's steps, whoever tries them in whatever order; its canonical text and hash; its ledger."""

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.domain.errors import DomainError, InvalidInput, NotPermitted, TransitionNotPermitted
from mobility.domain.reciprocity.ledger import LedgerTerms, Lot, PeriodFlow
from mobility.domain.statements import (
    Content,
    Entry,
    EntryCode,
    NotTheOtherSide,
    Standing,
    StatementReplaced,
    StatementState,
    Verdict,
    answer,
    canonical_text,
    close_ledger,
    content_of,
    give_way,
    hash_of,
    sign,
    text_of,
)

UNTIMED = settings(deadline=None)
SIDES = ("DE", "EG")
FINE = dict.fromkeys(EntryCode, Verdict.CONFIRMED)
NOT_FINE = FINE | {EntryCode.DAYS_AB: Verdict.DISPUTED}
NEW = Standing(sides=SIDES)


# ------------------------------------------------------------------ the steps


def test_one_side_signs_and_the_other_confirms():
    signed = sign(NEW, "EG", 1)
    assert (signed.state, signed.other_side, signed.waits_for) == (StatementState.SIGNED, "DE", ("DE",))
    confirmed = answer(signed, "DE", 2, FINE)
    assert (confirmed.state, confirmed.waits_for) == (StatementState.CONFIRMED, ())


def test_one_dispute_disputes_all_and_can_be_lifted():
    disputed = answer(sign(NEW, "EG", 1), "DE", 2, NOT_FINE)
    assert (disputed.state, disputed.waits_for) == (StatementState.DISPUTED, ("DE",))
    assert answer(disputed, "DE", 3, FINE).state is StatementState.CONFIRMED


def test_nobody_answers_for_the_side_that_signed_nor_the_same_person_for_the_other():
    signed = sign(NEW, "EG", 1)
    for side, person in (("EG", 2), ("FR", 2), ("", 2), ("DE", 1)):
        with pytest.raises(NotTheOtherSide):
            answer(signed, side, person, FINE)


def test_an_entry_without_a_verdict_is_named():
    with pytest.raises(InvalidInput) as refused:
        answer(sign(NEW, "EG", 1), "DE", 2, {code: FINE[code] for code in EntryCode if code != "opening"})
    assert refused.value.parameters["field"] == "opening"


def test_steps_out_of_order_are_refused():
    signed = sign(NEW, "EG", 1)
    with pytest.raises(TransitionNotPermitted):
        answer(NEW, "DE", 2, FINE)
    with pytest.raises(TransitionNotPermitted):
        sign(signed, "DE", 2)
    with pytest.raises(NotPermitted):
        sign(NEW, "FR", 2)


def test_a_replaced_version_takes_no_step_and_keeps_its_state():
    old = give_way(answer(sign(NEW, "EG", 1), "DE", 2, FINE))
    assert (old.state, old.waits_for) == (StatementState.CONFIRMED, ())
    for step in (lambda: sign(old, "DE", 3), lambda: answer(old, "DE", 3, FINE), lambda: give_way(old)):
        with pytest.raises(StatementReplaced):
            step()


TRIES = st.lists(
    st.tuples(
        st.sampled_from(("sign", "confirm", "dispute", "replace")),
        st.sampled_from((*SIDES, "FR", "")),
        st.integers(1, 3),
    ),
    max_size=12,
)


@UNTIMED
@given(TRIES)
def test_whatever_is_tried_two_states_and_two_people_stand_behind_a_confirmed_statement(tries):
    standing = NEW
    for step, side, person in tries:
        before = standing
        try:
            if step == "sign":
                standing = sign(standing, side, person)
            elif step == "replace":
                standing = give_way(standing)
            else:
                standing = answer(standing, side, person, FINE if step == "confirm" else NOT_FINE)
        except DomainError:
            assert standing == before
            continue
        assert not before.is_replaced
        if before.state is StatementState.CONFIRMED:
            assert standing == replace(before, is_replaced=True)
    if standing.state is not StatementState.FROZEN:
        assert standing.signed_side in SIDES
    if standing.state in (StatementState.CONFIRMED, StatementState.DISPUTED):
        assert {standing.signed_side, standing.answered_side} == set(SIDES)
        assert standing.signed_by != standing.answered_by
    assert bool(standing.waits_for) == (standing.state is not StatementState.CONFIRMED and not standing.is_replaced)


# ------------------------------------------------------------------ text and hash

ENTRIES = tuple(
    Entry(code=code, value=i, counted=i, cases=("EG-DE-2026-000001-K",)) for i, code in enumerate(EntryCode)
)
CONTENT = Content(
    instrument="exchange_2010",
    sides=SIDES,
    starts_on="2025-01-01",
    ends_on="2025-12-31",
    version=1,
    programmes=("P1",),
    frozen_at="2026-01-15T09:00:00+00:00",
    entries=ENTRIES,
    lots=((2024, 2), (2025, -1)),
)


def test_the_text_is_read_back_as_it_was_written():
    assert content_of(text_of(CONTENT)) == CONTENT
    assert text_of(content_of(text_of(CONTENT))) == text_of(CONTENT)


def test_the_hash_is_that_of_the_bytes_and_changes_with_every_part():
    assert hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    others = [
        replace(CONTENT, version=2),
        replace(CONTENT, why="again"),
        replace(CONTENT, lots=((2024, 2),)),
        replace(CONTENT, entries=(replace(ENTRIES[0], value=9, reason="agreed"), *ENTRIES[1:])),
        replace(CONTENT, entries=(replace(ENTRIES[0], cases=()), *ENTRIES[1:])),
    ]
    assert len({hash_of(text_of(each)) for each in (CONTENT, *others)}) == 6


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _composed(value):
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): _composed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_composed(each) for each in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@UNTIMED
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_keys_and_the_form_of_letters_change_nothing(value, random):
    if isinstance(value, dict):
        value = {unicodedata.normalize("NFC", key): each for key, each in value.items()}
        keys = list(value)
        random.shuffle(keys)
        assert canonical_text({key: value[key] for key in keys}) == canonical_text(value)
    text = canonical_text(value)
    assert json.loads(text) == _composed(value)
    assert canonical_text(json.loads(text)) == text


def test_decomposed_letters_are_composed_and_floats_refused():
    assert canonical_text({"name": "Selin Aydın Müller"}) == canonical_text({"name": "Selin Aydın Mu\u0308ller"})
    with pytest.raises(InvalidInput):
        canonical_text({"share": 0.2})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format":"other"}', "null", '{"format":"mobility.statement/1"}'])
def test_what_is_no_statement_is_refused(text):
    with pytest.raises(InvalidInput):
        content_of(text)


@pytest.mark.parametrize(
    ("code", "value", "counted", "reason"),
    [("people_ab", -1, -1, ""), ("people_ab", 4, 3, ""), ("opening", -4, 3, " "), ("tolerance", -1, 20, "agreed")],
)
def test_an_impossible_or_unexplained_figure_is_refused(code, value, counted, reason):
    with pytest.raises(InvalidInput):
        Entry(code=EntryCode(code), value=value, counted=counted, reason=reason)


# ------------------------------------------------------------------ the ledger


@given(st.integers(-20, 20), st.integers(0, 50), st.integers(0, 50))
def test_what_is_carried_over_is_what_was_brought_forward_and_the_difference(opening, sent, hosted):
    carried = (Lot(period=2024, amount=opening),) if opening else ()
    close = close_ledger(PeriodFlow(period=2025, sent=sent, hosted=hosted), carried, LedgerTerms())
    assert close.closing == opening + sent - hosted == sum(lot.amount for lot in close.lots)
