"""Reads how the files of a request are called, and which form goes with it."""

from __future__ import annotations

import re
import string

from lgpki_tui.ground.tables import Table
from lgpki_tui.settings.sourced import Sources
from lgpki_tui.subject.profile import FILE_PLACES

# The portable file name characters of POSIX (XBD, 3.282): they also go through media of other systems unchanged.
_PORTABLE = re.compile(r"[A-Za-z0-9._-]*")
_BEGINNING = re.compile(r"[A-Za-z0-9{]")
_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# With the longest number, kind and code, the practice prefix and .binding.json still far below 255 bytes (NAME_MAX).
_MOST = 120


def read_file_name(table: Table, sources: Sources) -> str:
    """The template of `[files] name`: portable characters and places out of FILE_PLACES, {number} exactly once, so that
    no two enrolments have the same file. Raises Refusal: settings_value (file, key, `reason`)."""
    name = sources.text(table, "name")
    problem = _problem(name)
    if problem:
        table.refuse_value("name.value", found=name, reason=problem, known=[f"{{{each}}}" for each in FILE_PLACES])
    table.done()
    return name


def read_form(table: Table, sources: Sources) -> str:
    """The name of `[form] template`: small letters, digits and hyphens. Raises Refusal: settings_value (file, key)."""
    name = sources.text(table, "template")
    if not _FORM.fullmatch(name):
        table.refuse_value("template.value", found=name, reason="characters")
    table.done()
    return name


def _problem(name: str) -> str:
    try:
        parts = list(string.Formatter().parse(name))
    except ValueError:
        return "braces"
    places = [place for _, place, _, _ in parts if place is not None]
    if any(place not in FILE_PLACES for place in places) or any(form or convert for _, _, form, convert in parts):
        return "place"
    if places.count("number") != 1:
        return "number"
    if not all(_PORTABLE.fullmatch(text) for text, _, _, _ in parts) or not _BEGINNING.match(name):
        return "characters"
    return "too_long" if len(name) > _MOST else ""
