"""Instalments: proposed, approved by another person, paid and converted; the funding stage and its clocks follow."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from mobility.domain.access import principals_of
from mobility.domain.errors import ChangedMeanwhile, InvalidInput, NotFound, NotPermitted, TransitionNotPermitted
from mobility.domain.stages import SecondPersonRequired
from mobility.services.cases import case_for_applicant, case_for_officer
from mobility.services.funding import approve_payment, mark_paid, propose_payment, reject_payment, set_granted
from mobility.services.stages import confirm_step
from mobility.storage.db import write_unit
from mobility.storage.models.cases import StageStep
from mobility.storage.models.funding import BudgetLine, ExchangeRate, Payment
from mobility.storage.scope import ALL, set_scope
from tests.factories import NOW, actor_for, keep, make_person, make_provision
from tests.services.scenes import Scene

TODAY = NOW.date()
MONEY = {"amount": Decimal("6450"), "currency": "EUR"}
LINES = [
    {"line": "travel", "amount_minor": 42000, "currency": "EUR", "payer": "EG"},
    {"line": "stay", "amount_minor": 603000, "currency": "EUR", "payer": "DE"},
]


class Funded(Scene):
    """A case whose contract is signed; two people sit at the funder."""

    def __init__(self, session) -> None:
        make_provision(
            session,
            code="F01",
            stage="funding",
            starts_on="grant_signed",
            met_by=("payment_made",),
            calendar="actor",
            owed_by="funder",
            period="30",
        )
        super().__init__(session, stages=("funding",), provisions={"funding": ["F01"]}, lines=LINES)
        self.first, self.second = self.officer("funding"), self.officer("funding")

    def decide(self, step, **facts):
        self.take(self.first, step, facts, kind="funding")
        row = self.session.scalars(select(StageStep).order_by(StageStep.id.desc())).first()
        with write_unit(self.session):
            version = self.stage("funding").row_version
            confirm_step(self.session, self.second, self.case_id, row.id, row_version=version, now=self.now)

    def sign(self):
        self.take(self.applicant, "request", MONEY, kind="funding")
        self.decide("assess", **MONEY, assessment="Sound.")
        self.decide("offer", **MONEY)
        self.take(self.applicant, "accept", kind="funding")
        self.take(self.first, "sign", {"signed_on": TODAY}, kind="funding")

    def propose(self, **values):
        given = {"milestone": "signature", "amount_minor": 645000, "currency": "EUR", "payer": "DE"}
        return self.do(propose_payment, self.first, **(given | values))

    def act(self, service, actor, payment, **values):
        with write_unit(self.session):
            return service(self.session, actor, payment.id, row_version=payment.row_version, now=self.now, **values)

    def pay(self, currency="EUR", amount_minor=645000, **values):
        payment = self.propose(currency=currency, amount_minor=amount_minor)
        self.act(approve_payment, self.second, payment)
        return self.act(mark_paid, self.first, payment, **({"paid_on": TODAY} | values))


@pytest.fixture
def funded(session):
    scene = Funded(session)
    scene.sign()
    return scene


def test_a_signed_contract_makes_the_case_ready_and_the_payment_due(session, funded) -> None:
    assert (funded.case.status, funded.stage("funding").status) == ("ready", "signed")
    clock = funded.clocks()["F01"]
    assert (clock.state, clock.trigger_on, clock.owed_by) == ("running", TODAY, "office")


def test_a_payment_takes_two_people_and_keeps_the_clock(session, funded) -> None:
    payment = funded.propose()
    with pytest.raises(SecondPersonRequired):
        funded.act(approve_payment, funded.first, payment)
    with pytest.raises(TransitionNotPermitted):
        funded.act(mark_paid, funded.first, payment, paid_on=TODAY)
    funded.act(approve_payment, funded.second, payment)
    funded.act(mark_paid, funded.first, payment, paid_on=TODAY)
    assert (payment.status, payment.amount_eur_minor, payment.beneficiary) == ("paid", 645000, "EG")
    assert (funded.stage("funding").status, funded.clocks()["F01"].state) == ("paying", "met")
    with pytest.raises(TransitionNotPermitted):
        funded.act(mark_paid, funded.first, payment, paid_on=TODAY)


def test_a_payment_that_was_changed_meanwhile_is_decided_again(session, funded) -> None:
    payment = funded.propose()
    version = payment.row_version
    funded.act(reject_payment, funded.first, payment)
    with pytest.raises(ChangedMeanwhile), write_unit(session):
        approve_payment(session, funded.second, payment.id, row_version=version, now=NOW)


def test_a_foreign_amount_is_converted_at_the_last_published_rate(session, funded) -> None:
    for day, rate in ((date(2026, 12, 10), "55.25"), (date(2026, 12, 15), "99")):
        keep(session, ExchangeRate(currency="EGP", day=day, rate=rate, source="European Central Bank"))
    payment = funded.pay(currency="EGP", amount_minor=5_525_000)
    assert (payment.rate, payment.rate_on, payment.amount_eur_minor) == ("55.25", date(2026, 12, 10), 100_000)
    assert payment.rate_source == "European Central Bank"


def test_without_a_rate_a_payment_stays_unconverted(session, funded) -> None:
    assert funded.pay(currency="EGP").amount_eur_minor is None


def test_a_rate_by_hand_names_its_source(session, funded) -> None:
    with pytest.raises(InvalidInput):
        funded.pay(currency="JPY", amount_minor=160_000, rate="160")
    with pytest.raises(InvalidInput):
        funded.pay(currency="JPY", amount_minor=160_000, rate="-1", rate_source="bank")
    payment = funded.pay(currency="JPY", amount_minor=160_000, rate="160", rate_source="bank slip 12")
    assert (payment.amount_eur_minor, payment.rate_on) == (100_000, TODAY)  # yen have no minor unit


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"payer": "FR"}, "payer"),
        ({"milestone": "whim"}, "milestone"),
        ({"amount_minor": 0}, "amount"),
        ({"currency": "XXX"}, "currency"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(session, funded, values, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        funded.propose(**values)
    assert refused.value.parameters["field"] == field
    assert session.scalars(select(Payment)).all() == []


def test_nothing_is_paid_in_the_future_or_before_the_contract(session, funded) -> None:
    with pytest.raises(InvalidInput):
        funded.pay(paid_on=TODAY + timedelta(days=1))
    fresh = Funded.__new__(Funded)
    Scene.__init__(fresh, session, stages=("funding",))
    fresh.first = fresh.officer("funding")
    with pytest.raises(TransitionNotPermitted):
        fresh.propose()


def test_the_grant_is_set_line_by_line_before_the_offer(session) -> None:
    scene = Funded(session)
    scene.take(scene.applicant, "request", MONEY, kind="funding")
    ids = session.scalars(select(BudgetLine.id).order_by(BudgetLine.id)).all()
    lines = scene.do(set_granted, scene.first, {ids[0]: 40000, ids[1]: 600000})
    assert [line.granted_minor for line in lines] == [40000, 600000]
    with pytest.raises(NotFound):
        scene.do(set_granted, scene.first, {ids[1] + 1: 1})
    with pytest.raises(InvalidInput):
        scene.do(set_granted, scene.first, {ids[0]: -1})


def test_only_the_funder_deals_with_money(session, funded) -> None:
    payment = funded.propose()
    payment_id = payment.id
    with pytest.raises(NotPermitted):
        funded.act(approve_payment, funded.post, payment)
    stranger = actor_for(make_person(session))
    set_scope(session, principals_of(stranger))
    with pytest.raises(NotFound), write_unit(session):
        approve_payment(session, stranger, payment_id, row_version=1, now=NOW)
    set_scope(session, ALL)


def test_the_applicant_sees_what_was_paid_and_not_what_is_proposed(session, funded) -> None:
    funded.propose()
    assert case_for_applicant(session, funded.applicant, funded.case_id, NOW).payments == ()
    page = case_for_officer(session, funded.second, funded.case_id, NOW)
    assert [(each.can_approve, each.can_mark_paid) for each in page.payments] == [(True, False)]
    assert page.may_propose_payment
    assert [line.line for line in page.budget] == ["travel", "stay"]
