"""Tables as files: what a spreadsheet reads back, and that nothing in them is computed."""

import io

from openpyxl import load_workbook

from mobility.files.tables import csv_bytes, xlsx_bytes

ROWS = [{"name": "=1+1", "people": 3, "share": None}, {"name": "https://example.org", "people": 0.5, "share": 1}]


def test_a_workbook_keeps_numbers_texts_and_gaps():
    book = load_workbook(io.BytesIO(xlsx_bytes({"partners": ROWS, "empty": []})))
    assert book.sheetnames == ["partners", "empty"]
    assert list(book["partners"].values) == [
        ("name", "people", "share"),
        ("=1+1", 3, None),
        ("https://example.org", 0.5, 1),
    ]
    assert book["partners"]["A2"].data_type != "f"
    assert book["partners"]["A3"].hyperlink is None


def test_sheets_run_from_right_to_left_where_the_language_does():
    for right_to_left in (True, False):
        book = load_workbook(io.BytesIO(xlsx_bytes({"partners": ROWS}, right_to_left=right_to_left)))
        assert bool(book["partners"].sheet_view.rightToLeft) is right_to_left


def test_csv_disarms_what_a_spreadsheet_would_compute():
    assert csv_bytes(ROWS).decode("utf-8-sig").splitlines()[1] == "'=1+1,3,"
