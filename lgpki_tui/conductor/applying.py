"""②: the application sheet of an enrolment, as text and as PDF, from what its CSR and certificates say."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.conductor.numbered import numbered, write_numbered
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.applications import Application, applications
from lgpki_tui.paper.sheet import Action, Sheet, about_enrolment, has_certificate

if TYPE_CHECKING:
    from lgpki_tui.conductor.ports import Ports
    from lgpki_tui.pki.certificate import Certificate
    from lgpki_tui.procedure.enrolment import Enrolment


def applications_for(ports: Ports, number: str) -> tuple[Application, ...]:
    """What can be applied for with this enrolment, the likeliest first. Raises Refusal: enrolment_unknown."""
    return applications(known(ports, number), ports.ledger.enrolments, ports.clock.now())


def draft_sheet(ports: Ports, number: str, application: Application | None = None, file: Path | None = None) -> Sheet:
    """The sheet of an enrolment; without an application, of what it is likeliest to be for.

    `file` holds the certificate that is renewed, or the one to be revoked, which then must be of this enrolment's key.
    Raises Refusal: enrolment_unknown, enrolment_state (there is no CSR, or no certificate), file_differs,
    certificate_key_mismatch, and those of a file that holds no certificate.
    """
    enrolment = known(ports, number)
    application = application or applications_for(ports, number)[0]
    if file is not None and application.action is Action.REVOCATION:
        return _revocation_by_file(ports, enrolment, file)
    about = about_enrolment(
        enrolment,
        ports.profile(enrolment.certificate_kind),
        ports.clock.now(),
        practice=ports.practice,
        action=application.action,
    )
    from lgpki_tui.paper.reading import revocation_of, sheet_of

    if application.action is Action.REVOCATION:
        return revocation_of(_certificate_of(enrolment), about)
    renewed = _renewed(ports, application, file)
    return sheet_of(b64decode(enrolment.request.csr if enrolment.request is not None else ""), about, renewed)


def write_sheet(ports: Ports, sheet: Sheet, folder: Path | None = None, *, text_only: bool = False) -> tuple[Path, ...]:
    """Write the sheet as PDF and its text twin (Japanese, UTF-8) beside the CSR or to a folder (absolute); the files.

    One of another day or of other content stays: these are numbered. Raises Refusal: font_missing, form_broken,
    settings_*, folder_*, file_differs, file_exists (of the last number).
    """
    enrolment = known(ports, sheet.about.number)
    contents = {} if text_only else {"pdf": ports.forms.pdf(sheet)}
    contents["txt"] = ports.forms.text(sheet, "ja").encode()
    target = ports.folder(folder or beside(ports, enrolment))
    return write_numbered(
        target,
        _sheet_stem(enrolment, sheet.about.action),
        {f".{suffix}": content for suffix, content in contents.items()},
    )


def written_sheets(ports: Ports, enrolment: Enrolment, action: Action = Action.ISSUE) -> list[Path]:
    """The PDFs of the present request (発行 and 更新 alike) or of the revocation, the last one last."""
    stems = numbered(_sheet_stem(enrolment, action))
    there = [beside(ports, enrolment) / f"{stem}.pdf" for stem in stems]
    return [file for file in there if file.is_file()]


def written_as(ports: Ports, number: str, file: Path) -> Application | None:
    """What the PDF of the present request applies for, by its text twin; None where the twin does not tell.

    Two applications differ in many lines; the one line in which a twin may differ is that of its day.
    Raises Refusal: enrolment_unknown, enrolment_state, settings_*.
    """
    try:
        lines = file.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    for each in applications_for(ports, number):
        drafted = ports.forms.text(draft_sheet(ports, number, each), "ja").splitlines()
        if len(drafted) == len(lines) and sum(ours != there for ours, there in zip(drafted, lines, strict=True)) <= 1:
            return each
    return None


def last_written(ports: Ports, enrolment: Enrolment) -> list[Path]:
    """The form of the present request that was written last: its PDF and its text twin, as far as they are there."""
    folder = beside(ports, enrolment)
    for stem in reversed(numbered(_sheet_stem(enrolment, Action.ISSUE))):
        there = [file for end in ("pdf", "txt") if (file := folder / f"{stem}.{end}").is_file()]
        if there:
            return there
    return []


def _sheet_stem(enrolment: Enrolment, action: Action) -> str:
    return f"{enrolment.file_stem}.{'revocation' if action is Action.REVOCATION else 'sheet'}"


def beside(ports: Ports, enrolment: Enrolment) -> Path:
    """The folder of the enrolment's CSR."""
    request = enrolment.request
    if request is not None and request.csr_path:
        return ports.paths.resolve(request.csr_path).parent
    return ports.paths.resolve(enrolment.output_folder)


def known(ports: Ports, number: str) -> Enrolment:
    """The enrolment of this number. Raises Refusal: enrolment_unknown."""
    enrolment = ports.ledger.enrolment(number)
    if enrolment is None:
        raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    return enrolment


def _renewed(ports: Ports, application: Application, file: Path | None) -> Certificate | None:
    from lgpki_tui.pki.files import read_certificate_file

    if application.action is not Action.RENEWAL:
        return None
    if file is not None:
        return read_certificate_file(file).leaf()
    return _certificate_of(known(ports, application.renewed)) if application.renewed else None


def _certificate_of(enrolment: Enrolment) -> Certificate:
    """The certificate as it was stored, read again. Raises Refusal: enrolment_state when there is none."""
    from lgpki_tui.pki.certificate import parse

    if enrolment.certificate is None or not has_certificate(enrolment):
        raise Refusal(Code.ENROLMENT_STATE, enrolment=enrolment.number, state=enrolment.state.value)
    return parse(b64decode(enrolment.certificate.der))


def _revocation_by_file(ports: Ports, enrolment: Enrolment, file: Path) -> Sheet:
    """For a certificate that came and was never stored: the card was lost meanwhile, say."""
    from lgpki_tui.paper.reading import revocation_of
    from lgpki_tui.pki.files import read_certificate_file

    certificate = read_certificate_file(file).leaf(enrolment.public_key_sha256)
    if certificate.public_key_sha256 != enrolment.public_key_sha256:
        expected, found = enrolment.public_key_sha256, certificate.public_key_sha256
        raise Refusal(Code.CERTIFICATE_KEY_MISMATCH, expected=expected, found=found)
    about = about_enrolment(
        enrolment,
        ports.profile(enrolment.certificate_kind),
        ports.clock.now(),
        practice=ports.practice,
        action=Action.REVOCATION,
        certificate_there=True,
    )
    return revocation_of(certificate, about)
