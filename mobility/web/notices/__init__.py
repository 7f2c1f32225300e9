"""What the site tells a person: their notices, what they want by mail, their calendars, dates of treaties, snoozes."""

from mobility.web.notices import calendars, choosing, rules, snoozing, treaties, views
from mobility.web.notices.screen import blueprint

__all__ = ["blueprint", "calendars", "choosing", "rules", "snoozing", "treaties", "views"]
