"""What the desk asks of Excel, recorded: there is no Excel where the tests run."""

from types import SimpleNamespace
from typing import Any

from xlflow.button import ExcelDesk


class Sheet:
    """A worksheet of Excel as far as its protection goes."""

    ProtectContents = True

    def __init__(self, **allowed: bool) -> None:
        names = ("FormattingCells", "FormattingColumns", "FormattingRows", "InsertingColumns",
                 "InsertingRows", "InsertingHyperlinks", "DeletingColumns", "DeletingRows",
                 "Sorting", "Filtering", "UsingPivotTables")  # fmt: skip
        self.Protection = SimpleNamespace(
            **{f"Allow{name}": allowed.get(name, False) for name in names}
        )
        self.asked: list[dict[str, Any]] = []
        self.Protect = lambda **how: self.asked.append(how)


def test_a_sheet_that_is_opened_for_macros_allows_people_what_it_allowed() -> None:
    sheet = Sheet(InsertingRows=True, FormattingRows=True)
    book = SimpleNamespace(
        api=SimpleNamespace(SaveCopyAs=None), sheets={"表": SimpleNamespace(api=sheet)}
    )
    ExcelDesk(book).open_for_writing("表")
    (how,) = sheet.asked
    assert how["UserInterfaceOnly"] is True
    assert {name for name, value in how.items() if name[:5] == "Allow" and value} == {
        "AllowInsertingRows",
        "AllowFormattingRows",
    }
    assert len([name for name in how if name.startswith("Allow")]) == 11
