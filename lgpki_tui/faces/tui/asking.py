"""Every question of the wizard, each asked in the thread backstage of the read-only half of a port."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.backstage import Backstage
from lgpki_tui.faces.tui.views import Book, CardView, DeskView, Here, OriginView
from lgpki_tui.ground.findings import Refusal

if TYPE_CHECKING:
    from lgpki_tui.card.models import CardModel
    from lgpki_tui.conductor.requesting import Judgement
    from lgpki_tui.conductor.storing import ReceiptRead
    from lgpki_tui.ground.findings import Finding
    from lgpki_tui.ledger.unfinished import Unfinished
    from lgpki_tui.media.mounted import Medium, Place, Unmounted
    from lgpki_tui.procedure.enrolment import Enrolment
    from lgpki_tui.registry.port import Snapshot
    from lgpki_tui.settings.explain import Explained
    from lgpki_tui.subject.draft import Draft, Entry
    from lgpki_tui.subject.municipality import Municipality
    from lgpki_tui.subject.profile import Kind, Profile
    from lgpki_tui.workplace import Workplace


# Files that may hold a certificate, by the ends of their names.
CERTIFICATE_SUFFIXES = (".cer", ".crt", ".der", ".pem", ".p7b", ".p7c")
_NO_CERTIFICATES = (".csr.pem", ".chain.pem")
RECEIPT_SUFFIXES = (".binding.json",)
MOST_FILES = 200


class Asking:
    """Asks in one workplace; changes nothing but the answers that are not begun yet."""

    def __init__(self, place: Workplace, backstage: Backstage) -> None:
        self._place = place
        self._stage = backstage

    async def here(self) -> Here:
        """This PC and this login; never raises."""

        def ask() -> Here:
            place = self._place
            return Here(
                _or(lambda: place.machine().host_name, "?"),
                _or(lambda: place.login().name, "?"),
                place.practice,
                place.pretended(),
                "SSH_CONNECTION" in os.environ,
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
        from lgpki_tui.environment.report import PROBE_SECONDS, collect

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
        return await self._stage.call(lambda: self._place.models.model_of(view.card))

    async def kinds(self) -> tuple[Kind, ...]:
        """All kinds of certificate, also those without a profile yet."""
        return await self._stage.call(lambda: self._place.kinds)

    async def assumed_kinds(self) -> frozenset[str]:
        """The kinds of which something is only assumed. Raises Refusal: settings_*."""

        def ask() -> frozenset[str]:
            profiles = [self._place.profile(kind.kind) for kind in self._place.kinds if kind.has_profile]
            return frozenset(profile.kind for profile in profiles if profile.assumed)

        return await self._stage.call(ask)

    async def profile(self, kind: str) -> Profile:
        """What is known of one kind. Raises Refusal: answers_value."""
        return await self._stage.call(lambda: self._place.profile(kind))

    async def registries(self) -> tuple[tuple[Snapshot, ...], datetime]:
        """What is imported, and the time. Raises Refusal: registry_*."""
        return await self._stage.call(lambda: (self._place.registry.status(), self._place.clock.now()))

    async def origin(self) -> OriginView | None:
        """Who answers where a live directory stands before the snapshots; None where none is configured.
        Raises Refusal: settings_*, registry_*."""

        def ask() -> OriginView | None:
            sources = self._place.sources
            if sources is None:
                return None
            snapshots = {each.kind: each for each in sources.status()}
            uri, kinds = sources.directory.server.uri, tuple(sources.finders)
            return OriginView(uri, kinds, sources.told, snapshots, self._place.clock.now())

        return await self._stage.call(ask)

    async def oldest_days(self) -> int:
        """From how many days on a registry counts as old. Raises Refusal: settings_*."""
        return await self._stage.call(lambda: self._place.oldest_days)

    async def search(self, text: str, *, accounts: bool, limit: int) -> tuple[Entry, ...]:
        """Entries of a registry that begin with or hold a text. Raises Refusal: registry_*."""
        from lgpki_tui.registry.port import RegistryKind

        kind = RegistryKind.ACCOUNTS if accounts else RegistryKind.ORGANIZATIONS
        return await self._stage.call(lambda: self._place.registry.search(text, kind, limit))

    async def municipality(self, code: str) -> str:
        """The name of a 団体 by its code; empty when it is unknown."""
        return await self._stage.call(lambda: self._place.municipalities.name_of(code) or "")

    async def place(self, code: str) -> str:
        """Prefecture and name of a 団体 by its code, for 25 names exist twice; empty when it is unknown."""
        return await self._stage.call(lambda: self._place.municipalities.place_of(code) or "")

    async def prefecture(self, code: str) -> str:
        """The prefecture of a 団体 by its code; empty when it is unknown."""
        found = await self._stage.call(lambda: self._place.municipalities.get(code))
        return found.prefecture if found is not None else ""

    async def municipalities(self, text: str, limit: int) -> tuple[Municipality, ...]:
        """The 団体 whose code, name or reading a text may mean (Municipalities.search). Raises Refusal: settings_*."""
        return await self._stage.call(lambda: self._place.municipalities.search(text, limit))

    async def domains(self, code: str) -> tuple[str, ...]:
        """Names that a 団体 may have in LG.JP, the likeliest first; to be offered only."""
        return await self._stage.call(lambda: self._place.municipalities.domains_of(code))

    async def judge(self, draft: Draft) -> Judgement:
        """What text and registries say of a draft. Raises Refusal: registry_*, answers_value."""

        from lgpki_tui.conductor.requesting import judged

        return await self._stage.call(lambda: judged(self._place, draft))

    async def media(self, number: str) -> tuple[tuple[Medium, ...], tuple[Unmounted, ...]]:
        """The media that are mounted now, judged for a copy of this enrolment's request, and those not mounted.

        Raises Refusal: enrolment_*, settings_*."""

        def ask() -> tuple[tuple[Medium, ...], tuple[Unmounted, ...]]:
            from lgpki_tui.conductor.exporting import wanted
            from lgpki_tui.media.kernel import Kernel
            from lgpki_tui.media.mounted import unmounted

            return self._place.media(wanted(self._place, number)), unmounted(Kernel())

        return await self._stage.call(ask)

    async def place_of(self, folder: Path) -> tuple[Place, Medium | None]:
        """In what kind of place a folder is, and on which medium."""
        return await self._stage.call(lambda: self._place.place_of(folder))

    async def certificate_files(self, enrolment: Enrolment) -> tuple[Path, ...]:
        """Files that may hold the certificate, newest first: in the enrolment's folder and on the media."""

        def ask() -> tuple[Path, ...]:
            media = (each.folder for each in self._place.media())
            folders = [self._place.paths.resolve(enrolment.output_folder), *media]
            found = [file for folder in dict.fromkeys(folders) for file in _certificates_in(folder)]
            return tuple(sorted(found, key=_age, reverse=True)[:MOST_FILES])

        return await self._stage.call(ask)

    async def receipt_files(self) -> tuple[Path, ...]:
        """Files that may be binding receipts, newest first: where CSRs are written, and on the media."""

        def ask() -> tuple[Path, ...]:
            folders = dict.fromkeys([self._place.output_folder(), *(each.folder for each in self._place.media())])
            found = [file for folder in folders for file in _files_in(folder, RECEIPT_SUFFIXES)]
            return tuple(sorted(found, key=_age, reverse=True)[:MOST_FILES])

        return await self._stage.call(ask)

    async def receipt(self, file: Path) -> ReceiptRead:
        """Where a receipt leads: whether to this PC and this login, and to an enrolment in their record.

        Raises Refusal: receipt_unreadable, receipt_forged, machine_id_missing, ledger_*.
        """

        from lgpki_tui.conductor.storing import read_binding

        return await self._stage.call(lambda: read_binding(self._place, file))

    async def card_receipts(self) -> tuple[ReceiptRead, ...]:
        """The same of the receipts on the cards that are there. Raises Refusal: machine_id_missing, ledger_*."""

        async def ask() -> tuple[ReceiptRead, ...]:
            from lgpki_tui.conductor.storing import held_against, receipts_on_cards

            place = self._place
            return tuple(held_against(place, binding) for binding in await receipts_on_cards(place))

        return await self._stage.run(ask)

    async def desk(self, place: Path, kind: str | None = None, code: str | None = None) -> DeskView:
        """What is on a medium that came to the desk (conductor.desk.examine), and which kinds each request fits.

        Raises Refusal: desk_*, settings_*."""

        def ask() -> DeskView:
            from lgpki_tui.conductor.desk import examine, fitting_kinds

            looked = examine(self._place, place, kind, code)
            kinds = tuple(each.kind for each in self._place.kinds if each.has_profile)
            read = [(each.path, each.request) for each in looked.requests if each.request is not None]
            return DeskView(looked, {path: fitting_kinds(self._place, request, kinds) for path, request in read})

        return await self._stage.call(ask)

    async def desk_media(self) -> tuple[Medium, ...]:
        """The media that hold a CSR; where none does, the first one that is in this PC. Raises Refusal: settings_*."""

        def ask() -> tuple[Medium, ...]:
            from lgpki_tui.conductor.desk_files import holds_requests

            media = self._place.media()
            return tuple(each for each in media if holds_requests(each.folder)) or media[:1]

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

    async def has_readers(self) -> bool:
        """Whether the card is in a reader: a soft practice card has none."""
        return await self._stage.call(lambda: not (self._place.practice and self._place.soft))

    async def settings(self) -> tuple[Explained, ...]:
        """All values in force, those of the kinds of certificate too, and where they come from. Raises Refusal:
        settings_*."""

        def ask() -> tuple[Explained, ...]:
            from lgpki_tui.settings.explain import explain
            from lgpki_tui.settings.profile_facts import rows_of_kinds

            return (*explain(self._place.settings), *rows_of_kinds(self._place.profile_facts()))

        return await self._stage.call(ask)


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
