"""What comes beside a form: scans, reports, evidence. It is kept and handed on, never judged."""

from pathlib import PurePosixPath

from xlflow.errors import FileRefused

# Whoever names a file so means a form, or an archive of them: what can not be read then is said.
_FORMS = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlt", ".xlsb", ".et", ".ett", ".ods", ".csv"}
    | {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz"}
)
# It is no workbook (F02), or larger than one may be (F06). A spreadsheet of another format, an
# archive and a damaged file are told from their content, and never lie among the attachments.
_NO_FORM = frozenset({"F02", "F06"})


def is_attachment(name: str, refused: FileRefused) -> bool:
    """Return whether a file that was refused as a workbook is one that came beside a form.

    It is when neither its name nor its content is that of a spreadsheet or an archive.
    """
    return refused.code in _NO_FORM and PurePosixPath(name).suffix.lower() not in _FORMS
