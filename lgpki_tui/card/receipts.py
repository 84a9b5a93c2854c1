"""Binding receipts on a card: public data objects (PKCS#11 v2.40 base, 4.5), so that another PC can say where to go."""

from __future__ import annotations

from typing import Any

from pkcs11 import Attribute, ObjectClass, PKCS11Error
from pkcs11.types import Session

from lgpki_tui.card.module import Module, bytes_of
from lgpki_tui.card.raw import RawModule
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# CKA_APPLICATION tells our objects from those of other programs.
APPLICATION = "lgpki-tui"
_CKO_DATA = 0
_CKA_APPLICATION, _CKA_VALUE = 0x10, 0x11


def leave(module: Module, label: str, data: bytes) -> None:
    """Write the receipt of an enrolment, in place of an earlier one, and read it back; of one that was not written
    whole nothing stays. Raises PKCS11Error, Refusal(card_lied): the card may have no room, or hold no such objects."""
    session = module.session
    before = _of(session, label)
    made = session.create_object(
        {
            Attribute.CLASS: ObjectClass.DATA,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: False,
            Attribute.APPLICATION: APPLICATION,
            Attribute.LABEL: label,
            Attribute.VALUE: data,
        }
    )
    if not any(bytes_of(one, Attribute.VALUE) == data for one in _of(session, label)):
        _destroy(made)
        raise Refusal(Code.CARD_LIED, label=label, reasons=["receipt"])
    for one in before:
        _destroy(one)


def read(raw: RawModule, slot: int) -> list[bytes]:
    """Every receipt on the card in this slot, as anyone may read it; perhaps not ours, perhaps forged. Raises
    ReturnValue."""
    with raw.session(slot) as session:
        ours = [
            one
            for one in raw.objects(session, _CKO_DATA)
            if raw.attribute(session, one, _CKA_APPLICATION) == APPLICATION.encode()
        ]
        return [value for one in ours if (value := raw.attribute(session, one, _CKA_VALUE))]


def _of(session: Session, label: str) -> list[Any]:
    wanted = {Attribute.CLASS: ObjectClass.DATA, Attribute.APPLICATION: APPLICATION, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def _destroy(one: Any) -> None:
    try:
        one.destroy()
    except PKCS11Error:
        return
