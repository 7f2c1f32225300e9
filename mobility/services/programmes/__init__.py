"""Programmes for those who manage them.

`permits`   who may see and change a programme
`choices`   what may be chosen: desks by competence, provisions by the states they bind
`reading`   the list, and everything about one programme
`settings`  making and changing a programme: names, instrument, accounting year, stages and their order
`routes`    directions with their desks, provisions and quotas
`calls`     calls: made, changed, published, taken back
"""

from mobility.services.programmes.calls import (
    CallDraft,
    change_call,
    create_call,
    get_call,
    publish_call,
    take_call_back,
)
from mobility.services.programmes.choices import (
    Desk,
    ProvisionChoice,
    list_desks,
    list_instruments,
    list_provision_choices,
)
from mobility.services.programmes.permits import get_managed
from mobility.services.programmes.reading import (
    CallLine,
    ProgrammeLine,
    ProgrammeView,
    RouteView,
    list_programmes,
    view_programme,
)
from mobility.services.programmes.routes import RouteDraft, change_route, create_route, get_route
from mobility.services.programmes.settings import ProgrammeDraft, change_programme, create_programme

__all__ = [
    "CallDraft",
    "CallLine",
    "Desk",
    "ProgrammeDraft",
    "ProgrammeLine",
    "ProgrammeView",
    "ProvisionChoice",
    "RouteDraft",
    "RouteView",
    "change_call",
    "change_programme",
    "change_route",
    "create_call",
    "create_programme",
    "create_route",
    "get_call",
    "get_managed",
    "get_route",
    "list_desks",
    "list_instruments",
    "list_programmes",
    "list_provision_choices",
    "publish_call",
    "take_call_back",
    "view_programme",
]
