"""The reciprocity report for those who manage programmes.

`questions`  what is asked for: programmes, window, unit, pair of countries; who may ask it
`reading`    flows, money and quotas from storage as the tables that the measures take
`report`     everything the page, the CSV files and the command show
`behind`     the cases behind a figure
`data`       the report as plain rows, for CSV files and JSON
`regions`    countries in the order of the United Nations' geographic regions
"""

from mobility.services.reciprocity.behind import About, CaseLine, CasesBehind, CasesQuery, list_cases_behind
from mobility.services.reciprocity.data import TABLES, report_as_data
from mobility.services.reciprocity.questions import (
    ReportQuery,
    ReportScope,
    StaysKind,
    Unit,
    Window,
    list_report_choices,
    resolve_scope,
)
from mobility.services.reciprocity.report import Report, build_report

__all__ = [
    "TABLES",
    "About",
    "CaseLine",
    "CasesBehind",
    "CasesQuery",
    "Report",
    "ReportQuery",
    "ReportScope",
    "StaysKind",
    "Unit",
    "Window",
    "build_report",
    "list_cases_behind",
    "list_report_choices",
    "report_as_data",
    "resolve_scope",
]
