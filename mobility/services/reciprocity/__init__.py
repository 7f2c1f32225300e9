"""The reciprocity report for those who manage programmes.

`questions`  what is asked for: programmes, window, unit, pair of countries; who may ask it
`reading`    flows, money and quotas from storage as the tables that the measures take
`report`     everything the page, the CSV files and the command show
`behind`     the cases and the imported rows behind a figure
`income`     people between income groups
`data`       the report as plain rows, for CSV files and JSON
`regions`    countries in the order of the United Nations' geographic regions
"""

from mobility.services.reciprocity.behind import (
    About,
    CaseLine,
    CasesBehind,
    CasesQuery,
    ImportedLine,
    list_cases_behind,
)
from mobility.services.reciprocity.data import TABLES, report_as_data, report_as_sheets
from mobility.services.reciprocity.income import GROUPS, Equity, GroupCell
from mobility.services.reciprocity.questions import (
    Collection,
    ReportQuery,
    ReportScope,
    StaysKind,
    Unit,
    Window,
    list_collections,
    list_report_choices,
    resolve_scope,
)
from mobility.services.reciprocity.report import Comparison, Report, build_report

__all__ = [
    "GROUPS",
    "TABLES",
    "About",
    "CaseLine",
    "CasesBehind",
    "CasesQuery",
    "Collection",
    "Comparison",
    "Equity",
    "GroupCell",
    "ImportedLine",
    "Report",
    "ReportQuery",
    "ReportScope",
    "StaysKind",
    "Unit",
    "Window",
    "build_report",
    "list_cases_behind",
    "list_collections",
    "list_report_choices",
    "report_as_data",
    "report_as_sheets",
    "resolve_scope",
]
