"""Which of the cards is meant (docs/contract.md, `--card`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from lgpki_tui.card.models import CardModels
from lgpki_tui.card.port import CardSeen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal

_SCHEME = "pkcs11:"
# RFC 7512, 2.3: what names the token or its slot. Slot ids are not among them: they change from process to process.
_TOKEN_ATTRIBUTES = ("token", "serial", "model", "manufacturer", "slot-description")
# What names an object or a module: allowed in a URI copied from elsewhere, and no help in finding a card.
_OTHER_ATTRIBUTES = (
    "object",
    "type",
    "id",
    "slot-manufacturer",
    "slot-id",
    "library-manufacturer",
    "library-description",
    "library-version",
)
_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


def choose(cards: tuple[CardSeen, ...], wanted: str | None) -> CardSeen:
    """The one card that is meant: the only candidate, or the one that `wanted` names by serial, label or URI.

    Candidates are the initialised cards; only when there is none, the blank ones; never one that cannot be read.
    Raises Refusal: card_absent (facts wanted, cards), card_ambiguous (facts wanted, cards), card_error when the one
    that is meant may be one that cannot be read, usage (facts message, reason) for a URI that is none.
    """
    if wanted is None:  # nobody said that the one that cannot be read is not meant
        refuse_unread(cards)
    candidates = tuple(card for card in cards if card.initialised) or tuple(card for card in cards if not card.fault)
    found = candidates if wanted is None else tuple(card for card in candidates if _is_meant(card, wanted))
    if len(found) == 1:
        return found[0]
    if not found:
        refuse_unread(cards)
    code = Code.CARD_AMBIGUOUS if found else Code.CARD_ABSENT
    raise Refusal(code, wanted=wanted, cards=[_named(card) for card in (found or candidates)])


def refuse_unread(cards: tuple[CardSeen, ...]) -> None:
    """Raise Refusal(card_error), facts ckr and reader, when one of the cards cannot be read: it may be the one."""
    for card in cards:
        if card.fault:
            raise Refusal(Code.CARD_ERROR, ckr=card.fault, reader=card.reader)


def shown(cards: tuple[CardSeen, ...], models: CardModels) -> tuple[CardSeen, ...]:
    """The cards that a person has: without the free slot that a soft token's module keeps beside its tokens."""
    tokens = {card.token.model for card in cards if card.initialised}
    return tuple(
        card
        for card in cards
        if card.initialised or not (models.model_of(card).free_slot and card.token.model in tokens)
    )


def _named(card: CardSeen) -> dict[str, Fact]:
    token = card.token
    return {"serial": token.serial, "label": token.label, "model": token.model, "reader": card.reader}


def _is_meant(card: CardSeen, wanted: str) -> bool:
    if not wanted.lower().startswith(_SCHEME):  # a scheme has no case (RFC 3986, 3.1)
        return wanted in (card.token.serial, card.token.label)
    having = {
        "token": card.token.label,
        "serial": card.token.serial,
        "model": card.token.model,
        "manufacturer": card.manufacturer,
        "slot-description": card.reader,
    }
    return all(having[key] == value for key, value in _token_attributes(wanted).items())


def _token_attributes(uri: str) -> Mapping[str, str]:
    """The attributes of a PKCS#11 URI that name the token (RFC 7512, 2.3). Its text is never repeated in a refusal:
    the query part may hold a PIN."""
    path, _, query = uri[len(_SCHEME) :].partition("?")
    if any(secret in unquote(query).lower() for secret in ("pin-value", "pin-source")):
        raise _no_uri("pin_in_uri")
    found: dict[str, str] = {}
    for part in filter(None, path.split(";")):
        key, equals, value = part.partition("=")
        if not equals or key in found or _ESCAPE.search(value):
            raise _no_uri("not_a_pkcs11_uri")
        if key not in (*_TOKEN_ATTRIBUTES, *_OTHER_ATTRIBUTES):
            raise _no_uri("attribute_unknown")
        found[key] = unquote(value)
    return {key: value for key, value in found.items() if key in _TOKEN_ATTRIBUTES}


def _no_uri(reason: str) -> Refusal:
    return Refusal(Code.USAGE, message="--card pkcs11:URI", reason=reason)
