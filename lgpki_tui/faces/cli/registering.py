"""`registry ask`: writes the sheet that asks the LGWAN運用担当者 for a registration."""

from __future__ import annotations

import os
from pathlib import Path

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.registering import ask_registration
from lgpki_tui.ground.codes import Exit
from lgpki_tui.ground.findings import Fact
from lgpki_tui.paper.registration import Asked, System
from lgpki_tui.subject.draft import Draft


def _ask(call: Call) -> Exit:
    args = call.args
    # A name alone tells which kind: of all kinds only that of 利用者証明書 must be registered.
    kind = args.certificate_kind or ("riyosha" if args.name else "shokuseki")
    draft = Draft(kind, args.organization, args.name or "", args.municipality_code)
    readings = {System.ORGANIZATIONS: args.organization_reading or "", System.ACCOUNTS: args.name_reading or ""}
    folder = Path(os.path.realpath(args.output_folder))
    written = ask_registration(call.workplace, draft, folder, call.out.words.language, readings)
    text, *pdf = map(str, written.files)
    words = call.out.words
    lines = [words.word(f"registration.{each.system.value}", text=each.text) for each in written.asks.asked]
    lines += [words.word("registration.written", files=[text, *pdf]), words.word("registration.then")]
    if not pdf:
        lines.append(words.word("registration.no_pdf"))
    facts: dict[str, Fact] = {"asked": [_facts(each) for each in written.asks.asked], "text_path": text}
    call.out.answer({**facts, "pdf_path": pdf[0] if pdf else None}, lines)
    return Exit.DONE


def _facts(asked: Asked) -> dict[str, Fact]:
    return {
        "registry": asked.system.value,
        "text": asked.text,
        "nearest": list(asked.nearest),
        "registered_under": list(asked.under),
        "looked_into": {"file": asked.looked.file_name, "rows": asked.looked.rows, "sha256": asked.looked.sha256},
    }


HANDLERS: dict[str, Handler] = {"registry.ask": _ask}
