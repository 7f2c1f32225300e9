"""Countries in the order of the United Nations' geographic regions (M49), so that a matrix groups neighbours."""

from collections.abc import Iterable
from typing import Final

# UN Statistics Division, Standard Country or Area Codes for Statistical Use (M49), sub-regions in its order.
_REGIONS: Final = (
    ("northern_africa", "DZ EG EH LY MA SD TN"),
    ("eastern_africa", "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW"),
    ("middle_africa", "AO CD CF CG CM GA GQ ST TD"),
    ("southern_africa", "BW LS NA SZ ZA"),
    ("western_africa", "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG"),
    ("caribbean", "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"),
    ("central_america", "BZ CR GT HN MX NI PA SV"),
    ("south_america", "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    ("northern_america", "BM CA GL PM US"),
    ("central_asia", "KG KZ TJ TM UZ"),
    ("eastern_asia", "CN HK JP KP KR MN MO TW"),
    ("south_eastern_asia", "BN ID KH LA MM MY PH SG TH TL VN"),
    ("southern_asia", "AF BD BT IN IR LK MV NP PK"),
    ("western_asia", "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"),
    ("eastern_europe", "BG BY CZ HU MD PL RO RU SK UA"),
    ("northern_europe", "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ"),
    ("southern_europe", "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK"),
    ("western_europe", "AT BE CH DE FR LI LU MC NL"),
    ("oceania", "AU CC CX HM NF NZ FJ NC PG SB VU FM GU KI MH MP NR PW UM AS CK NU PF PN TK TO TV WF WS"),
)
_PLACE: Final = {code: place for place, (_, codes) in enumerate(_REGIONS) for code in codes.split()}


def by_region(countries: Iterable[str]) -> list[str]:
    """Return the codes by region, then by code; unknown ones (the Union, a former state) last."""
    return sorted(countries, key=lambda code: (_PLACE.get(code, len(_REGIONS)), code))
