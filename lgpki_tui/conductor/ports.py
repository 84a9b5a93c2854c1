"""Everything the conductor acts through. Built by the workplace, from settings or from a sandbox; never here."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from lgpki_tui.card.models import CardModels
    from lgpki_tui.card.port import Card
    from lgpki_tui.ground.clock import Clock
    from lgpki_tui.ground.findings import Fact
    from lgpki_tui.ground.secret import Secret
    from lgpki_tui.ledger.ledger import Ledger
    from lgpki_tui.media.folder import OutputFolder
    from lgpki_tui.paper.forms import Forms
    from lgpki_tui.pki.path import Trust
    from lgpki_tui.procedure.identity import Login, Machine
    from lgpki_tui.registry.municipalities import Municipalities
    from lgpki_tui.registry.port import Registry
    from lgpki_tui.subject.profile import Profile


class Progress(StrEnum):
    """What the program is doing at this moment; a face shows the words for it."""

    CHECKING = "checking"
    LOOKING_AT_CARD = "looking_at_card"
    FORMATTING = "formatting"
    MAKING_KEY = "making_key"
    SIGNING_REQUEST = "signing_request"
    PIN_AT_READER = "pin_at_reader"
    NO_RECEIPT_ON_CARD = "no_receipt_on_card"
    WRITING_REQUEST = "writing_request"
    CHECKING_CERTIFICATE = "checking_certificate"
    CHALLENGING_KEY = "challenging_key"
    STORING = "storing"
    READING_BACK = "reading_back"
    CHANGING_PIN = "changing_pin"
    UNBLOCKING = "unblocking"


class Narrator(Protocol):
    """Told what is going on, as it goes on."""

    def __call__(self, progress: Progress, **facts: Fact) -> None:
        """Must return quickly and never raise."""
        ...


class PinSource(Protocol):
    """Asked for a PIN at the moment when it is needed, and not before."""

    async def __call__(self) -> Secret:
        """Raises Refusal: pin_missing, pin_file_unsafe."""
        ...


@dataclass(frozen=True, slots=True)
class Paths:
    """How a path is recorded: absolute, or relative to a sandbox that may be moved."""

    root: Path | None = None

    def record(self, path: Path) -> str:
        """The text that the ledger keeps."""
        if self.root is not None and path.is_relative_to(self.root):
            return str(path.relative_to(self.root))
        return str(path)

    def resolve(self, recorded: str) -> Path:
        """The absolute path that a recorded text means here."""
        return (self.root or Path("/")) / recorded


class Ports(Protocol):
    """The ports of one run, each built when it is first asked for: who does not touch a card loads no card."""

    @property
    def practice(self) -> bool:
        """Whether this is a rehearsal: shown everywhere, decides nothing."""
        ...

    @property
    def file_prefix(self) -> str:
        """What every file name that the program chooses begins with."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def paths(self) -> Paths:
        """How paths are recorded."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The record of this login."""
        ...

    @property
    def registry(self) -> Registry:
        """The snapshots of the registries."""
        ...

    @property
    def oldest_days(self) -> int:
        """An imported registry of more days than that is pointed out as old. Raises Refusal: settings_*."""
        ...

    @property
    def municipalities(self) -> Municipalities:
        """Names of 団体 by code."""
        ...

    @property
    def card(self) -> Card:
        """The card behind its process."""
        ...

    @property
    def models(self) -> CardModels:
        """What is known of card models."""
        ...

    @property
    def forms(self) -> Forms:
        """Templates, words and fonts of the application sheets. Raises Refusal: settings_*."""
        ...

    @property
    def narrate(self) -> Narrator:
        """Who is told what is going on."""
        ...

    def entropy(self, count: int) -> bytes:
        """Random bytes that nobody can foretell."""
        ...

    def machine(self) -> Machine:
        """This PC. Raises Refusal: machine_id_missing."""
        ...

    def login(self) -> Login:
        """This login."""
        ...

    def profile(self, kind: str) -> Profile:
        """The certificate profile of a kind."""
        ...

    def folder(self, path: Path) -> OutputFolder:
        """A folder to write to."""
        ...

    def trust(self) -> Trust:
        """The configured anchors and intermediates. Raises Refusal: settings_value."""
        ...
