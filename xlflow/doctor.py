"""What works on this machine, and why the rest does not: one line each, with what to do."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow.config import Workspace, open_workspace
from xlflow.desk import desk_folder
from xlflow.errors import XlflowError
from xlflow.messages import Text, text

# Extra, package, what it is for (a key of the messages).
_EXTRAS = (
    ("button", "xlwings"),
    ("serve", "fastapi"),
    ("recalc", "cellrune"),
    ("fast", "isal"),
)
# The rule of Windows Defender that forbids Office to start programs; 1 means that it does.
_RULES = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_NO_CHILDREN, _BLOCKS = "d4f940ab-401b-4efc-aadc-ad5f3c50688a", "1"
_OFFICE = (("excel", "Excel.Application"), ("wps", "KET.Application"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it works, and what was found or what to do."""

    what: Text
    works: bool
    said: Text


def examine(
    workspace: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
    registered: Callable[[str], bool] | None = None,
    installed: Callable[[str], bool] | None = None,
    children_forbidden: Callable[[], bool] | None = None,
) -> tuple[Finding, ...]:
    """Return what works here: Python, office programs, the routes of the button, a workspace.

    `registered` tells whether Windows knows a program by its class, `installed` whether a package
    is there, `children_forbidden` whether Office may start no program.
    """
    known = registered or _is_registered
    has = installed or _is_installed
    office = {name: platform == "win32" and known(program) for name, program in _OFFICE}
    forbidden = platform == "win32" and (children_forbidden or _are_children_forbidden)()
    direct = _direct(office, platform, xlwings=has("xlwings"), forbidden=forbidden)
    found = [_python(), *_extras(has), *_routes(direct, environ)]
    if workspace is not None:
        found += _workspace(workspace)
    return tuple(found)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(text("doctor.python"), works=True, said=Text(version, version))


def _extras(has: Callable[[str], bool]) -> Iterator[Finding]:
    for extra, package in _EXTRAS:
        works = has(package)
        said = text("doctor.installed" if works else "doctor.not_installed", extra=extra)
        yield Finding(text(f"doctor.extra_{extra}"), works, said)


def _direct(office: Mapping[str, bool], platform: str, *, xlwings: bool, forbidden: bool) -> str:
    """Return the message that says whether Excel can start xlflow here."""
    if platform != "win32":
        return "doctor.not_windows"
    if not office["excel"]:
        return "doctor.wps_alone" if office["wps"] else "doctor.no_excel"
    if forbidden:
        return "doctor.forbidden"
    return "doctor.works" if xlwings else "doctor.no_xlwings"


def _routes(direct: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield for each way from the button to xlflow whether it can be gone here."""
    yield Finding(text("doctor.route_xlwings"), direct == "doctor.works", text(direct))
    folder = desk_folder(environ)
    ready = all(os.access(folder / name, os.W_OK) for name in ("in", "out"))
    said = text("doctor.desk_ready" if ready else "doctor.desk_missing", folder=folder)
    yield Finding(text("doctor.route_desk"), ready, said)
    yield Finding(text("doctor.route_page"), works=True, said=text("doctor.page_always"))


def _workspace(folder: Path) -> Iterator[Finding]:
    what = text("doctor.workspace")
    try:
        workspace = open_workspace(folder)
        _look_into(workspace)
    except XlflowError as error:
        yield Finding(what, works=False, said=Text(error.zh, error.en))
        return
    for name in (workspace.inbox, workspace.outbox):
        if not os.access(name, os.W_OK):
            yield Finding(what, works=False, said=text("doctor.not_writable", folder=name))
            return
    yield Finding(what, works=True, said=Text(str(workspace.root), str(workspace.root)))


def _look_into(workspace: Workspace) -> None:
    from xlflow.pipeline import open_ledger

    with open_ledger(workspace):
        pass


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _is_registered(program: str) -> bool:
    """Return whether Windows knows a program by its class."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, program))
    except OSError:
        return False
    return True


def _are_children_forbidden() -> bool:
    """Return whether a policy of this machine forbids Office to start programs."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _RULES) as key:
            return str(winreg.QueryValueEx(key, _NO_CHILDREN)[0]) == _BLOCKS
    except OSError:
        return False
