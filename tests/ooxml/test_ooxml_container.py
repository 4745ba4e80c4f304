"""The zip level: what is not touched stays byte for byte, in place and in its headers."""

import io
import struct
import zipfile

import pytest
from package_samples import members, package, parts_of, worksheet, zipped

from xlflow.errors import FileRefused
from xlflow.ooxml import Workbook
from xlflow.ooxml.container import Container
from xlflow.ooxml.limits import DEFAULT

PARTS = {"a.txt": b"alpha" * 50, "b.bin": bytes(range(256)), "c.xml": b"<c/>"}


def infos(data: bytes) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            (i.filename, i.date_time, i.compress_type, i.external_attr, i.extra, i.comment)
            for i in archive.infolist()
        ]


def with_comments() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            info = zipfile.ZipInfo(name, (2023, 1, 2, 3, 4, 6))
            info.comment = f"about {name}".encode()
            info.extra = struct.pack("<HH4s", 0x7777, 4, b"mine")
            info.external_attr = 0o640 << 16
            info.compress_type = zipfile.ZIP_STORED if name == "b.bin" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
        archive.comment = "整本".encode()
    return stream.getvalue()


class _Unseekable(io.BytesIO):
    """A stream that can not go back, so that sizes are written behind the data."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        raise io.UnsupportedOperation


def streamed() -> bytes:
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("data", [with_comments(), streamed()], ids=["comments", "descriptors"])
@pytest.mark.parametrize("changed", list(PARTS))
def test_only_the_changed_member_differs(data: bytes, changed: str) -> None:
    out = Container(data, "x", DEFAULT).rewrite({changed: b"new content"}, {})
    assert members(out) == {**PARTS, changed: b"new content"}
    assert infos(out) == infos(data)
    before, after = Container(data, "x", DEFAULT), Container(out, "x", DEFAULT)
    for old, new in zip(before.entries, after.entries, strict=True):
        if old.name != changed:
            assert before.same_packed(old.name, after)
            assert old.central[:42] == new.central[:42]
            assert data[old.start : old.data] == out[new.start : new.data]


def test_rewriting_nothing_gives_the_same_bytes() -> None:
    assert Container(with_comments(), "x", DEFAULT).rewrite({}, {}) == with_comments()


def test_new_members_come_last_and_the_comment_stays() -> None:
    out = Container(with_comments(), "x", DEFAULT).rewrite({}, {"新.xml": b"<n/>"})
    assert list(members(out)) == [*PARTS, "新.xml"]
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.comment.decode() == "整本"


def test_an_untouched_damaged_member_travels_on() -> None:
    data = zipped({**parts_of({"表1": worksheet("")}), "xl/media/a.bin": b"picture" * 99}, 0)
    broken = data.replace(b"picturepicture", b"PicturePicture")
    book = Workbook.from_bytes(broken)
    book.sheet("表1")["A1"] = "x"
    assert b"PicturePicture" in book.to_bytes()


def test_a_touched_damaged_member_is_refused() -> None:
    rows = '<row r="1"><c r="A1"><v>12345</v></c></row>'
    data = zipped(parts_of({"表1": worksheet(rows)}), 0).replace(b"12345", b"12346")
    with pytest.raises(FileRefused) as refused:
        _ = Workbook.from_bytes(data).sheet("表1")["A1"]
    assert refused.value.code == "F05"


def test_without_edits_the_file_is_returned_as_it_came() -> None:
    data = package()
    book = Workbook.from_bytes(data)
    _ = book.sheet("表1")["A1"]
    assert book.to_bytes() is data
