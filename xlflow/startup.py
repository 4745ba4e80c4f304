"""Scripts to double-click in a workspace: watch, work off, open the summary.

For Windows (.bat) and for a Linux desktop (.desktop with Terminal, and the .sh behind it). They
find their own folder and then xlflow, and say in plain words when there is none.
"""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from xlflow.messages import language, text

_SUMMARY = "汇总.xlsx"
_TASKS = (
    ("watch", "watch_about", "watch"),
    ("run", "run_about", "run"),
    ("open", "open_about", None),
)
# A Windows folder that bears the name of a person can be written in ASCII through these.
_WINDOWS_FOLDERS = ("LOCALAPPDATA", "APPDATA", "USERPROFILE")


class Script(NamedTuple):
    """A file to double-click: its name, its bytes, and whether it must be marked as runnable."""

    name: str
    content: bytes
    runnable: bool


def start_scripts(
    root: Path,
    python: str = sys.executable,
    *,
    windows: bool = sys.platform == "win32",
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Script]:
    """Yield the scripts of a workspace for both systems; `python` is tried first on its own."""
    made_at = "" if windows else str(root.resolve())
    on_windows = _in_ascii(python, environ) if windows else None
    on_linux = None if windows else python
    for task, about, command in _TASKS:
        name = _say(task)
        batch = _batch(on_windows, command) if command else _batch_open()
        shell = _shell(on_linux, command) if command else _shell_open()
        yield Script(f"{name}.bat", batch.replace("\n", "\r\n").encode(), False)
        yield Script(f"{name}.sh", shell.encode(), True)
        entry = _desktop_entry(name, _say(about), made_at, terminal=command is not None)
        yield Script(f"{name}.desktop", entry.encode(), True)


def _say(key: str) -> str:
    return text(f"startup.{key}").in_language(language())


# -- Windows -------------------------------------------------------------------------------------
#
# cmd reads a script by bytes, and older ones lose their place behind Chinese letters: such letters
# stand on the last line alone, which ends the script. pushd gives a network share a drive letter.


def _batch(python: str | None, command: str) -> str:
    candidates = " ".join(f'"{each}"' for each in (python, "py.exe", "python.exe") if each)
    try_it = 'if not defined FOUND "%%~P" -c "import xlflow" >nul 2>nul && set "FOUND=%%~P"'
    missing = _say("missing")
    return f"""@echo off
chcp 65001 >nul
pushd "%~dp0"
set "FOUND="
for %%P in ({candidates}) do {try_it}
if not defined FOUND goto missing
"%FOUND%" -m xlflow {command}
popd
pause
exit /b
:missing
popd & echo {missing} & pause & exit /b 1
"""


def _batch_open() -> str:
    nothing_yet = _say("no_summary")
    book = f'"%~dp0outbox\\{_SUMMARY}"'
    return f"""@echo off
chcp 65001 >nul
if exist {book} (start "" {book}) else (echo {nothing_yet} & pause)
"""


def _in_ascii(python: str, environ: Mapping[str, str]) -> str | None:
    """Return a path as a script in ASCII may name it, None when it can not."""
    path = PureWindowsPath(python)
    for variable in _WINDOWS_FOLDERS:
        folder = environ.get(variable)
        if folder and path.is_relative_to(folder):
            rest = str(path.relative_to(folder)).replace("%", "%%")
            return f"%{variable}%\\{rest}" if rest.isascii() else None
    return python.replace("%", "%%") if python.isascii() else None


# -- Linux ---------------------------------------------------------------------------------------


def _shell(python: str | None, command: str) -> str:
    candidates = " ".join([*([shlex.quote(python)] if python else []), "python3", "python"])
    return f"""{_head()}
trap : INT # Ctrl-C stops xlflow; what it says of that is left to read
for python in {candidates}; do
    if "$python" -c 'import xlflow' 2>/dev/null; then
        "$python" -m xlflow {command}
        ended=$?
        [ -t 0 ] && {{ printf '\\n%s ' {_quoted("press_enter")}; read -r _; }}
        exit $ended
    fi
done
tell {_quoted("missing")}
exit 1
"""


def _shell_open() -> str:
    return f"""{_head()}
book="$PWD/outbox/{_SUMMARY}"
if [ ! -f "$book" ]; then
    tell {_quoted("no_summary")}
    exit 1
fi
for opener in xdg-open "gio open"; do
    command -v ${{opener%% *}} >/dev/null && exec $opener "$book"
done
tell {_quoted("no_opener")}
exit 1
"""


def _head() -> str:
    """Return what all shell scripts begin with: where they stand, and how they say something."""
    return f"""#!/bin/sh
cd -- "$(dirname -- "$0")" || exit 1

# On a terminal, else in a window, else where nobody may look.
tell() {{
    if [ -t 1 ]; then
        printf '%s\\n' "$1"
        [ -t 0 ] && {{ printf '%s ' {_quoted("press_enter")}; read -r _; }}
    elif [ -n "$DISPLAY$WAYLAND_DISPLAY" ] && command -v zenity >/dev/null; then
        zenity --info --no-markup --title=xlflow --text="$1"
    elif [ -n "$DISPLAY$WAYLAND_DISPLAY" ] && command -v kdialog >/dev/null; then
        kdialog --title xlflow --msgbox "$1"
    elif [ -n "$DISPLAY$WAYLAND_DISPLAY" ] && command -v notify-send >/dev/null; then
        notify-send xlflow "$1"
    else
        printf '%s\\n' "$1" >&2
    fi
}}
"""


def _quoted(key: str) -> str:
    return shlex.quote(_say(key))


def _desktop_entry(name: str, about: str, root: str, *, terminal: bool) -> str:
    """Return a starter for the .sh beside it.

    An entry can not name a file relative to itself, but %k is where it stands itself. A desktop
    that leaves it out gets the place where the workspace was made. sh is named, for a folder that
    was copied may have lost its rights.
    """
    find = 'for at; do cd "$(dirname "$at")" && [ -f "$0" ] && exec sh "$0"; done'
    made_at = f" {_in_entry(f'{root}/{name}')}" if root else ""
    return f"""[Desktop Entry]
Type=Application
Version=1.0
Name={name}
Comment={about}
Exec=sh -c {_in_entry(find)} {_in_entry(f"{name}.sh")} %k{made_at}
Icon=x-office-spreadsheet
Terminal={str(terminal).lower()}
"""


def _in_entry(argument: str) -> str:
    """Return an argument of Exec: quoted by its rules, and then by those of the file."""
    for sign in '\\"`$':
        argument = argument.replace(sign, f"\\{sign}")
    return f'"{argument}"'.replace("%", "%%").replace("\\", "\\\\")
