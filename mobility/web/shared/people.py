"""Who is behind this request: loads the person once, fixes the scope of the database session, sets the language."""

from flask import current_app, g, session
from flask_login import UserMixin, current_user

from mobility.domain.access import Actor, principals_of
from mobility.files.of_session import give_files
from mobility.services import people
from mobility.settings import Settings
from mobility.storage.db import db
from mobility.storage.keys import Keys, give_keys
from mobility.storage.scope import set_scope
from mobility.storage.site import Site, give_site
from mobility.web.shared.locale import choose_locale


class SignedIn(UserMixin):
    """Flask-Login's view of a person."""

    def __init__(self, known: people.KnownPerson) -> None:
        self.known = known

    def get_id(self) -> str:
        """Return what the session keeps."""
        return str(self.known.actor.person_id)


def load_signed_in(person_id: str) -> SignedIn | None:
    """Return the person that a session names, as read with the session; a disabled person is nobody."""
    known = getattr(session, "known", None)
    if known is None or str(known.actor.person_id) != person_id:  # signed in by this very request
        known = people.find_known_person(db.session(), int(person_id)) if person_id.isdigit() else None
    return SignedIn(known) if known else None


def settings() -> Settings:
    """Return the settings of this application."""
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)
    return found


def begin_request() -> None:
    """First hook of a request: nothing can be read before the scope is fixed."""
    own = db.session()
    set_scope(own, ())
    give_keys(own, Keys.from_secret(current_app.config["SECRET_KEY"]))
    give_files(own, current_app.config["FILES"])
    give_site(own, Site.at(settings().address, settings().quiet_hour))
    reader = current_user._get_current_object()  # once: the proxy asks for the application each time
    known: people.KnownPerson | None = reader.known if reader.is_authenticated else None
    g.actor = known.actor if known else None
    g.actor_name = known.name if known else ""
    g.unread = known.unread if known else 0
    if known is not None:
        set_scope(own, principals_of(known.actor))
    choose_locale(known.actor.locale if known else None)


def see_as(known: people.KnownPerson) -> None:
    """Let this request read what the person may see, in their language, without anybody being signed in."""
    set_scope(db.session(), principals_of(known.actor))
    choose_locale(known.actor.locale)


def sign_in_person(actor: Actor) -> None:
    """Make the rest of this request see what the person sees; the session cookie is renewed by the view."""
    g.actor = actor
    set_scope(db.session(), principals_of(actor))
