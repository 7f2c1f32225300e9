"""The head of a treaty file: the instrument and the countries that are bound by it."""

from mobility.domain.law_codes import Confidence, InstrumentKind
from mobility.domain.treaties import Instrument, Party
from mobility.storage.treaty_files.rules import COUNTRIES
from mobility.storage.treaty_files.tables import Table


def read_instrument(head: Table, root: Table, stem: str) -> Instrument:
    code = head.text("code", required=True, longest=64)
    if code and code != stem:
        head.note(f'code "{code}" must be the name of the file')
    parties = _read_parties(root)
    instrument = Instrument(
        code=code,
        title=head.text("title", required=True, longest=400),
        short_title=head.text("short_title", required=True, longest=160),
        kind=head.code("kind", InstrumentKind),
        url=head.url("url"),
        parties=parties,
        parties_complete=head.flag("parties_complete", default=True),
        parties_source=head.text("parties_source", required=bool(parties)),
    )
    head.close()
    return instrument


def _read_parties(root: Table) -> tuple[Party, ...]:
    parties: list[Party] = []
    for table in root.tables("party", lambda number, _data: f"party {number}"):
        for party in _read_party_group(table):
            if any(known.country == party.country for known in parties):
                table.note(f"{party.country} is listed twice")
            parties.append(party)
    return tuple(sorted(parties, key=lambda party: party.country))


def _read_party_group(table: Table) -> list[Party]:
    """Countries that share their dates are written in one table, as `countries`."""
    countries = table.texts("countries")
    if not countries:
        table.note('missing key "countries"')
    for country in countries:
        if country not in COUNTRIES:
            table.unknown("country", country, ())
    in_force_on, precision = table.dated("in_force_on")
    dates = {key: table.day(key) for key in ("signed_on", "provisional_from", "withdrawn_on")}
    confidence = table.code("confidence", Confidence, default=Confidence.SEEN)
    table.close()
    if dates["withdrawn_on"] and in_force_on and dates["withdrawn_on"] <= in_force_on:
        table.note("withdrawn before it was in force")
    return [
        Party(
            country=country,
            in_force_on=in_force_on,
            in_force_precision=precision,
            confidence=confidence,
            **dates,
        )
        for country in countries
    ]
