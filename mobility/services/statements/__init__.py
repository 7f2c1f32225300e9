"""Statements that two states freeze, sign, dispute, correct and confirm.

`sides`      who stands for which state, and which statements they therefore see
`counting`   the figures and references behind a statement, from the reciprocity report
`freezing`   a new statement, or a corrected version of one
`answering`  signing, answering entry by entry, the threads, and who is told
`reading`    lists and pages
`verifying`  what a hash stands for, and whether the text behind it is intact
"""

from mobility.services.statements.answering import answer_statement, sign_statement, write_remark
from mobility.services.statements.counting import Ask
from mobility.services.statements.freezing import Agreed, correct_statement, count_again, freeze_statement
from mobility.services.statements.reading import (
    Choice,
    EntryPage,
    StatementLine,
    StatementPage,
    get_entry_page,
    get_statement_page,
    get_text,
    list_choices,
    list_statement_lines,
)
from mobility.services.statements.sides import Rights, list_visible
from mobility.services.statements.verifying import Checked, check_hash, verify_statements

__all__ = [
    "Agreed",
    "Ask",
    "Checked",
    "Choice",
    "EntryPage",
    "Rights",
    "StatementLine",
    "StatementPage",
    "answer_statement",
    "check_hash",
    "correct_statement",
    "count_again",
    "freeze_statement",
    "get_entry_page",
    "get_statement_page",
    "get_text",
    "list_choices",
    "list_statement_lines",
    "list_visible",
    "sign_statement",
    "verify_statements",
    "write_remark",
]
