"""What the screens ask for and have done: every question and act of the wizard, each in the thread backstage.

No rule stands here. Acts go to the conductor; questions go to the read-only half of a port.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote

from lgpki_tui.faces.tui.backstage import Backstage
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.secret import Secret

if TYPE_CHECKING:
    from lgpki_tui.card.models import CardModel
    from lgpki_tui.card.port import CardSeen
    from lgpki_tui.conductor.formatting import FormatWish
    from lgpki_tui.conductor.ports import PinSource, Progress
    from lgpki_tui.conductor.storing import Outcome
    from lgpki_tui.conductor.wish import Wish
    from lgpki_tui.ground.findings import Finding
    from lgpki_tui.ledger.unfinished import Unfinished
    from lgpki_tui.media.mounted import Medium
    from lgpki_tui.pages.language import Language
    from lgpki_tui.pki.certificate import Certificate
    from lgpki_tui.pki.receipt import Binding
    from lgpki_tui.procedure.enrolment import Enrolment
    from lgpki_tui.procedure.identity import Token
    from lgpki_tui.registry.port import Snapshot
    from lgpki_tui.settings.explain import Explained
    from lgpki_tui.subject.draft import Draft, Entry
    from lgpki_tui.subject.profile import Kind, Profile
    from lgpki_tui.workplace import Workplace

_T = TypeVar("_T")
# A card that answers slowly still gets its word in; a probe that hangs is told as unknown.
PROBE_SECONDS = 30.0
# Files that may hold a certificate, by the ends of their names.
CERTIFICATE_SUFFIXES = (".cer", ".crt", ".der", ".pem", ".p7b", ".p7c")
_NO_CERTIFICATES = (".csr.pem", ".chain.pem")
RECEIPT_SUFFIXES = (".binding.json",)
MOST_FILES = 200
MOST_SHEETS = 20
# A sheet takes some tens of kilobytes: whatever larger has its name is not ours to carry around.
MOST_SHEET_BYTES = 4 * 1024 * 1024


class PracticeDesk(Protocol):
    """The people of the practice: the registration branch and the CA behind it. Real mode has none."""

    def issue(self, place: Workplace, enrolment: Enrolment) -> Path:
        """Have the certificate of this enrolment's request issued; the file where it was put."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """This PC and this login, as every page shows them. `pretended`: what the sandbox pretends."""

    host: str = ""
    login: str = ""
    practice: bool = False
    pretended: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, and which of our enrolments have or may have their keys on it."""

    card: CardSeen
    enrolments: tuple[Enrolment, ...]

    @property
    def wanted(self) -> str | None:
        """What names this card to the conductor (RFC 7512); None for a blank one, which has no name."""
        token = self.card.token
        if not self.card.initialised:
            return None
        named = {"token": token.label, "serial": token.serial, "model": token.model}
        return "pkcs11:" + ";".join(f"{key}={quote(value, safe='')}" for key, value in named.items() if value)


@dataclass(frozen=True, slots=True)
class Book:
    """The record as it is now."""

    enrolments: tuple[Enrolment, ...]
    now: datetime
    unfinished: Unfinished
    format_open: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a draft: findings, and the name it gives (None while no 団体 is known)."""

    findings: tuple[Finding, ...]
    municipality_code: str
    subject: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class ReceiptRead:
    """What a binding receipt says, held against this PC and this login. `ours`: the enrolment is in their record.
    Anyone can sign a receipt with a key of their own, so without that it tells where to look, and proves nothing."""

    binding: Binding
    findings: tuple[Finding, ...]
    ours: bool


Narration = Callable[["Progress", dict[str, Fact]], None]


class Clerk:
    """Asks and acts in one workplace. `practice_desk` is there only in a rehearsal."""

    def __init__(
        self,
        place: Workplace,
        backstage: Backstage,
        practice_desk: PracticeDesk | None = None,
        card: str | None = None,
    ) -> None:
        """`card`: what `--card` names (docs/contract.md), where the person has chosen none on the card page."""
        self._card = card
        self._place = place
        self._stage = backstage
        self._listener: Narration | None = None
        self.practice_desk = practice_desk
        place.narrate = self._narrate

    def listen(self, listener: Narration | None) -> None:
        """Who is told what is going on; called in the thread backstage."""
        self._listener = listener

    def _narrate(self, progress: Progress, **facts: Fact) -> None:
        if self._listener is not None:
            self._listener(progress, facts)

    # --- Questions ---

    async def here(self) -> Here:
        """This PC and this login; never raises."""

        def ask() -> Here:
            place = self._place
            return Here(
                _or(lambda: place.machine().host_name, "?"),
                _or(lambda: place.login().name, "?"),
                place.practice,
                place.pretended(),
            )

        return await self._stage.call(ask)

    async def start_card(self) -> None:
        """Get the card's process ready while the person reads."""
        await self._stage.call(self._place.start_card)

    async def book(self) -> Book:
        """All enrolments, and the answers not yet begun. Raises Refusal: ledger_*."""

        def ask() -> Book:
            place = self._place
            place.ledger.load()
            opened = place.ledger.open_format is not None
            return Book(place.ledger.enrolments, place.clock.now(), place.unfinished.load(), opened)

        return await self._stage.call(ask)

    async def enrolment(self, number: str) -> Enrolment:
        """One enrolment as it is now. Raises Refusal: ledger_*, enrolment_unknown."""
        book = await self.book()
        for each in book.enrolments:
            if each.number == number:
                return each
        from lgpki_tui.ground.codes import Code

        raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)

    async def save(self, answers: Unfinished) -> None:
        """Keep the answers so far. Raises Refusal: ledger_unwritable."""
        await self._stage.call(lambda: self._place.unfinished.save(answers))

    async def doctor(self) -> tuple[Finding, ...]:
        """Everything that is looked at on this PC."""
        from lgpki_tui.environment.report import collect

        return await self._stage.run(lambda: collect(self._place.probes(), PROBE_SECONDS))

    async def cards(self) -> tuple[CardView, ...]:
        """The cards that are there now, and what of ours is on them. A format that was cut short is settled by what is
        seen of that card. Raises Refusal (card/port.py)."""

        async def ask() -> tuple[CardView, ...]:
            from lgpki_tui.card.choice import shown
            from lgpki_tui.conductor.cards import on_card

            place = self._place
            place.ledger.load()
            if place.ledger.open_format is not None:
                await self._settle_format()
            cards = shown(await place.card.look(), place.models)
            return tuple(CardView(card, on_card(place, card)) for card in cards)

        return await self._stage.run(ask)

    async def _settle_format(self) -> None:
        from lgpki_tui.conductor.formatting import settle_seen_format
        from lgpki_tui.ground.codes import Code

        try:
            with self._place.ledger.acting():
                await settle_seen_format(self._place)
        except Refusal as refusal:
            if refusal.code is not Code.LEDGER_BUSY:  # another program is at it, and will record what came of it
                raise

    async def card_model(self, view: CardView) -> CardModel:
        """What is known of the model of this card: how it is formatted, what its PINs look like."""
        return await self._stage.call(lambda: self._place.models.model_of(view.card.token))

    async def kinds(self) -> tuple[Kind, ...]:
        """All kinds of certificate, also those without a profile yet."""
        return await self._stage.call(lambda: self._place.kinds)

    async def profile(self, kind: str) -> Profile:
        """What is known of one kind. Raises Refusal: answers_value."""
        return await self._stage.call(lambda: self._place.profile(kind))

    async def registries(self) -> tuple[tuple[Snapshot, ...], datetime]:
        """What is imported, and the time. Raises Refusal: registry_*."""
        return await self._stage.call(lambda: (self._place.registry.status(), self._place.clock.now()))

    async def search(self, text: str, *, accounts: bool, limit: int) -> tuple[Entry, ...]:
        """Entries of a registry that begin with or hold a text. Raises Refusal: registry_*."""
        from lgpki_tui.registry.port import RegistryKind

        kind = RegistryKind.ACCOUNTS if accounts else RegistryKind.ORGANIZATIONS
        return await self._stage.call(lambda: self._place.registry.search(text, kind, limit))

    async def municipality(self, code: str) -> str:
        """The name of a 団体 by its code; empty when it is unknown."""
        return await self._stage.call(lambda: self._place.municipalities.name_of(code) or "")

    async def judge(self, draft: Draft) -> Judgement:
        """What text and registries say of a draft. Raises Refusal: registry_*, answers_value."""

        def ask() -> Judgement:
            from lgpki_tui.subject.findings import findings
            from lgpki_tui.subject.municipality import codes_of, municipality_of
            from lgpki_tui.subject.name import distinguished_name

            profile = self._place.profile(draft.certificate_kind)
            found = self._place.registry.found(draft, profile)
            subject = distinguished_name(draft, profile, found.municipality) if found.municipality else None
            several = draft.municipality_code is None and len(codes_of(found)) > 1  # which one, a finding asks
            code = "" if several else municipality_of(draft, found) or ""
            return Judgement(findings(draft, profile, found), code, subject)

        return await self._stage.call(ask)

    async def media(self) -> tuple[Medium, ...]:
        """The media that are mounted now."""
        from lgpki_tui.media.mounted import mounted

        return await self._stage.call(mounted)

    async def certificate_files(self, enrolment: Enrolment) -> tuple[Path, ...]:
        """Files that may hold the certificate, newest first: in the enrolment's folder and on the media."""
        from lgpki_tui.media.mounted import mounted

        def ask() -> tuple[Path, ...]:
            folders = [self._place.paths.resolve(enrolment.output_folder), *(each.folder for each in mounted())]
            found = [file for folder in dict.fromkeys(folders) for file in _certificates_in(folder)]
            return tuple(sorted(found, key=_age, reverse=True)[:MOST_FILES])

        return await self._stage.call(ask)

    async def receipt_files(self) -> tuple[Path, ...]:
        """Files that may be binding receipts, newest first: where CSRs are written, and on the media."""
        from lgpki_tui.media.mounted import mounted

        def ask() -> tuple[Path, ...]:
            folders = dict.fromkeys([self._place.output_folder(), *(each.folder for each in mounted())])
            found = [file for folder in folders for file in _files_in(folder, RECEIPT_SUFFIXES)]
            return tuple(sorted(found, key=_age, reverse=True)[:MOST_FILES])

        return await self._stage.call(ask)

    async def receipt(self, file: Path) -> ReceiptRead:
        """Where a receipt leads: whether to this PC and this login, and to an enrolment in their record.

        Raises Refusal: receipt_unreadable, receipt_forged, machine_id_missing, ledger_*.
        """

        def ask() -> ReceiptRead:
            from lgpki_tui.ground.codes import Code
            from lgpki_tui.pki.files import read_bounded
            from lgpki_tui.pki.receipt import read_receipt
            from lgpki_tui.procedure.binding import login_finding, machine_finding

            place = self._place
            binding = read_receipt(read_bounded(file, Code.RECEIPT_UNREADABLE)).binding
            place.ledger.load()
            known = place.ledger.enrolment(binding.enrolment)
            ours = known is not None and known.public_key_sha256 == binding.public_key_sha256
            findings = machine_finding(binding.machine, place.machine()), login_finding(binding.login, place.login())
            return ReceiptRead(binding, findings, ours)

        return await self._stage.call(ask)

    async def default_folder(self) -> str:
        """Where a CSR is written unless the person names another folder."""
        return await self._stage.call(lambda: str(self._place.output_folder()))

    async def try_folder(self, folder: Path) -> None:
        """Try whether a request could be written there now. Raises Refusal: folder_missing, folder_unwritable,
        folder_full."""
        from lgpki_tui.conductor.requesting import REQUEST_BYTES, REQUEST_FILES

        await self._stage.call(lambda: self._place.folder(folder).probe(REQUEST_BYTES, REQUEST_FILES))

    async def resolved(self, recorded: str) -> Path:
        """The path that a recorded text means here."""
        return await self._stage.call(lambda: self._place.paths.resolve(recorded))

    async def settings(self) -> tuple[Explained, ...]:
        """All values in force and where they come from. Raises Refusal: settings_*."""
        from lgpki_tui.settings.explain import explain

        return await self._stage.call(lambda: explain(self._place.settings))

    # --- Acts ---

    async def format(self, wish: FormatWish, wanted: str | None, so_pin: Secret, pin: Secret) -> Token:
        """Give a card its label and PINs (conductor.formatting.format_card)."""
        from lgpki_tui.conductor.formatting import format_card

        return await self._run(lambda: format_card(self._place, wish, wanted, _given(so_pin), _given(pin)))

    async def set_pin(self, wanted: str | None, old: Secret, new: Secret) -> Token:
        """Change the PIN (conductor.formatting.set_pin)."""
        from lgpki_tui.conductor.formatting import set_pin

        return await self._run(lambda: set_pin(self._place, wanted, _given(old), _given(new)))

    async def request(self, wish: Wish, wanted: str | None, pin: Secret) -> Enrolment:
        """Make the key pair and the CSR (conductor.requesting.request)."""
        from lgpki_tui.conductor.requesting import request

        return await self._run(lambda: request(self._place, wish, wanted or self._card, _given(pin)))

    async def resume(self, number: str, wanted: str | None, pin: Secret, folder: Path | None = None) -> Enrolment:
        """Go on where it stopped (conductor.resuming.resume)."""
        from lgpki_tui.conductor.resuming import resume

        return await self._run(lambda: resume(self._place, number, wanted or self._card, _given(pin), folder))

    async def correct(self, number: str, draft: Draft, purpose: str, reason: str, pin: Secret) -> Enrolment:
        """Sign another request with the same key (conductor.filing.correct)."""
        from lgpki_tui.conductor.filing import correct

        return await self._run(lambda: correct(self._place, number, draft, purpose, reason, self._card, _given(pin)))

    async def export(self, number: str, folder: Path) -> tuple[Path, ...]:
        """Copy the request to a folder (conductor.filing.export), and the sheet where one was written."""
        enrolment = await self.enrolment(number)

        def ask() -> tuple[Path, ...]:
            from lgpki_tui.conductor.filing import export

            there = [self._beside(enrolment) / name for name in _sheet_names(enrolment)]
            sheets = [file for file in there if file.is_file() and file.stat().st_size <= MOST_SHEET_BYTES]
            more = {file.name: file.read_bytes() for file in sheets[-1:]}
            return export(self._place, number, folder, more)

        return await self._stage.call(ask)

    def _beside(self, enrolment: Enrolment) -> Path:
        return self._place.paths.resolve(enrolment.request.csr_path if enrolment.request else "").parent

    async def sheet_text(self, number: str, language: Language) -> str:
        """The draft of the application form as text. Raises Refusal: enrolment_*, settings_*."""
        enrolment = await self.enrolment(number)
        return await self._stage.call(lambda: self._place.sheet_text(enrolment, language))

    async def save_sheet(self, number: str) -> Path:
        """Write the draft as PDF beside the CSR; the file. One of another day stays: this one is numbered. Raises
        Refusal: font_missing, form_broken, folder_*, file_exists (of the last number)."""
        from lgpki_tui.ground.codes import Code

        enrolment = await self.enrolment(number)

        def ask() -> Path:
            pdf, folder = self._place.sheet_pdf(enrolment), self._place.folder(self._beside(enrolment))
            *names, last = _sheet_names(enrolment)
            for name in names:
                try:
                    return folder.write_all({name: pdf})[0]
                except Refusal as refusal:
                    if refusal.code is not Code.FILE_EXISTS:
                        raise
            return folder.write_all({last: pdf})[0]

        return await self._stage.call(ask)

    async def file(self, number: str) -> Enrolment:
        """Note that CSR and form were handed in (conductor.filing.file)."""

        def ask() -> Enrolment:
            from lgpki_tui.conductor.filing import file

            return file(self._place, number)

        return await self._stage.call(ask)

    async def examine(self, number: str, file: Path) -> tuple[Certificate | None, Outcome]:
        """All checks of a certificate that need no card (conductor.storing.examine)."""
        from lgpki_tui.conductor.storing import examine

        return await self._run(lambda: examine(self._place, number, file))

    async def store(self, number: str, file: Path, pin: Secret) -> Outcome:
        """Store it (conductor.storing.store)."""
        from lgpki_tui.conductor.storing import store

        return await self._run(lambda: store(self._place, number, file, None, self._card, _given(pin)))

    async def abandon(self, number: str, reason: str) -> Enrolment:
        """Give it up (conductor.ending.abandon)."""

        def ask() -> Enrolment:
            from lgpki_tui.conductor.ending import abandon

            return abandon(self._place, number, reason)

        return await self._stage.call(ask)

    async def have_issued(self, enrolment: Enrolment) -> Path:
        """Have the practice desk issue. Raises Refusal."""
        desk = self.practice_desk
        if desk is None:
            raise ValueError("no practice")
        return await self._stage.call(lambda: desk.issue(self._place, enrolment))

    async def _run(self, act: Callable[[], Awaitable[_T]]) -> _T:
        """An act, after which the card's session is closed: the next one asks for its PIN again."""

        async def acted() -> _T:
            try:
                return await act()
            finally:
                if "card" in vars(self._place):
                    await self._place.card.close()

        return await self._stage.run(acted)

    def close(self) -> None:
        """End what is under way, the card's process, and the ledger."""
        self._stage.close(self._place.close)


def _sheet_names(enrolment: Enrolment) -> list[str]:
    """NUMBER.sheet.pdf, NUMBER.sheet-2.pdf, and so on."""
    return [f"{enrolment.file_stem}.sheet{f'-{count}' if count > 1 else ''}.pdf" for count in range(1, MOST_SHEETS + 1)]


def _given(secret: Secret) -> PinSource:
    async def given() -> Secret:
        return secret

    return given


def _or(ask: Callable[[], str], otherwise: str) -> str:
    try:
        return ask()
    except Refusal:
        return otherwise


def _certificates_in(folder: Path) -> list[Path]:
    files = _files_in(folder, CERTIFICATE_SUFFIXES)
    return [file for file in files if not file.name.lower().endswith(_NO_CERTIFICATES)]


def _files_in(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    try:
        return [file for file in folder.iterdir() if file.name.lower().endswith(suffixes) and file.is_file()]
    except OSError:
        return []


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
