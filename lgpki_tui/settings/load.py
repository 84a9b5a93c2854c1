"""Lays the settings files over one another. The higher layer's value is taken whole; a list is never mixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.settings.directory import directory_settings
from lgpki_tui.settings.layer import Layer, read_defaults, read_real, read_sandbox
from lgpki_tui.settings.model import (
    ACTS,
    CardSettings,
    MediaSettings,
    PaperSettings,
    Pretend,
    RegistrySettings,
    Sandbox,
    Settings,
    TrustSettings,
    Valued,
)


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says. A relative module is taken from the current folder."""

    module: str | None = None


_NO_FLAGS = Flags()


def load_real(etc: Path, config_home: Path, flags: Flags = _NO_FLAGS) -> Settings:
    """Load the settings of real mode: flags > `etc`/*.toml > `config_home`/*.toml > shipped defaults.

    Within a folder, files are read in the order of their names and a later one stands above an earlier one. Raises
    Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value (see layer.read_real).
    """
    layers = [_defaults(), *_folder(config_home), *_folder(etc), _flags(flags)]
    return _settings(_merged(layers), None)


def load_sandbox(file: Path, flags: Flags = _NO_FLAGS) -> Settings:
    """Load the settings of a sandbox: flags > its sandbox.toml > shipped defaults; nothing else is read.

    Raises Refusal: sandbox_missing with `folder`, and what load_real raises.
    """
    if not file.is_file():
        raise Refusal(Code.SANDBOX_MISSING, folder=str(file.absolute().parent))
    return _settings(_merged([_defaults(), read_sandbox(file), _flags(flags)]), file.absolute().parent)


def _defaults() -> Layer:
    return read_defaults(shipped("config", "defaults.toml"))


def _folder(folder: Path) -> Iterable[Layer]:
    try:
        files = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(folder), reason=type(error).__name__) from None
    for file in files:
        if file.suffix == ".toml" and not file.name.startswith("."):
            yield read_real(_regular(file))


def _regular(file: Path) -> Path:
    # Opening a FIFO would wait for ever; a dangling link says why by itself when it is read.
    if file.exists() and not file.is_file():
        raise Refusal(Code.SETTINGS_UNREADABLE, file=str(file), reason="not_a_file")
    return file


def _flags(flags: Flags) -> Layer:
    if flags.module is None:
        return {}
    return {"card.module": Valued(Path(flags.module).absolute(), "--module", "card.module")}


def _merged(layers: Iterable[Layer]) -> Mapping[str, Valued[Any]]:
    merged: dict[str, Valued[object]] = {}
    for layer in layers:
        merged.update(layer)
    return merged


def _settings(values: Mapping[str, Valued[Any]], sandbox: Path | None) -> Settings:
    """Build the typed whole. Each value's type was checked by the reader of its key (layer.py)."""
    needed = _needed(values)
    return Settings(
        card=CardSettings(
            module=values.get("card.module"),
            module_candidates=needed("card.module_candidates"),
            soft_module_candidates=needed("card.soft_module_candidates"),
            environment=_below("card.environment.", values),
            deadlines={act: needed(f"card.deadlines.{act}") for act in ACTS},
        ),
        trust=TrustSettings(needed("trust.anchors"), needed("trust.intermediates"), needed("trust.crls")),
        registry=RegistrySettings(needed("registry.oldest_days")),
        paper=PaperSettings(needed("paper.fonts")),
        media=MediaSettings(needed("media.roots")),
        sandbox=None if sandbox is None else _sandbox(values, sandbox),
        directory=directory_settings(values),
    )


def _sandbox(values: Mapping[str, Valued[Any]], folder: Path) -> Sandbox:
    return Sandbox(folder, values.get("practice.card"), Pretend(**_below("pretend.", values)))


def _below(prefix: str, values: Mapping[str, Valued[Any]]) -> dict[str, Valued[Any]]:
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}


def _needed(values: Mapping[str, Valued[Any]]) -> Callable[[str], Valued[Any]]:
    def needed(key: str) -> Valued[Any]:
        if key not in values:
            raise Refusal(Code.SETTINGS_KEY_MISSING, file=str(shipped("config", "defaults.toml")), key=key)
        return values[key]

    return needed
