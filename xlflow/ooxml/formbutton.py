"""A button on a worksheet that starts a macro, and the macro project: a workbook becomes .xlsm.

A button is written as Excel writes its form controls: a shape in the VML part, which older programs
draw; a control of the sheet with its properties, which newer ones do; and a hidden shape in the
drawing, which ties both together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xlflow.ooxml import bookedit, splice
from xlflow.ooxml.bookpart import read_book_part
from xlflow.ooxml.container import Container
from xlflow.ooxml.limits import DEFAULT
from xlflow.ooxml.noteshapes import Sizes, free_numbers, new_shapes, read_sizes
from xlflow.ooxml.package import CONTENT_TYPES, Package
from xlflow.ooxml.partedits import PartEdits
from xlflow.ooxml.refusals import damaged
from xlflow.ooxml.sheetnotes import shapes_part
from xlflow.ooxml.sheetparts import child_tag, with_child

_PLAIN_BOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_BOOK = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_XDR = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
_A14 = 'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTIES = (
    f'{_DECLARED}<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
    ' objectType="Button" lockText="1"/>'
)
_EMPTY_DRAWING = f"{_DECLARED}<xdr:wsDr {_XDR} {_A}></xdr:wsDr>"
_KIND = (
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201"'
    ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
    '<o:lock v:ext="edit" shapetype="t"/></v:shapetype>'
)
_EMU = 9525  # in a pixel
_BEFORE_NAMED = (b"sheetPr",)


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its sheet, the cell of its upper left corner (1-based), its words, its macro.

    Width and height are in pixels.
    """

    sheet: str
    row: int
    column: int
    caption: str
    macro: str
    width: int = 104
    height: int = 36


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Columns, rows (0-based) and pixels in them between which a button stands."""

    left: int
    top: int
    right: tuple[int, int]
    bottom: tuple[int, int]


def with_macro_button(
    data: bytes, button: Button, project: bytes, texts: Sequence[tuple[str, str]] = ()
) -> bytes:
    """Return a workbook with a macro project and a button; all other parts stay as they are.

    The project has a module `ThisWorkbook` and one `Sheet1`, which becomes that of the button's
    sheet; Excel makes those of other sheets. `texts` are hidden names and what each says.
    """
    package = Package(Container(data, "workbook", DEFAULT))
    book = read_book_part(package)
    edits = PartEdits(package, book.part)
    try:
        _allow_macros(edits, package)
        edits.add(_beside(book.part, "vbaProject.bin"), project, "vbaProject")
        edits.put(book.part, _named_book(edits.read(book.part), texts))
        for tab in book.tabs:
            if tab.part and tab.name == button.sheet:
                _put_button(edits, tab.part, button)
            elif tab.part and b'codeName="Sheet1"' in edits.read(tab.part):
                edits.put(tab.part, _without_name(edits.read(tab.part)))
    except splice.Missing as error:
        raise damaged("workbook", "bad_xml", part=book.part) from error
    return edits.to_bytes()


def _allow_macros(edits: PartEdits, package: Package) -> None:
    types = package.find(CONTENT_TYPES) or CONTENT_TYPES
    edits.put(types, edits.read(types).replace(_PLAIN_BOOK, _MACRO_BOOK))


def _beside(part: str, name: str) -> str:
    return f"{part.rpartition('/')[0]}/{name}".lstrip("/")


def _named_book(book: bytes, texts: Sequence[tuple[str, str]]) -> bytes:
    view = splice.masked(book)
    prefix = splice.root_prefix(view)
    found = splice.find(view, prefix + b"workbookPr")
    if found is None:
        order = (b"fileVersion", b"fileSharing", b"workbookPr")
        tag = b'<%sworkbookPr codeName="ThisWorkbook"/>' % prefix
        book = splice.insert_ordered(book, order, b"workbookPr", tag)
    else:
        book = _with_code_name(book, prefix + b"workbookPr", found, b"ThisWorkbook")
    for name, value in texts:
        book = bookedit.with_text_name(book, name, value)
    return book


def _with_code_name(data: bytes, tag: bytes, found: splice.Element, name: bytes) -> bytes:
    attributes = splice.with_attribute(found.attributes, b"codeName", name)
    end = b"/>" if found.empty else b">"
    return data[: found.start] + b"<" + tag + attributes + end + data[found.inside :]


def _without_name(sheet: bytes) -> bytes:
    return sheet.replace(b' codeName="Sheet1"', b"", 1)


def _named_sheet(sheet: bytes) -> bytes:
    head = sheet[: sheet.find(b"sheetData")]
    prefix = splice.root_prefix(splice.masked(head))
    found = splice.find(splice.masked(head), prefix + b"sheetPr")
    if found is None:
        tag = b'<%ssheetPr codeName="Sheet1"/>' % prefix
        return splice.insert_ordered(sheet, _BEFORE_NAMED, b"sheetPr", tag)
    return _with_code_name(sheet, prefix + b"sheetPr", found, b"Sheet1")


def _put_button(edits: PartEdits, part: str, button: Button) -> None:
    content = _named_sheet(edits.read(part))
    anchor = _anchor(button, read_sizes(content))
    content, number = _with_shape(edits, part, content, button, anchor)
    content = _with_drawing(edits, part, content, _hidden_shape(button, number, anchor))
    free = edits.free("xl/ctrlProps/ctrlProp{}.xml")
    identity = edits.attach(part, free, _PROPERTIES.encode(), "ctrlProp")
    content = _with_control(content, _control(content, button, number, identity, anchor))
    edits.put(part, content)


def _anchor(button: Button, sizes: Sizes) -> _Anchor:
    left, top = button.column - 1, button.row - 1
    return _Anchor(
        left, top, sizes.right(left, button.width + 4), sizes.below(top, button.height + 4)
    )


def _with_shape(
    edits: PartEdits, part: str, content: bytes, button: Button, anchor: _Anchor
) -> tuple[bytes, int]:
    """Return the sheet tied to its shapes, with the button among them, and the shape's number."""
    shapes = shapes_part(edits, part, content)
    drawn = edits.raw(shapes) if shapes else new_shapes(map(edits.raw, edits.named(".vml")))
    place = drawn.rfind(b"</xml>")
    if shapes is None or place < 0:
        raise splice.Missing(b"legacyDrawing")
    number = next(free_numbers(drawn))
    kind = "" if b'id="_x0000_t201"' in drawn else _KIND
    drawn = drawn[:place] + (kind + _shape(button, number, anchor)).encode() + drawn[place:]
    if shapes:
        edits.put(shapes, drawn)
        return content, number
    free = edits.free("xl/drawings/vmlDrawing{}.vml")
    identity = edits.attach(part, free, drawn, "vmlDrawing")
    return _tied(content, "legacyDrawing", identity), number


def _with_drawing(edits: PartEdits, part: str, content: bytes, shape: str) -> bytes:
    drawing = edits.related(part, "drawing")
    drawn = edits.read(drawing) if drawing else _EMPTY_DRAWING.encode()
    place = drawn.rfind(b"</")
    if place < 0:
        raise splice.Missing(b"wsDr")
    drawn = drawn[:place] + shape.encode() + drawn[place:]
    if drawing:
        edits.put(drawing, drawn)
        return content
    free = edits.free("xl/drawings/drawing{}.xml")
    return _tied(content, "drawing", edits.attach(part, free, drawn, "drawing"))


def _tied(content: bytes, name: str, identity: str) -> bytes:
    p = splice.root_prefix(content).decode()
    return with_child(content, name.encode(), f'<{p}{name} {_R} r:id="{identity}"/>'.encode())


def _with_control(content: bytes, control: str) -> bytes:
    p = splice.root_prefix(content).decode()
    if there := child_tag(content, b"controls"):
        place = there.rfind(f"</{p}controls".encode())
        more = there[:place] + control.encode() + there[place:]
        return content.replace(there, more, 1)
    whole = (
        f'<mc:AlternateContent {_MC} {_X14}><mc:Choice Requires="x14"><{p}controls>{control}'
        f"</{p}controls></mc:Choice></mc:AlternateContent>"
    )
    return with_child(content, b"controls", whole.encode())


def _control(content: bytes, button: Button, number: int, identity: str, anchor: _Anchor) -> str:
    p = splice.root_prefix(content).decode()
    start, end = _corners(anchor)
    return (
        f'<mc:AlternateContent {_MC} {_X14}><mc:Choice Requires="x14">'
        f'<{p}control {_R} shapeId="{number}" r:id="{identity}" name="{escape(button.caption)}">'
        f'<{p}controlPr defaultSize="0" print="0" autoFill="0" autoPict="0"'
        f' macro="[0]!{button.macro}"><{p}anchor {_XDR}><{p}from>{start}</{p}from>'
        f"<{p}to>{end}</{p}to></{p}anchor></{p}controlPr></{p}control>"
        "</mc:Choice></mc:AlternateContent>"
    )


def _corners(anchor: _Anchor) -> tuple[str, str]:
    return (
        _corner(anchor.left, 4, anchor.top, 4),
        _corner(anchor.right[0], anchor.right[1], anchor.bottom[0], anchor.bottom[1]),
    )


def _corner(column: int, across: int, row: int, down: int) -> str:
    return (
        f"<xdr:col>{column}</xdr:col><xdr:colOff>{across * _EMU}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>{down * _EMU}</xdr:rowOff>"
    )


def _hidden_shape(button: Button, number: int, anchor: _Anchor) -> str:
    start, end = _corners(anchor)
    return (
        f'<mc:AlternateContent {_MC}><mc:Choice {_A14} Requires="a14">'
        f"<xdr:twoCellAnchor {_XDR} {_A}><xdr:from>{start}</xdr:from><xdr:to>{end}</xdr:to>"
        f'<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{number}"'
        f' name="{escape(button.caption)}" hidden="1"><a:extLst>'
        '<a:ext uri="{63B3BB69-23CF-44E3-9099-C40C66FF867C}">'
        f'<a14:compatExt spid="_x0000_s{number}"/></a:ext></a:extLst></xdr:cNvPr><xdr:cNvSpPr/>'
        '</xdr:nvSpPr><xdr:spPr bwMode="auto"><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:sp>'
        '<xdr:clientData fPrintsWithSheet="0"/></xdr:twoCellAnchor></mc:Choice><mc:Fallback/>'
        "</mc:AlternateContent>"
    )


def _shape(button: Button, number: int, anchor: _Anchor) -> str:
    (right, across), (bottom, down) = anchor.right, anchor.bottom
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" style="position:absolute;'
        f"margin-left:3pt;margin-top:3pt;width:{button.width * 3 // 4}pt;"
        f'height:{button.height * 3 // 4}pt;z-index:1;mso-wrap-style:tight" o:button="t"'
        ' fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">'
        '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/>'
        '<o:lock v:ext="edit" rotation="t"/>'
        '<v:textbox style="mso-direction-alt:auto" o:singleclick="f">'
        '<div style="text-align:center"><font face="宋体" size="240" color="#000000">'
        f"{escape(button.caption)}</font></div></v:textbox>"
        '<x:ClientData ObjectType="Button">'
        f"<x:Anchor>{anchor.left}, 4, {anchor.top}, 4, {right}, {across}, {bottom}, {down}"
        "</x:Anchor><x:PrintObject>False</x:PrintObject><x:AutoFill>False</x:AutoFill>"
        f"<x:FmlaMacro>[0]!{button.macro}</x:FmlaMacro>"
        "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign>"
        "</x:ClientData></v:shape>"
    )
