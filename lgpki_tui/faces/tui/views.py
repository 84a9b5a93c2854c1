"""What the screens are given: values that hold no widget and no port."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from lgpki_tui.ground.findings import Fact
from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from lgpki_tui.card.port import CardSeen
    from lgpki_tui.conductor.desk import Looked
    from lgpki_tui.conductor.ports import Progress
    from lgpki_tui.ledger.unfinished import Unfinished
    from lgpki_tui.procedure.enrolment import Enrolment
    from lgpki_tui.registry.port import RegistryKind, Snapshot
    from lgpki_tui.registry.sources import Told
    from lgpki_tui.workplace import Workplace


class PracticeDesk(Protocol):
    """The people of the practice: the registration branch and the CA behind it. Real mode has none."""

    def issue(self, place: Workplace, enrolment: Enrolment) -> Path:
        """Have the certificate of this enrolment's request issued; the file where it was put."""
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """This PC and this login, as every page shows them. `pretended`: what the sandbox pretends. `over_ssh`: the person
    sits at another PC, which does not count, even where the card is in its reader (p11-kit through `ssh -R`)."""

    host: str = ""
    login: str = ""
    practice: bool = False
    pretended: Mapping[str, str] = field(default_factory=dict)
    over_ssh: bool = False


@dataclass(frozen=True, slots=True)
class OriginView:
    """A live directory and the snapshots behind it: of which registries it has rows, and who answered last."""

    uri: str
    kinds: tuple[RegistryKind, ...]
    told: Mapping[RegistryKind, Told]
    snapshots: Mapping[RegistryKind, Snapshot]
    now: datetime


@dataclass(frozen=True, slots=True)
class DeskView:
    """What is on a medium, and by the path of each request the kinds whose profiles it obeys."""

    looked: Looked
    fitting: Mapping[Path, tuple[str, ...]]


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


Narration = Callable[["Progress", dict[str, Fact]], None]
