"""Forms around an account. What makes a name, an address or a password acceptable is decided by the services."""

from typing import Any

from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from mobility.domain.access import Role
from mobility.i18n import WIRED, current_code, offered_locales
from mobility.i18n import lazy_gettext as _l
from mobility.i18n.accounts_labels import ROLES
from mobility.i18n.formats import country_choices, language_choices
from mobility.i18n.time_zones import known_time_zones, time_zone_choices
from mobility.services.accounts import Details
from mobility.web.shared.forms import EditForm, Form
from mobility.web.shared.refusals import choices

_NEEDED = InputRequired(_l("Fill this in."))
_LONGEST_EMAIL, _LONGEST_NAME, _LONGEST_PASSWORD = 254, 200, 1024


def _zones(present: str | None) -> list[tuple[str, str]]:
    """Return the zones on offer, with the present one even where CLDR lists it under another name."""
    zones = list(time_zone_choices())
    if present and present in known_time_zones() and present not in dict(zones):
        zones.append((present, present))
    return zones


class _DetailsFields:
    """The questions about a person; mixed into the forms that ask them."""

    name = StringField(_l("Your name, in your own script"), [_NEEDED, Length(max=_LONGEST_NAME)])
    name_language = SelectField(_l("Language the name is written in"), validate_choice=True)
    name_latin = StringField(_l("Your name in Latin letters"), [Length(max=_LONGEST_NAME)])
    country = SelectField(_l("Country you are based in"), [_NEEDED])
    time_zone = SelectField(_l("Time zone"))
    locale = SelectField(_l("Language of pages and messages"), [_NEEDED])


class _DetailsForm:
    """Fills the selects in the reader's language and reads the answers."""

    def fill_choices(self) -> None:
        """Offer countries, zones and languages by their names in the language of the request."""
        form: Any = self
        form.name_language.choices = choices(language_choices(), _l("Not said"))
        form.country.choices = choices(country_choices(), _l("Choose a country"))
        form.time_zone.choices = choices(_zones(form.time_zone.data), _l("The usual one of that country"))
        offered = offered_locales()
        form.locale.choices = choices((each.code, each.own_name) for each in WIRED if each.code in offered)
        if not form.is_submitted() and not form.locale.data:
            form.locale.data = current_code()

    def details(self) -> Details:
        """Return the answers."""
        form: Any = self
        return Details(
            name=form.name.data or "",
            name_language=form.name_language.data or "",
            name_latin=form.name_latin.data or "",
            country=form.country.data or "",
            time_zone=form.time_zone.data or "",
            locale=form.locale.data or "",
        )


class RegisterForm(_DetailsFields, _DetailsForm, Form):
    """Everything an account needs."""

    email = EmailField(_l("E-mail address"), [_NEEDED, Length(max=_LONGEST_EMAIL)])
    password = PasswordField(_l("Password"), [_NEEDED, Length(max=_LONGEST_PASSWORD)])


class ProfileForm(_DetailsFields, _DetailsForm, EditForm):
    """One's own details."""


class InviteForm(_DetailsFields, _DetailsForm, Form):
    """A new colleague."""

    email = EmailField(_l("E-mail address"), [_NEEDED, Length(max=_LONGEST_EMAIL)])


class SignInForm(Form):
    """Address and password."""

    email = StringField(_l("E-mail address"), [_NEEDED, Length(max=_LONGEST_EMAIL)])
    password = PasswordField(_l("Password"), [_NEEDED, Length(max=_LONGEST_PASSWORD)])


class AddressForm(Form):
    """An address to send a link to."""

    email = EmailField(_l("E-mail address"), [_NEEDED, Length(max=_LONGEST_EMAIL)])


class SetPasswordForm(Form):
    """A new password, by a link."""

    password = PasswordField(_l("New password"), [_NEEDED, Length(max=_LONGEST_PASSWORD)])


class ChangePasswordForm(Form):
    """A new password, knowing the present one."""

    present = PasswordField(_l("Present password"), [_NEEDED, Length(max=_LONGEST_PASSWORD)])
    password = PasswordField(_l("New password"), [_NEEDED, Length(max=_LONGEST_PASSWORD)])


class GrantForm(Form):
    """One role and its place."""

    role = SelectField(_l("Role"), [_NEEDED])
    office = SelectField(_l("Office"))
    programme = SelectField(_l("Programme"))

    def fill_choices(self, offices: Any, programmes: Any) -> None:
        """Offer roles, and places by their names."""
        self.role.choices = choices(ROLES.items(), _l("Choose a role"))
        self.office.choices = choices(offices, _l("None"))
        self.programme.choices = choices(programmes, _l("None"))

    def place(self) -> tuple[Role, int | None, int | None]:
        """Return role, office and programme."""
        office, programme = self.office.data, self.programme.data
        return Role(self.role.data), int(office) if office else None, int(programme) if programme else None
