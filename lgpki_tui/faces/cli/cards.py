"""The card by itself: list, format, set-pin, unblock."""

from __future__ import annotations

from lgpki_tui.card.choice import shown
from lgpki_tui.card.client import at_once
from lgpki_tui.card.port import CardSeen
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.procedure.identity import Token
from lgpki_tui.procedure.number import typed_number


def _list(call: Call) -> Exit:
    if call.args.watch:
        from lgpki_tui.faces.cli.watching import watch

        return watch(call)
    card = call.workplace.card
    try:
        cards = shown(at_once(card.look()), call.workplace.models)
    finally:
        at_once(card.close())
    lines = [_line(call, card) for card in cards] or [call.out.words.word("card.none")]
    call.out.answer({"cards": [_facts(card) for card in cards]}, lines)
    return Exit.DONE


def _facts(card: CardSeen) -> dict[str, Fact]:
    return {
        "label": card.token.label,
        "serial": card.token.serial,
        "model": card.token.model,
        "manufacturer": card.manufacturer,
        "reader": card.reader,
        "initialised": card.initialised,
        "pin": card.pin.value,
        "keys": [
            {"cka_id": key.cka_id, "label": key.label, "public_key_sha256": key.public_key_sha256 or None}
            for key in card.keys
        ],
        "certificates": len(card.certificates),
        "fault": card.fault or None,
    }


def _line(call: Call, card: CardSeen) -> str:
    if card.fault:
        return call.out.words.word("card.unreadable", reader=card.reader, fault=card.fault)
    if not card.initialised:
        return call.out.words.word("card.blank", reader=card.reader)
    return call.out.words.word(
        "card.line",
        label=card.token.label,
        serial=card.token.serial,
        model=card.token.model,
        reader=card.reader,
        pin=call.out.words.word(f"pin.{card.pin.value}"),
        keys=len(card.keys),
        certificates=len(card.certificates),
    )


async def _format(call: Call) -> Exit:
    from lgpki_tui.conductor.formatting import FormatWish, format_card

    args = call.args
    if len(args.destroys) != len(args.reason):
        raise Refusal(Code.USAGE, message="--destroys ENROLMENT --reason TEXT", usage="lgpki-tui card format")
    destroys = dict(zip(map(typed_number, args.destroys), args.reason, strict=True))
    wish = FormatWish(args.label, args.erase, destroys)
    # Without --erase the card is a blank one: its SO PIN is set now, and not the one that it has.
    so_pin = call.pin("so-pin", prompt=None if args.erase else "first-so-pin", twice=args.erase is None)
    pin = call.pin("pin", prompt="first-pin", twice=True)
    token = await format_card(call.workplace, wish, args.card, so_pin, pin)
    call.out.answer(_token(token), [call.out.words.word("card.formatted", label=token.label, serial=token.serial)])
    return Exit.DONE


async def _set_pin(call: Call) -> Exit:
    from lgpki_tui.conductor.pins import set_pin

    old, new = call.pin("pin", prompt="present-pin"), call.pin("new-pin", twice=True)
    token = await set_pin(call.workplace, call.args.card, old, new)
    call.out.answer(_token(token), [call.out.words.word("card.pin-changed", label=token.label, serial=token.serial)])
    return Exit.DONE


async def _unblock(call: Call) -> Exit:
    from lgpki_tui.conductor.pins import unblock

    args = call.args
    name = "so-pin" if args.puk_file is None and args.puk_fd is None else "puk"
    so_pin, new = call.pin(name, prompt="puk"), call.pin("new-pin", twice=True)
    token = await unblock(call.workplace, args.card, so_pin, new)
    call.out.answer(_token(token), [call.out.words.word("card.unblocked", label=token.label, serial=token.serial)])
    return Exit.DONE


def _token(token: Token) -> dict[str, Fact]:
    return {"label": token.label, "serial": token.serial, "model": token.model}


HANDLERS: dict[str, Handler] = {
    "card.list": _list,
    "card.format": _format,
    "card.set-pin": _set_pin,
    "card.unblock": _unblock,
}
