"""Names of public holidays that the calendars' package does not give in every language that is offered.

Which days are holidays is decided in `mobility.calendars`; the names given there come first.
"""

from collections.abc import Callable

from mobility.i18n import gettext
from mobility.i18n.derivation_words import N_

_OBSERVED = " (observed)"
_DAY_OFF = "Day off"

_NAMES: frozenset[str] = frozenset(
    {
        N_("All Saints' Day"),
        N_("All Souls' Day"),
        N_("Anniversary of the Schuman Declaration"),
        N_("Armistice Day"),
        N_("Army Day"),
        N_("Ascension Day"),
        N_("Ashura"),
        N_("Assumption Day"),
        N_("Assumption Of Mary Day"),
        N_("Autumnal Equinox Day"),
        N_("Bahia Independence Day"),
        N_("Buddha Purnima"),
        N_("Children's Day"),
        N_("Chinese New Year (Spring Festival)"),
        N_("Chinese New Year's Eve"),
        N_("Christmas"),
        N_("Christmas Day"),
        N_("Christmas and Epiphany"),
        N_("Columbus Day"),
        N_("Coming of Age Day"),
        N_("Constitution Day"),
        N_("Corpus Christi"),
        N_("Culture Day"),
        N_("Day after Ascension Day"),
        N_("Day after New Year's Day"),
        N_("Day of Remembrance of the Victims of Armenian Genocide"),
        N_("Day off"),
        N_("Diwali"),
        N_("Dragon Boat Festival"),
        N_("Dussehra"),
        N_("Easter Monday"),
        N_("Easter Sunday"),
        N_("Eid al-Adha"),
        N_("Eid al-Fitr"),
        N_("Election Day"),
        N_("Emancipation Day"),
        N_("Emperor's Birthday"),
        N_("End-of-year days"),
        N_("Epiphany"),
        N_("Foundation Day"),
        N_("Ganesh Chaturthi"),
        N_("Genevan Fast"),
        N_("German Unity Day"),
        N_("Good Friday"),
        N_("Grand Magal of Touba"),
        N_("Greenery Day"),
        N_("Guru Nanak's Birthday"),
        N_("Holi"),
        N_("Immaculate Conception"),
        N_("Independence Day"),
        N_("Indigenous Peoples' Day"),
        N_("Islamic New Year"),
        N_("Juneteenth National Independence Day"),
        N_("Labor Day"),
        N_("Labor Thanksgiving Day"),
        N_("Liberation Day"),
        N_("Lincoln's Birthday"),
        N_("Mahatma Gandhi's Birthday"),
        N_("Marine Day"),
        N_("Martin Luther King Jr. Day"),
        N_("Maundy Thursday"),
        N_("Memorial Day"),
        N_("Mid-Autumn Festival"),
        N_("Mountain Day"),
        N_("National Day"),
        N_("National Day of Belgium"),
        N_("National Day of Luxembourg"),
        N_("National Holiday"),
        N_("National Unity Day"),
        N_("New Year's Day"),
        N_("New Year's Eve"),
        N_("Our Lady of Aparecida"),
        N_("Pentecost Monday"),
        N_("Prophet's Birthday"),
        N_("Reformation Day"),
        N_("Repentance and Prayer Day"),
        N_("Republic Day"),
        N_("Republic Proclamation Day"),
        N_("Respect for the Aged Day"),
        N_("Restoration Day"),
        N_("Saint Ambrose's Day"),
        N_("Saint Berchtold's Day"),
        N_("Saint Francis of Assisi, Patron Saint of Italy"),
        N_("Saint Stephen's Day"),
        N_("Saints Peter and Paul's Day"),
        N_("Second Day of Christmas"),
        N_("Showa Day"),
        N_("Sports Day"),
        N_("Substitute Holiday"),
        N_("Thanksgiving Day"),
        N_("Tiradentes' Day"),
        N_("Tomb-Sweeping Day"),
        N_("Universal Fraternization Day"),
        N_("Vernal Equinox Day"),
        N_("Veterans Day"),
        N_("Victory Day"),
        N_("Victory and Peace Day"),
        N_("Washington's Birthday"),
        N_("Whit Monday"),
        N_("Women's Day"),
        N_("Worker's Day"),
    }
)


def holiday_in_words(english: str, translate: Callable[[str], str] = gettext) -> str:
    """Return a holiday's English name in the current language, or as it is where nobody has translated it.

    Two holidays on one day stand in one name, parted by semicolons.
    """
    return "; ".join(_one(name, translate) for name in english.split("; "))


def _one(english: str, translate: Callable[[str], str]) -> str:
    name, is_observed = english.removesuffix(_OBSERVED), english.endswith(_OBSERVED)
    if name.startswith(f"{_DAY_OFF} ("):  # "Day off (substituted from 01/04/2026)": the numeric date helps nobody
        name = _DAY_OFF
    named = translate(name) if name in _NAMES else name
    return gettext("%(holiday)s (observed)", holiday=named) if is_observed else named
