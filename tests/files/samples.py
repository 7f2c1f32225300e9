"""Files made in the test: honest ones, and every trick that an upload may play."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject


def pdf(pages: int = 1, **changes: Any) -> bytes:
    """A plain PDF; `changes` go into its catalogue."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(72, 72)
    for key, value in changes.items():
        writer._root_object[NameObject("/" + key)] = value
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    target = BytesIO()
    Image.new(mode, size, 120 if mode in ("L", "P", "1") else (120, 40, 200, 255)[: len(mode)]).save(
        target, format=kind, **options
    )
    return target.getvalue()


def photograph() -> bytes:
    """A JPEG that says where it was taken and which side is up (90 degrees)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken in Cairo"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (60, 40), exif=exif)


def archive() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        opened.writestr("[Content_Types].xml", "<Types/>")
        opened.writestr("run.sh", "echo hello")
    return target.getvalue()


def encrypted(user: str, owner: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt(user, owner, algorithm="RC4-128")
    return written(writer)


def with_script() -> bytes:
    return pdf(OpenAction=action("/JavaScript", JS=TextStringObject("app.alert('hello')")))


def with_attachment() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.add_attachment("run.exe", b"MZ")
    return written(writer)


def action(kind: str, **more: Any) -> DictionaryObject:
    found = DictionaryObject({NameObject("/S"): NameObject(kind)})
    for key, value in more.items():
        found[NameObject("/" + key)] = value
    return found


def with_launch() -> bytes:
    return pdf(OpenAction=action("/Launch", F=TextStringObject("cmd.exe")))


def with_hidden_launch() -> bytes:
    """The action stands in a chain behind a harmless one, its kind in an object of its own."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    kind = writer._add_object(NameObject("/Launch"))
    second = writer._add_object(DictionaryObject({NameObject("/S"): kind}))
    first = action("/GoTo", Next=second)
    writer._root_object[NameObject("/OpenAction")] = first
    return written(writer)


def with_live_form() -> bytes:
    form = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>"), NameObject("/Fields"): ArrayObject()})
    return pdf(AcroForm=form)


def with_bomb() -> bytes:
    """One page whose content is 400 MB of spaces, packed into a few hundred kB."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(400)) + packer.flush()
    stream = DecodedStreamObject()
    stream._data = packed
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


def with_looping_pages() -> bytes:
    """A page tree that contains itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )


def without_pages() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer._root_object["/Pages"][NameObject("/Kids")] = ArrayObject()
    return written(writer)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose head promises more than its body holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + _chunk(chunk) + _chunk(body) + _chunk(b"IEND")


def png_with_text(text: bytes) -> bytes:
    """A PNG with a comment near its beginning."""
    plain = picture("PNG")
    return plain[:33] + _chunk(b"tEXtComment\0" + text) + plain[33:]


def _chunk(named: bytes) -> bytes:
    return struct.pack(">I", len(named) - 4) + named + struct.pack(">I", zlib.crc32(named))
