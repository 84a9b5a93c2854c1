"""What is known of card models: the rules of their PINs and labels, and how they are formatted (config/cards/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from lgpki_tui.card.port import CardSeen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table

FOLDER = "cards"
GENERIC = "generic"
# CK_TOKEN_INFO.label (PKCS#11 v2.40 base, 3.2) and what the frame to the card's process holds.
_LABEL_BYTES = 32
_LONGEST_PIN = 1024


class Characters(StrEnum):
    """Which characters a PIN may hold."""

    PRINTABLE_ASCII = "printable-ascii"
    DIGITS = "digits"


class PinLayout(StrEnum):
    """Which PINs a card has."""

    APART = "apart"
    ONE = "one"


class FormatWay(StrEnum):
    """How a card is wiped and given its PINs (config/cards/softhsm.toml says it of each)."""

    INIT_TOKEN = "init-token"  # noqa: S105  # the name of a function of PKCS#11
    PKCS15_INIT = "pkcs15-init"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PinRule:
    """What a PIN of a card looks like. Lengths are in characters; `which` is "pin" or "so_pin". `initial`: the one that
    every blank card of the model comes with, and that it must not keep; None when it comes with none."""

    which: str
    shortest: int
    longest: int
    characters: Characters
    initial: str | None = None

    def check(self, secret: Secret) -> None:
        """Raise Refusal(pin_format): facts which, reason (not_utf8, full_width, characters, too_short, too_long,
        initial), min, max. Never the PIN or its length."""
        reason = self._reason(secret)
        if reason is not None:
            facts = {"min": self.shortest, "max": self.longest, "characters": self.characters.value}
            raise Refusal(Code.PIN_FORMAT, which=self.which, reason=reason, **facts)

    def _reason(self, secret: Secret) -> str | None:
        try:
            text = secret.text()
        except UnicodeDecodeError:
            return "not_utf8"
        if any(_is_full_width(character) for character in text):
            return "full_width"
        if not all(self._allows(character) for character in text):
            return "characters"
        if len(text) < self.shortest:
            return "too_short"
        if len(text) > self.longest:
            return "too_long"
        return "initial" if text == self.initial else None

    def _allows(self, character: str) -> bool:
        if self.characters is Characters.DIGITS:
            return character in "0123456789"
        return " " <= character <= "~"


@dataclass(frozen=True, slots=True)
class CardModel:
    """One model. `sources` tells for each key of its file where the value comes from ("public: ...", "assumed")."""

    name: str
    title: str
    token_models: tuple[str, ...]
    atrs: tuple[str, ...]
    format: FormatWay
    programs: Mapping[str, str]
    pins: PinLayout
    tells_sensitive: bool
    guide: Mapping[str, str]
    free_slot: bool
    pin: PinRule
    so_pin: PinRule
    sources: Mapping[str, str]

    def refuse_unformattable(self, card: CardSeen) -> None:
        """Raise Refusal(card_unsupported) when this program neither formats nor unblocks such a card: facts reason
        (format_unknown, format_external), serial, model, title."""
        if self.format in (FormatWay.UNKNOWN, FormatWay.EXTERNAL):
            facts = {"serial": card.token.serial, "model": card.token.model, "title": self.title}
            raise Refusal(Code.CARD_UNSUPPORTED, reason=f"format_{self.format.value}", **facts)

    def check_pin(self, secret: Secret) -> None:
        """Raise Refusal(pin_format) when no user PIN of this model looks like this (PinRule.check)."""
        self.pin.check(secret)

    def check_so_pin(self, secret: Secret) -> None:
        """Raise Refusal(pin_format) when no SO PIN of this model looks like this (PinRule.check)."""
        self.so_pin.check(secret)

    def check_label(self, label: str) -> None:
        """Raise Refusal(card_label) when a token cannot be called this: facts reason (empty, edge_space, characters,
        too_long), bytes, max_bytes. A label is at most 32 bytes of UTF-8 (PKCS#11 v2.40 base, 3.2)."""
        reason, size = _label_reason(label), len(label.encode(errors="replace"))
        if reason is not None:
            raise Refusal(Code.CARD_LABEL, reason=reason, bytes=size, max_bytes=_LABEL_BYTES)


@dataclass(frozen=True, slots=True)
class CardModels:
    """All models that are known, and the one that stands for every other."""

    known: tuple[CardModel, ...]
    generic: CardModel

    def model_of(self, card: CardSeen) -> CardModel:
        """The model of a card, by its ATR, else by what its driver calls it; the generic one when none is described."""
        by_atr = [model for model in self.known if card.atr and card.atr in model.atrs]
        by_name = [model for model in self.known if card.token.model in model.token_models]
        return next(iter(by_atr + by_name), self.generic)

    @property
    def staged(self) -> frozenset[str]:
        """The ATRs of cards whose files are put in operation as the last step of formatting."""
        return frozenset(atr for model in self.known if model.format is FormatWay.PKCS15_INIT for atr in model.atrs)


def load_models(sites: Sequence[Path] = ()) -> CardModels:
    """The shipped models and those in `cards` below each site folder (such as /etc/lgpki-tui; the first that has a
    file of a name wins over later ones and over the shipped).

    Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value (file, key).
    """
    files: dict[str, Path] = {}
    for folder in (*(site / FOLDER for site in sites), shipped("config", FOLDER)):
        for file in sorted(folder.glob("*.toml")):
            files.setdefault(file.stem, file)
    models = {name: _model(name, read_table(file)) for name, file in sorted(files.items())}
    return CardModels(tuple(model for name, model in models.items() if name != GENERIC), models[GENERIC])


def _model(name: str, table: Table) -> CardModel:
    sources: dict[str, str] = {}
    model = CardModel(
        name=name,
        title=_valued(table, "title", sources).text("value"),
        token_models=_valued(table, "token_models", sources).texts("value"),
        atrs=tuple(atr.upper() for atr in _valued(table, "atrs", sources).texts("value")),
        format=FormatWay(_valued(table, "format", sources).choice("value", tuple(FormatWay))),
        programs=_programs(table, sources),
        pins=PinLayout(_valued(table, "pins", sources).choice("value", tuple(PinLayout))),
        guide=_guide(table, sources),
        tells_sensitive=_valued(table, "tells_sensitive", sources).boolean("value"),
        free_slot=_valued(table, "free_slot", sources).boolean("value"),
        pin=_rule("pin", table.table("pin"), sources),
        so_pin=_rule("so_pin", table.table("so_pin"), sources),
        sources=sources,
    )
    table.done()
    return model


def _programs(table: Table, sources: dict[str, str]) -> Mapping[str, str]:
    """The programs that format and unblock, by absolute path; none where PKCS#11 does it."""
    if "programs" not in table:
        return {}
    named = table.table("programs")
    found = {name: _valued(named, name, sources).text("value") for name in ("format", "unblock")}
    named.done()
    return found


def _guide(table: Table, sources: dict[str, str]) -> Mapping[str, str]:
    """How its maker's formatter is used, by language; none where this program formats."""
    if "guide" not in table:
        return {}
    told = table.table("guide")
    told.only("ja", "en", "source")
    sources[f"{table.prefix}guide"] = told.text("source")
    return {language: told.text(language) for language in ("ja", "en")}


def _rule(which: str, table: Table, sources: dict[str, str]) -> PinRule:
    longest = _count(table, "longest", sources, 1, _LONGEST_PIN)
    rule = PinRule(
        which=which,
        shortest=_count(table, "shortest", sources, 1, longest),
        longest=longest,
        characters=Characters(_valued(table, "characters", sources).choice("value", tuple(Characters))),
        initial=_valued(table, "initial", sources).text("value") if "initial" in table else None,
    )
    table.done()
    return rule


def _count(table: Table, key: str, sources: dict[str, str], least: int, most: int) -> int:
    valued = _valued(table, key, sources)
    value = valued.integer("value")
    if not least <= value <= most:
        valued.refuse_value("value", found=value, least=least, most=most)
    return value


def _valued(table: Table, key: str, sources: dict[str, str]) -> Table:
    """The `{ value, source }` under this key; a value without a source is refused."""
    valued = table.table(key)
    valued.only("value", "source")
    sources[f"{table.prefix}{key}"] = valued.text("source")
    return valued


def _is_full_width(character: str) -> bool:
    """U+3000 and the full-width forms of the printable ASCII characters: an input method that was left on."""
    return character == "\u3000" or "\uff01" <= character <= "\uff5e"


def _label_reason(label: str) -> str | None:
    if not label.strip():
        return "empty"
    # Tokens pad with blanks and are read without them: an edge blank would not come back.
    if label != label.strip():
        return "edge_space"
    if not label.isprintable():
        return "characters"
    return "too_long" if len(label.encode()) > _LABEL_BYTES else None
