"""Who may see and change a programme: its managers. To anybody else it is not there.

Administrators make programmes and give somebody the role of manager; what the programme then says is the manager's.
"""

from sqlalchemy.orm import Session

from mobility.domain.access import SYSTEM, Actor
from mobility.domain.errors import NotFound, NotPermitted
from mobility.storage.models.programmes import Programme
from mobility.storage.queries import programmes as queries


def get_managed(session: Session, actor: Actor, code: str) -> Programme:
    """Return a programme that the actor manages; raises NotFound. Locked where this is written to."""
    programme = queries.get_programme(session, code, lock=bool(session.info.get("writing")))
    if actor != SYSTEM and programme.id not in actor.managed_programmes:
        raise NotFound(programme=code)
    return programme


def require_maker(actor: Actor) -> None:
    """Raise NotPermitted for anybody but administrators and the system itself."""
    if not actor.is_administrator and actor != SYSTEM:
        raise NotPermitted(step="create_programme")
