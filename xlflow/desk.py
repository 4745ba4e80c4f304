"""The helper on a desk: copies that a macro lays into a folder are scored, answers lie beside.

For desks where Excel may not start Python, and for WPS. The macro saves a copy of the open book in
`in/`; the scored copy and the lines for the macro (`xlflow.plain_answer`) appear in `out/` under
the same name, the lines last: where they are, all is there.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xlflow import files
from xlflow.button import judge_here
from xlflow.errors import EnvironmentFailed, FileRefused, XlflowError
from xlflow.judging import refused
from xlflow.messages import language, text
from xlflow.plain_answer import plain_answer, sentence
from xlflow.review import Outcome, Result, worst_outcome

LINES_SUFFIX = ".txt"
_UNFINISHED = (".part", ".tmp")
_SECONDS = 0.3  # between two looks into the folder: a person is waiting
_REGISTRY = r"Software\VB and VBA Program Settings\xlflow\button"  # where VBA's GetSetting looks


@dataclass(frozen=True, slots=True)
class Answered:
    """A copy that was scored: its name, the outcome, and the sentence the macro shows."""

    name: str
    outcome: Outcome
    sentence: str


def desk_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of this user's desk, which macro and helper share."""
    local = environ.get("LOCALAPPDATA")
    home = Path(local) if local else Path.home() / ".local" / "share"
    return home / "xlflow" / "desk"


def answer(copy: Path, out: Path, environ: Mapping[str, str] = os.environ) -> Answered:
    """Score a copy, write the answer into a folder, and return what it says."""
    name = copy.name
    files.make_dir(out)
    try:
        judged = judge_here(files.read_bytes(copy), name, environ)
    except FileRefused as error:
        results: tuple[Result, ...] = (refused(error, name),)
        lines = plain_answer(results, (), None)
    else:
        results, marked = judged.results, judged.marked
        lines = plain_answer(results, judged.profiles, marked)
        if marked is not None:
            files.write_bytes(out / name, marked)
    files.write_bytes(out / f"{name}{LINES_SUFFIX}", lines.encode())
    return Answered(name, worst_outcome(results), sentence(results))


def waiting(folder: Path) -> list[Path]:
    """Return the finished copies that lie in a desk's `in/`, the oldest first."""
    copies = folder / "in"
    if not copies.is_dir():
        return []
    found = []
    for each in copies.iterdir():
        if each.name.endswith(_UNFINISHED) or each.name[:2] == "~$":
            continue
        with suppress(FileNotFoundError):  # a macro may take its copy back at any time
            if each.is_file():
                found.append((each.stat().st_mtime_ns, each.name))
    return [copies / name for _, name in sorted(found)]


def attend(
    folder: Path,
    stop: threading.Event,
    environ: Mapping[str, str] = os.environ,
    *,
    on_answer: Callable[[Answered], None] = lambda _: None,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
) -> None:
    """Answer what comes until `stop` is set; trouble with a copy is told, and tried again later."""
    files.make_dir(folder / "in")
    files.make_dir(folder / "out")
    told: dict[str, str] = {}
    while not stop.is_set():
        for copy in waiting(folder):
            try:
                done = answer(copy, folder / "out", environ)
                files.remove(copy)
            except XlflowError as error:
                if told.get(copy.name) != str(error):
                    on_trouble(error)
                told[copy.name] = str(error)
            else:
                told.pop(copy.name, None)
                on_answer(done)
        stop.wait(_SECONDS)


def install(
    python: str = sys.executable,
    environ: Mapping[str, str] = os.environ,
    *,
    windows: bool = sys.platform == "win32",
    workspace: Path | None = None,
) -> Iterator[Path]:
    """Set the desk up for this user and yield what was made.

    Made are the folder, a script that starts the helper when the user logs in and, on Windows, what
    the macro looks up: the folder and the command. Nothing needs an administrator.
    """
    folder = desk_folder(environ)
    for name in ("in", "out"):
        files.make_dir(folder / name)
        yield folder / name
    script = _autostart(environ, windows=windows)
    files.make_dir(script.parent)
    content = _start_script(python, workspace, windows=windows)
    files.write_bytes(script, content.encode("utf-8"))
    if not windows:
        files.make_runnable(script)
    yield script
    if windows:
        _tell_macro({"folder": str(folder), "command": f'"{python}" -m xlflow'})


def _autostart(environ: Mapping[str, str], *, windows: bool) -> Path:
    if windows:
        roaming = environ.get("APPDATA")
        if not roaming:
            raise EnvironmentFailed(*text("desk.no_appdata"))
        menu = Path(roaming) / "Microsoft" / "Windows" / "Start Menu" / "Programs"
        return menu / "Startup" / "xlflow-desk.bat"
    config = environ.get("XDG_CONFIG_HOME")
    home = Path(config) if config else Path.home() / ".config"
    return home / "autostart" / "xlflow-desk.desktop"


def _start_script(python: str, workspace: Path | None, *, windows: bool) -> str:
    """Return the script that starts the helper at login, minimised or without a window."""
    options = f' --workspace "{workspace}"' if workspace else ""
    if windows:
        lines = ("@echo off", "chcp 65001 >nul",
                 f'start "xlflow" /min "{python}" -m xlflow desk{options}')  # fmt: skip
        return "".join(f"{line}\r\n" for line in lines)
    name = text("desk.entry").in_language(language())
    # In an Exec line a % begins a code, and quotes hold a path with blanks together.
    command = f'"{python}" -m xlflow desk{options}'.replace("%", "%%")
    return f"[Desktop Entry]\nType=Application\nName={name}\nExec={command}\nTerminal=false\n"


def _tell_macro(settings: Mapping[str, str]) -> None:
    """Write what VBA's GetSetting reads, for this user."""
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _REGISTRY) as key:
            for name, value in settings.items():
                winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)
