"""The sheet as PDF: gathers template, values and fonts, and has them set by a process of its own (press.py)."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.fonts import find_fonts
from lgpki_tui.paper.press import BROKEN, MAIN, PRINTED
from lgpki_tui.paper.printable import Value
from lgpki_tui.paper.sheet import Sheet
from lgpki_tui.paper.values import template_values
from lgpki_tui.paper.words import Words

# What a template may use, from its own folder: texts (Typst's binding takes nothing else from memory).
_SUFFIXES = frozenset({".typ", ".svg", ".csv", ".json", ".toml", ".txt"})
_MOST_BYTES = 8 * 1024 * 1024
_LONGEST_MESSAGE = 300
_SECONDS = 60.0
# Where Typst saw it: "error: ...", below "┌─ issue.typ:12:4". Warnings may stand before.
_PLACE = re.compile(r"^error: .*?┌─ ([^\n]+?):(\d+):\d+", re.MULTILINE | re.DOTALL)
_COMMAND = (sys.executable, "-P", "-s", "-c", "from lgpki_tui.paper.press import run; run()")


@dataclass(frozen=True, slots=True)
class Template:
    """A Typst file. It may use the files of its folder, and of the folder `parts` those that its own has not, links
    left out, and nothing else, no network either. `own_form`: it is this tool's; a site answers for its own."""

    path: Path
    parts: Path | None = None
    own_form: bool = True


def render_pdf(
    sheet: Sheet, words: Words, template: Template, fonts: Sequence[Path], seconds: float = _SECONDS
) -> bytes:
    """The sheet as PDF, A4, fonts embedded. Equal input gives equal bytes; no time, path or host of the making in it.

    `fonts`: candidates in order of preference. Takes `seconds` at most. Raises Refusal: font_missing (`searched`);
    form_broken (`file`, `line` or None, `reason`: template, absent, unreadable, not_utf8, too_large, crashed, time;
    `message`, inert, may be empty).
    """
    values = template_values(sheet, words, find_fonts(fonts), own_form=template.own_form)
    return set_pdf(values, template, fonts, seconds)


def set_pdf(values: Mapping[str, Value], template: Template, fonts: Sequence[Path], seconds: float = _SECONDS) -> bytes:
    """Any values by any template, as `render_pdf` does. Of the values `practice` must be there, and no `fonts`."""
    path = template.path.absolute()
    found, files = find_fonts(fonts), {file.name: (file, text) for file, text in _files(path, template.parts)}
    job = {
        "template": path.name,
        "files": {name: text for name, (_, text) in files.items()},
        "fonts": [str(font.path) for font in found],
        "sheet": dict(values),
    }
    try:
        done = _press(job, path.parent, seconds)
    except subprocess.TimeoutExpired:
        raise _broken(path, "time") from None
    if done.returncode == PRINTED:
        return done.stdout
    if done.returncode == BROKEN:
        raise _refusal(path, {name: file for name, (file, _) in files.items()}, fonts, json.loads(done.stdout))
    if done.returncode < 0:
        raise _broken(path, "crashed")
    raise RuntimeError(f"the press ended with {done.returncode}")


def _press(job: Mapping[str, object], folder: Path, seconds: float) -> subprocess.CompletedProcess[bytes]:
    # An environment of nothing but where our modules are: no proxy, no home, no settings of Typst's.
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(  # noqa: S603  # our own interpreter and module
        _COMMAND,
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        timeout=seconds,
        check=False,
    )


def _files(template: Path, parts: Path | None) -> Iterator[tuple[Path, str]]:
    """The files that a template can use with their texts: the regular ones of its folder, and parts beside them."""
    room = _MOST_BYTES
    here = {path.name: path for path in (template, *_beside(template))}
    if parts is not None:
        here = {path.name: path for path in _beside(parts / template.name)} | here
    for path in here.values():
        content = _content(path, room)
        room -= len(content)
        yield path, _text(path, content)


def _beside(template: Path) -> list[Path]:
    try:
        return sorted(path for path in template.parent.iterdir() if path != template and _is_ours(path))
    except FileNotFoundError:
        raise _broken(template, "absent") from None
    except OSError:
        raise _broken(template, "unreadable") from None


def _is_ours(path: Path) -> bool:
    """Whether a file belongs to the folder: a link may lead anywhere."""
    return path.suffix.lower() in _SUFFIXES and stat.S_ISREG(path.lstat().st_mode)


def _content(path: Path, room: int) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _broken(path, "unreadable")
        with path.open("rb") as file:
            content = file.read(room + 1)
    except FileNotFoundError:
        raise _broken(path, "absent") from None
    except OSError:
        raise _broken(path, "unreadable") from None
    if len(content) > room:
        raise _broken(path, "too_large")
    return content


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _broken(path, "not_utf8", line=content.count(b"\n", 0, error.start) + 1) from None


def _refusal(template: Path, files: Mapping[str, Path], fonts: Sequence[Path], told: Mapping[str, str]) -> Refusal:
    if told["reason"] == "font":  # Typst reads a font otherwise than we do
        return Refusal(Code.FONT_MISSING, searched=[str(path) for path in fonts])
    place = _PLACE.search(told.get("diagnostic", ""))
    if place and place.group(1) == MAIN:  # our frame around it
        place = None
    file = files.get(place.group(1), template) if place else template
    line = int(place.group(2)) if place else None
    return _broken(file, told["reason"], told.get("message", ""), line)


def _broken(file: Path, reason: str, message: str = "", line: int | None = None) -> Refusal:
    message = inert(message)[:_LONGEST_MESSAGE]
    return Refusal(Code.FORM_BROKEN, file=str(file), line=line, reason=reason, message=message)
