"""What is kept as a document and what is refused, each refusal by its own name; and the store that keeps the bytes."""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from mobility.domain.documents import (
    FileActive,
    FileDisguised,
    FileEmpty,
    FileEncrypted,
    FileFormat,
    FileKindRefused,
    FileMissing,
    FileMixed,
    FileTooCostly,
    FileTooLarge,
    FileTooManyPages,
    FileTooManyPixels,
    FileUnreadable,
)
from mobility.files import checking
from mobility.files.checking import check_upload, clean_name
from mobility.files.store import FileStoreUnknown, LocalFileStore, store_at
from tests.files import samples


def check(content: bytes, name: str, megabytes: int = 10):
    return check_upload(BytesIO(content), name, megabytes=megabytes)


HOSTILE = [
    ("no bytes", lambda: b"", "a.pdf", FileEmpty),
    ("no name", samples.pdf, "", FileMissing),
    ("only an ending", samples.pdf, ".pdf", FileMissing),
    ("no ending", samples.pdf, "portfolio", FileKindRefused),
    ("two endings", samples.pdf, "portfolio.pdf.exe", FileKindRefused),
    ("a vector picture", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", FileKindRefused),
    ("a web page", lambda: b"<!doctype html><script>alert(1)</script>", "a.html", FileKindRefused),
    ("a word file", samples.archive, "cv.docx", FileKindRefused),
    ("a moving picture", lambda: samples.picture("GIF", mode="L"), "a.gif", FileKindRefused),
    ("a program named as a PDF", lambda: b"MZ\x90\x00" + b"\0" * 200, "a.pdf", FileDisguised),
    ("a web page named as a PDF", lambda: b"<html>%PDF-1.4", "a.pdf", FileDisguised),
    ("a vector picture named as a picture", lambda: b"<svg xmlns='x'/>", "a.png", FileDisguised),
    ("a PNG named as a JPG", lambda: samples.picture("PNG"), "a.jpg", FileDisguised),
    ("a JPG named as a PDF", samples.picture, "a.pdf", FileDisguised),
    ("an archive named as a PDF", samples.archive, "a.pdf", FileDisguised),
    ("a PDF that begins later", lambda: b"junk\n" + samples.pdf(), "a.pdf", FileDisguised),
    ("a PDF with a web page in its head", lambda: b"%PDF-1.4\n%<script>x</script>\n", "a.pdf", FileMixed),
    ("a PDF followed by a web page", lambda: samples.pdf() + b"<b>hello</b>", "a.pdf", FileMixed),
    ("a PDF followed by an archive", lambda: samples.pdf() + samples.archive(), "a.pdf", FileMixed),
    ("a PDF around an archive", lambda: samples.pdf() + samples.archive() + b"%%EOF", "a.pdf", FileMixed),
    ("a JPG followed by an archive", lambda: samples.picture() + samples.archive(), "a.jpg", FileMixed),
    ("a PNG followed by an archive", lambda: samples.picture("PNG") + samples.archive(), "a.png", FileMixed),
    ("a PNG with a script in a comment", lambda: samples.png_with_text(b"<script>x</script>"), "a.png", FileMixed),
    ("a PNG with a PDF in a comment", lambda: samples.png_with_text(b"%PDF-1.4"), "a.png", FileMixed),
    ("a PDF behind a password", lambda: samples.encrypted("secret", "secret"), "a.pdf", FileEncrypted),
    ("a PDF that may not be printed", lambda: samples.encrypted("", "secret"), "a.pdf", FileEncrypted),
    ("a PDF with a script", samples.with_script, "a.pdf", FileActive),
    ("a PDF that starts a program", samples.with_launch, "a.pdf", FileActive),
    ("a PDF that hides it", samples.with_hidden_launch, "a.pdf", FileActive),
    ("a PDF with a file inside", samples.with_attachment, "a.pdf", FileActive),
    ("a PDF with a live form", samples.with_live_form, "a.pdf", FileActive),
    ("half a PDF", lambda: samples.pdf(3)[:180], "a.pdf", FileUnreadable),
    ("a PDF of noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "a.pdf", FileUnreadable),
    ("a PDF without pages", samples.without_pages, "a.pdf", FileUnreadable),
    ("a PDF whose pages contain themselves", samples.with_looping_pages, "a.pdf", FileUnreadable),
    ("a PDF of 201 pages", lambda: samples.pdf(201), "a.pdf", FileTooManyPages),
    ("half a JPG", lambda: samples.picture(size=(600, 400))[:700], "a.jpg", FileUnreadable),
    ("half a PNG", lambda: samples.picture("PNG", (600, 400))[:80], "a.png", FileUnreadable),
    ("a JPG of noise", lambda: b"\xff\xd8\xff" + bytes(range(256)) * 20, "a.jpg", FileUnreadable),
    ("49 million pixels", lambda: samples.picture("PNG", (7000, 7000), "1"), "a.png", FileTooManyPixels),
    ("four thousand million pixels", lambda: samples.png_that_claims(64000, 64000), "a.png", FileTooManyPixels),
]


@pytest.mark.parametrize(("make", "name", "refusal"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_a_hostile_file_is_refused_by_name(make, name, refusal) -> None:
    with pytest.raises(refusal) as refused:
        check(make(), name)
    assert type(refused.value) is refusal
    assert refused.value.code == refused.value.parameters["reason"]


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(monkeypatch) -> None:
    honest = samples.pdf()
    monkeypatch.setattr(checking, "_MEGABYTE", len(honest))
    assert check(honest, "a.pdf", megabytes=1).content == honest
    with pytest.raises(FileTooLarge) as refused:
        check(honest + b" ", "a.pdf", megabytes=1)
    assert refused.value.parameters["megabytes"] == 1


def test_a_bomb_does_not_go_off() -> None:
    with pytest.raises((FileTooCostly, FileUnreadable)):
        check(samples.with_bomb(), "a.pdf")


def test_a_reader_that_hangs_is_ended(monkeypatch, tmp_path) -> None:
    script = tmp_path / "sleeps.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(checking, "_INSPECTOR", script)
    monkeypatch.setattr(checking, "_PATIENCE_SECONDS", 0.5)
    with pytest.raises(FileTooCostly):
        check(samples.pdf(), "a.pdf")


def test_a_reader_that_dies_is_a_refusal(monkeypatch, tmp_path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import os; os.abort()")
    monkeypatch.setattr(checking, "_INSPECTOR", script)
    with pytest.raises(FileTooCostly):
        check(samples.pdf(), "a.pdf")


def test_an_honest_pdf_is_kept_as_it_is() -> None:
    content = samples.pdf(200)
    checked = check(content, "Portfolio.PDF")
    assert (checked.content, checked.format, checked.file_name) == (content, FileFormat.PDF, "Portfolio.PDF")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_an_honest_picture_is_kept_as_a_picture(kind, mode) -> None:
    checked = check(samples.picture(kind, mode=mode), f"a.{kind.lower().replace('jpeg', 'jpg')}")
    with Image.open(BytesIO(checked.content)) as opened:
        assert (opened.format, opened.size, opened.mode) == (kind, (60, 40), mode)


def test_transparency_is_kept_and_colours_for_print_become_colours_for_screens() -> None:
    with Image.open(BytesIO(check(samples.picture("PNG", mode="RGBA"), "a.png").content)) as opened:
        assert opened.mode == "RGBA"
    with Image.open(BytesIO(check(samples.picture("JPEG", mode="CMYK"), "a.jpeg").content)) as opened:
        assert opened.mode == "RGB"


def test_a_photograph_loses_its_camera_data_and_stands_upright() -> None:
    sent = samples.photograph()
    assert b"Cairo" in sent
    kept = check(sent, "IMG_1.jpg").content
    assert b"Cairo" not in kept
    assert b"Exif" not in kept
    with Image.open(BytesIO(kept)) as opened:
        assert opened.size == (40, 60)


def test_what_lies_behind_a_photograph_is_left_behind() -> None:
    kept = check(samples.picture() + b"MotionPhoto_Data" * 50, "a.jpg").content
    assert b"MotionPhoto" not in kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\cv.pdf", "cv.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("سيرة ذاتية.pdf", "سيرة ذاتية.pdf"),
        ("invoice\u202efdp.pdf", "invoicefdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("a\x00b.png", "ab.png"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        (" .pdf", ""),
    ],
)
def test_a_name_is_made_safe_to_show(sent, kept) -> None:
    assert clean_name(sent) == kept


@pytest.fixture
def store(tmp_path) -> LocalFileStore:
    return LocalFileStore(tmp_path / "files")


def test_content_is_its_own_name(store) -> None:
    digest = store.put(b"hello")
    assert digest == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert store.has(digest)
    with store.open(digest) as stream:
        assert stream.read() == b"hello"


def test_the_same_content_is_kept_once_and_never_overwritten(store) -> None:
    digest = store.put(b"hello")
    [path] = store.folder.glob("*/*")
    before = path.stat().st_ino
    assert store.put(b"hello") == digest
    assert [each.stat().st_ino for each in store.folder.glob("*/*")] == [before]
    assert path.stat().st_mode & 0o777 == 0o400


def test_nothing_outside_the_folder_can_be_named(store, tmp_path) -> None:
    (tmp_path / "secret").write_text("x")
    for name in ("../secret", "/etc/passwd", "", "AB" * 32, "g" * 64):
        with pytest.raises(FileNotFoundError):
            store.open(name)


def test_what_is_old_can_be_listed_and_taken_away(store) -> None:
    old, young = store.put(b"old"), store.put(b"young")
    now = datetime.now(UTC)
    path = store.folder / old[:2] / old
    os.utime(path, (now.timestamp() - 172_800,) * 2)
    assert list(store.digests_older_than(now - timedelta(days=1))) == [old]
    store.delete(old)
    store.delete(old)
    assert (store.has(old), store.has(young)) == (False, True)


def test_keeping_a_content_again_makes_it_young(store) -> None:
    digest = store.put(b"hello")
    path = store.folder / digest[:2] / digest
    os.utime(path, (0, 0))
    store.put(b"hello")
    assert list(store.digests_older_than(datetime.now(UTC) - timedelta(hours=1))) == []


def test_an_empty_store_lists_nothing(store) -> None:
    assert list(store.digests_older_than(datetime.now(UTC))) == []


def test_which_store_an_address_means(tmp_path) -> None:
    assert store_at("", tmp_path).folder == tmp_path
    assert str(store_at("file:///srv/my%20files", tmp_path).folder) == "/srv/my files"
    for address in ("s3://bucket", "file://host/path", "/srv/files", "ftp://x"):
        with pytest.raises(FileStoreUnknown, match="MOBILITY_FILES_URL"):
            store_at(address, tmp_path)
