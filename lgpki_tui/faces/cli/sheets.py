"""The application sheet: `sheet`, of 発行, 更新 or 失効, as PDF and as text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.procedure.number import typed_number

if TYPE_CHECKING:
    from lgpki_tui.paper.applications import Application
    from lgpki_tui.paper.sheet import Sheet


def _sheet(call: Call) -> Exit:
    from lgpki_tui.conductor.applying import applications_for, draft_sheet, write_sheet

    place, args, number = call.workplace, call.args, typed_number(call.args.enrolment)
    place.ledger.load()
    offered = applications_for(place, number)
    application = _asked(call, offered)
    sheet = draft_sheet(place, number, application, args.certificate)
    files = write_sheet(place, sheet, _folder(args.output_folder), text_only=args.text_only)
    facts = _facts(call, sheet, application, files)
    others = [each for each in offered if each.renewed and each != application]
    call.out.answer({**facts, "could_renew": [each.renewed for each in others]}, _lines(call, sheet, facts, others))
    return Exit.DONE


def _asked(call: Call, offered: tuple[Application, ...]) -> Application:
    """What the arguments ask for; the likeliest where they leave it open."""
    from lgpki_tui.paper.applications import Application
    from lgpki_tui.paper.sheet import Action

    args = call.args
    renewing = args.renews is not None
    action = Action(args.action) if args.action else Action.RENEWAL if renewing else offered[0].action
    if renewing and (action is not Action.RENEWAL or args.certificate is not None):
        raise Refusal(Code.USAGE, message="--renews", usage="lgpki-tui sheet")
    if args.certificate is not None and action is Action.ISSUE:
        raise Refusal(Code.USAGE, message="--certificate", usage="lgpki-tui sheet")
    if renewing:
        return Application(action, typed_number(args.renews))
    if args.certificate is not None:
        return Application(action)
    renewals = [each for each in offered if each.renewed]
    if action is Action.RENEWAL and len(renewals) == 1:  # which one is no question
        return renewals[0]
    return next((each for each in offered if each.action is action and each == offered[0]), Application(action))


def _folder(named: str | None) -> Path | None:
    if named == "":
        raise Refusal(Code.USAGE, message="--output-folder", usage="lgpki-tui sheet")
    return Path(os.path.realpath(named)) if named is not None else None


def _facts(call: Call, sheet: Sheet, application: Application, files: tuple[Path, ...]) -> dict[str, Fact]:
    about, issued = sheet.about, sheet.issued
    by_suffix = {file.suffix: str(file) for file in files}
    return {
        "enrolment": about.number,
        "action": about.action.value,
        "renews": application.renewed or None,
        "sheet_path": by_suffix.get(".pdf"),
        "text_path": by_suffix[".txt"],
        "own_form": call.workplace.forms.template(about.kind, about.action).own_form,
        "csr_sha256": about.csr_sha256 or None,
        "public_key_sha256": sheet.contents.key.sha256,
        "certificate_sha256": issued.sha256 if issued is not None else None,
    }


def _lines(call: Call, sheet: Sheet, facts: dict[str, Fact], others: list[Application]) -> list[str]:
    from lgpki_tui.paper.sheet import digest_lines

    word = call.out.words.word
    first, second = digest_lines(sheet.compared)
    return [
        word(f"sheet.done-{sheet.about.action}", enrolment=sheet.about.number),
        *(f"  {facts[key]}" for key in ("sheet_path", "text_path") if facts[key]),
        f"  SHA-256  {first}",
        f"           {second}",
        *([word("sheet.form")] if facts["own_form"] else []),
        *(word("sheet.could-renew", enrolment=sheet.about.number, renews=each.renewed) for each in others),
    ]


HANDLERS: dict[str, Handler] = {"sheet": _sheet}
