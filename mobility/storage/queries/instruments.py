"""Holds an instrument, so that what is agreed or made public under it happens one after the other."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.domain.errors import NotFound
from mobility.storage.models.treaties import InstrumentRow


def hold_instrument(session: Session, code: str) -> int:
    """Return the instrument's id, held until the end of the unit; raises NotFound.

    What is read after this call was not changed by somebody who held it before. Rows that refer to the instrument,
    such as flows, can be written meanwhile.
    """
    query = select(InstrumentRow.id).where(InstrumentRow.code == code).with_for_update(key_share=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(instrument=code)
    return found
