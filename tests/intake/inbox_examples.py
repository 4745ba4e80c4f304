"""Files as they are dropped into an inbox: the good form, and all that is not one."""

import io
import os
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import openpyxl

from xlflow.config import Workspace, create_workspace
from xlflow.demo import returned_workbook
from xlflow.ooxml import Workbook

UNIT = "郑州市上街区自然资源和规划局"
SHEET = "部门整体支出绩效自评表"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@cache
def good() -> bytes:
    """Return the seed's workbook as its department returned it."""
    return returned_workbook()


def of_unit(unit: str, *, changed: str | None = None) -> bytes:
    """Return the good form of another unit, or with another account of the year."""
    book = Workbook.from_bytes(good())
    for row in range(1, 6):
        for column in "ABCDEFGH":
            if book.sheet(SHEET)[f"{column}{row}"] == UNIT:
                book.sheet(SHEET)[f"{column}{row}"] = unit
    if changed:
        book.sheet(SHEET)["F26"] = changed
    return book.to_bytes()


def without_form() -> bytes:
    """Return a workbook that is some other table."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "电话"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def word_document() -> bytes:
    """Return the skeleton of a .docx."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


def archive(
    members: Mapping[str | bytes, bytes],
    *,
    at: tuple[int, int, int, int, int, int] = (2023, 3, 1, 8, 0, 0),
) -> bytes:
    """Return a .zip of members by name; a name in bytes is written as it stands, without a flag."""
    stream = io.BytesIO()
    raw_names: dict[bytes, bytes] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, data) in enumerate(members.items()):
            written = name if isinstance(name, str) else f"{number}".rjust(len(name), "_")
            if isinstance(name, bytes):
                raw_names[written.encode()] = name
            package.writestr(zipfile.ZipInfo(written, at), data, zipfile.ZIP_DEFLATED)
    packed = stream.getvalue()
    for stand_in, raw in raw_names.items():
        packed = packed.replace(stand_in, raw)
    return packed


def locked(package: bytes) -> bytes:
    """Return a .zip whose members say that they are encrypted."""
    changed = bytearray(package)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = package.find(magic)
        while position >= 0:
            changed[position + offset] |= 1
            position = package.find(magic, position + 4)
    return bytes(changed)


@cache
def unreadable() -> dict[str, tuple[bytes, str]]:
    """Return what must not stop a run: name to content and a word of the sentence about it."""
    return {
        "空.xlsx": (b"", "空文件"),
        "文本.xlsx": ("这是一段说明文字".encode(), "不是 Excel 工作簿"),
        "文档.xlsx": (word_document(), "Word 文档"),
        "半截.xlsx": (good()[: len(good()) // 2], "已损坏"),
        "加密.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512), "打开密码"),
        "旧版.xls": (OLE + "Workbook".encode("utf-16-le") + bytes(512), "旧版 .xls"),
        "通讯录.xlsx": (without_form(), "没有找到填报表"),
    }


def workspace_in(folder: Path) -> Workspace:
    """Return a new workspace."""
    return create_workspace(folder / "工作区")


def drop(workspace: Workspace, name: str, data: bytes, *, at: int = 1_700_000_000) -> Path:
    """Return the path of a file put into the inbox, last changed at a time."""
    path = workspace.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (at, at))
    return path


def lying(folder: Path) -> list[str]:
    """Return the names of the files below a folder."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
