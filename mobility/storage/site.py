"""What a database session knows of the installation it belongs to: who signs its mail, when it writes to people.

Handed over where a session is opened, like its keys, so that services need neither settings nor a request.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

NO_HOST = "mobility.invalid"  # RFC 2606: can never be anybody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`mail_host` stands in Message-IDs; `quiet_hour` is the hour of a reader's day at which reminders leave."""

    mail_host: str = NO_HOST
    quiet_hour: int = 8

    @classmethod
    @lru_cache(maxsize=8)
    def at(cls, address: str, quiet_hour: int = 8) -> "Site":
        """Return the site behind a web address; one without a name of its own signs with `NO_HOST`."""
        host = urlsplit(address).hostname or ""
        return cls(mail_host=host if _is_name(host) else NO_HOST, quiet_hour=quiet_hour)


def give_site(session: Session, site: Site) -> None:
    """Tell a session which installation it belongs to."""
    session.info["site"] = site


def site_of(session: Session) -> Site:
    """Return what the session was told; a session that was told nothing belongs to a nameless site."""
    found = session.info.get("site")
    return found if isinstance(found, Site) else Site()


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return False
