"""The exceptions xlflow raises when it cannot go on.

::

    XlflowError
    ├── UsageError         exit 2  the call is wrong: an unknown profile, a missing argument
    │   └── DefinitionError exit 2  a schema, template, profile or settings file is wrong
    ├── FileRefused        exit 3  a file cannot be read, or is refused by a guard
    ├── EnvironmentFailed  exit 4  paths, rights, disk, database
    └── WorkspaceBusy      exit 5  another instance holds the workspace

A form that is filled in wrongly is never an exception: it is a list of problems
(`xlflow.problems`). Every error carries one sentence in Chinese and one in English.
"""

from typing import ClassVar


class XlflowError(Exception):
    """The root of all xlflow exceptions; `zh` and `en` hold the sentence for the reader."""

    exit_code: ClassVar[int] = 4

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})"


class UsageError(XlflowError):
    """Raised when the caller asks for something that does not exist or does not fit."""

    exit_code = 2


class DefinitionError(UsageError):
    """Raised when a schema, template, profile or settings file of the bureau is wrong."""


class FileRefused(XlflowError):
    """Raised when a file cannot be read or must not be read; `code` is its problem code.

    `why` is the reason alone, in Chinese and English, where the sentence has one in it.
    """

    exit_code = 3

    def __init__(self, zh: str, en: str, code: str, why: tuple[str, str] = ("", "")) -> None:
        super().__init__(zh, en)
        self.code = code
        self.why = why

    def __reduce__(self) -> tuple[type["FileRefused"], tuple[str, str, str, tuple[str, str]]]:
        """Return what pickling needs, so the error can cross a process border."""
        return type(self), (self.zh, self.en, self.code, self.why)


class EnvironmentFailed(XlflowError):
    """Raised when a path, a right, the disk or the database fails."""

    exit_code = 4


class WorkspaceBusy(XlflowError):
    """Raised when another instance of xlflow holds the workspace."""

    exit_code = 5
