"""From the settings of a directory to the sources that are asked."""

from __future__ import annotations

from typing import TypeVar

from lgpki_tui.registry.directory import Directory, Server
from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.directory_rows import Schema
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import Registry, RegistryKind
from lgpki_tui.registry.sources import Breaker, Sources
from lgpki_tui.settings.model import DirectoryRows, DirectorySettings, Valued

_T = TypeVar("_T")


def sources(settings: DirectorySettings, snapshots: Registry, municipalities: Municipalities) -> Sources:
    """The directory of these settings with the snapshots behind it. Nothing is started or asked yet."""
    directory = Directory(server(settings), settings.page_rows.value)
    # Whoever asks first waits for the connection as well.
    seconds = float(settings.connect_seconds.value + settings.answer_seconds.value)
    kinds = {RegistryKind.ORGANIZATIONS: settings.organizations, RegistryKind.ACCOUNTS: settings.accounts}
    finders = {
        kind: DirectoryFinder(directory, schema(kind, rows, settings), seconds, settings.most_rows.value)
        for kind, rows in kinds.items()
        if rows is not None
    }
    return Sources(directory, snapshots, finders, municipalities, Breaker(float(settings.rest_seconds.value)))


def server(settings: DirectorySettings) -> Server:
    """Which directory, and how it is reached."""
    return Server(
        settings.uri.value,
        settings.tls.value,
        _or_none(settings.ca),
        _or_none(settings.bind_dn),
        _or_none(settings.password_file),
        float(settings.connect_seconds.value),
    )


def schema(kind: RegistryKind, rows: DirectoryRows, settings: DirectorySettings) -> Schema:
    """How the rows of one registry lie there."""
    return Schema(
        kind,
        rows.base.value,
        rows.filter.value,
        _or_none(rows.organization) or "",  # settings see to it that it is there
        _or_none(rows.municipality_code),
        _or_none(rows.organization_reading),
        _or_none(rows.name),
        _or_none(rows.name_reading),
        _or_none(settings.municipality),
    )


def _or_none(value: Valued[_T] | None) -> _T | None:
    return None if value is None else value.value
