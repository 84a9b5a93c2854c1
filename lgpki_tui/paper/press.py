"""A process of its own that sets one sheet with Typst: it gets everything it needs, then can open nothing any more.

A template is a program. Before it runs, the limit of open files is set to none (setrlimit(2), RLIMIT_NOFILE): Typst can
then neither read a file nor make a socket, whatever the template asks for, such as a package from the network. What it
may hold in memory is limited too (RLIMIT_DATA), so that one that only grows does not take the whole PC along.
"""

from __future__ import annotations

import json
import resource
import sys
from base64 import b64encode
from pathlib import Path
from struct import unpack
from typing import Any

# How the process ends: the PDF is on stdout, or a JSON object that tells why there is none.
PRINTED, BROKEN = 0, 3

# The name by which typst-py knows the main file of several; without a suffix, so that no template's is the same.
MAIN = "main"
# The frame around every template: fonts, language, and the marks of practice, which no template can forget.
_FRAME = """\
#let it = json(bytes(sys.inputs.sheet))
#let practice = if it.practice != "" {
  place(center + horizon, image("lgpki-tui-practice.svg", width: 180mm))
  place(center + top, dy: 4mm, text(12pt, it.practice))
}
#set text(font: it.fonts, lang: "ja", fallback: false)
#set page(paper: "a4", foreground: practice)
#include sys.inputs.template
"""
# A picture, not text: pdftotext would scatter its letters over the values (measured, poppler 22.12).
_MARK = """\
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#set text(76pt, font: sys.inputs.font, fill: luma(0).transparentize(86%))
#rotate(-35deg, reflow: true, sys.inputs.practice)
"""
_MARK_NAME, _MARK_PPI = "lgpki-tui-practice.svg", 60
# A sheet does with 32 MB (measured); every thread of a large machine has a stack of its own besides.
_MOST_MEMORY = 1024**3
# What Typst says where it could open nothing, and what that means here.
_CLOSED = {
    "failed to load file": "this file cannot be used: only .typ .svg .csv .json .toml .txt of this folder, no links",
    "failed to download package": "packages cannot be used: there is no network for a template",
}
# A warning for Typst, but without the font its text is not there.
_NO_FONT = "unknown font family"


def main() -> int:
    """Read the job (JSON) from stdin, write the PDF or the reason to stdout, return the exit status."""
    import typst  # 84 MB of shared object, only here

    job = json.load(sys.stdin.buffer)
    fonts, families = _fonts(typst, [Path(path) for path in job["fonts"]])
    if len(families) != len(job["fonts"]):
        return _broken(reason="font")
    files = {MAIN: _FRAME.encode()} | {name: text.encode() for name, text in job["files"].items()}
    inputs = {"sheet": json.dumps(job["sheet"] | {"fonts": families}), "template": job["template"]}
    try:
        if practice := job["sheet"]["practice"]:
            files[_MARK_NAME] = _mark(typst, fonts, {"font": families[0], "practice": practice})
        compiler = typst.Compiler(files, root=".", font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)
        _close()
        # Untagged: poppler 22.12 calls every tagged PDF of Typst 0.15 a syntax error (measured); the text twin is
        # there to be read aloud. Fixed time: equal input gives equal bytes.
        printed: Any
        printed, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0, pdf_tags=False)
    except typst.TypstError as error:
        return _broken(reason="template", message=_plain(error.message), diagnostic=error.diagnostic)
    except BaseException as error:  # a panic of Typst is no Exception
        return _broken(reason="crashed", message=str(error))
    for each in warnings:
        if each.message.startswith(_NO_FONT):
            diagnostic = each.diagnostic.replace("warning: ", "error: ", 1)
            return _broken(reason="template", message=each.message, diagnostic=diagnostic)
    sys.stdout.buffer.write(bytes(printed))
    return PRINTED


def _fonts(typst: Any, paths: list[Path]) -> tuple[Any, list[str]]:
    """The fonts of the folders of these files, the files loaded; and the family of each file."""
    fonts = typst.Fonts(False, False, sorted({str(path.parent) for path in paths}))
    here = {path: [one for one in fonts.fonts() if one.path and Path(one.path).resolve() == path] for path in paths}
    families = [min(found, key=lambda one: one.index).family for found in here.values() if found]
    for family in dict.fromkeys(families):
        for one in fonts.fonts():
            if one.family == family:
                _load(typst, fonts, family, one.weight, one.style)
    return fonts, families


def _load(typst: Any, fonts: Any, family: str, weight: int, style: str) -> None:
    """Typst reads a font when it is first used: use it."""
    source = "#set text(font: sys.inputs.family, weight: int(sys.inputs.weight), style: sys.inputs.style)\n申"
    inputs = {"family": family, "weight": str(weight), "style": style}
    typst.compile(source.encode(), root=".", font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)


def _mark(typst: Any, fonts: Any, inputs: dict[str, str]) -> bytes:
    """The mark across the page: a PNG in an SVG, since files in memory must be text."""
    options = {"format": "png", "ppi": _MARK_PPI, "sys_inputs": inputs}
    png = bytes(typst.compile(_MARK.encode(), root=".", font_paths=fonts, ignore_system_fonts=True, **options))
    width, height = unpack(">II", png[16:24])  # of its IHDR (PNG specification, 11.2.2)
    image = f'<image width="{width}" height="{height}" href="data:image/png;base64,{b64encode(png).decode()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{image}</svg>'.encode()


def _close() -> None:
    """From here on nothing can be opened. Pipes that are open stay so."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))


def _plain(message: str) -> str:
    return next((plain for told, plain in _CLOSED.items() if message.startswith(told)), message)


def _broken(**facts: str) -> int:
    sys.stdout.write(json.dumps(facts))
    return BROKEN


def run() -> None:
    """The process's own entry."""
    sys.exit(main())
