"""The composition root: builds the ports from settings, or from a sandbox. Real and practice differ only here.

Every port is built when it is first asked for, and imports its room then: `status` loads no card, pki or registry.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.conductor.ports import Narrator, Paths, Progress
from lgpki_tui.ground.clock import Clock, PretendClock, SystemClock
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.settings.places import Places, real_places, sandbox_places

if TYPE_CHECKING:
    from lgpki_tui.card.client import HostedCard
    from lgpki_tui.card.models import CardModels
    from lgpki_tui.card.practice_readers import LentReaders, ReaderStarter
    from lgpki_tui.card.process import HostProcess
    from lgpki_tui.environment.report import Probe
    from lgpki_tui.ledger.ledger import Ledger
    from lgpki_tui.ledger.unfinished import UnfinishedFile
    from lgpki_tui.media.folder import OutputFolder
    from lgpki_tui.media.mounted import Medium, Place
    from lgpki_tui.paper.forms import Forms
    from lgpki_tui.pki.path import Trust
    from lgpki_tui.procedure.identity import Login, Machine
    from lgpki_tui.registry.encoding import Encoding
    from lgpki_tui.registry.importer import Importer
    from lgpki_tui.registry.municipalities import Municipalities
    from lgpki_tui.registry.port import Registry, RegistryKind, Snapshot
    from lgpki_tui.registry.snapshot import SqliteRegistry
    from lgpki_tui.registry.sources import Sources
    from lgpki_tui.settings.model import Pretend, Settings
    from lgpki_tui.subject.profile import Kind, Profile

PRACTICE_PREFIX = "PRACTICE-"
SANDBOX_FILE = "sandbox.toml"
# The state of the virtual practice card, below its sandbox.
CARD_FOLDER = "card"


def silent(progress: Progress, **facts: Fact) -> None:
    """The narrator of a face that shows nothing."""


class Workplace:
    """The ports of one run (conductor.ports.Ports). Close it when the run is over."""

    def __init__(
        self,
        sandbox: Path | None = None,
        module: str | None = None,
        environ: Mapping[str, str] = os.environ,
        narrate: Narrator = silent,
        watch: Watch = unwatched,
        early: HostProcess | None = None,
        start_readers: ReaderStarter | None = None,
    ) -> None:
        """Name the sandbox, or none for real mode. Nothing is read or started yet. `early`: see card/process.py.
        `start_readers`: who starts the readers of a virtual practice card, with its state in a folder; that room is
        above this one (rehearsal)."""
        # As answers resolve their folder: what lies in the sandbox is known as that, also through a link.
        self.sandbox = Path(os.path.realpath(sandbox)) if sandbox is not None else None
        self.narrate = narrate
        self._module = module
        self._environ = environ
        self._watch = watch
        self._early = early
        self._start_readers = start_readers
        self._readers: LentReaders | None = None

    @property
    def practice(self) -> bool:
        """Whether this is a rehearsal."""
        return self.sandbox is not None

    @property
    def file_prefix(self) -> str:
        """What every file name that the program chooses begins with."""
        return PRACTICE_PREFIX if self.practice else ""

    @cached_property
    def places(self) -> Places:
        """Where the program's own files lie."""
        return sandbox_places(self.sandbox) if self.sandbox is not None else real_places(self._environ)

    @cached_property
    def settings(self) -> Settings:
        """Everything configured, each value with its file. Raises Refusal: settings_*, sandbox_missing."""
        from lgpki_tui.settings.load import Flags, load_real, load_sandbox

        flags = Flags(module=self._module)
        if self.sandbox is not None:
            return load_sandbox(self.sandbox / SANDBOX_FILE, flags)
        places = self.places
        if places.etc is None or places.config is None:
            raise ValueError("real mode has both")
        return load_real(places.etc, places.config, flags)

    @cached_property
    def clock(self) -> Clock:
        """This PC's clock, or the one that stands still where the sandbox pretends."""
        pretend = self._pretend
        return SystemClock() if pretend is None or pretend.now is None else PretendClock(pretend.now.value)

    @property
    def paths(self) -> Paths:
        """Recorded paths are relative to a sandbox, so that it may be moved."""
        return Paths(self.sandbox)

    @cached_property
    def ledger(self) -> Ledger:
        """The record of this login."""
        from lgpki_tui.ledger.ledger import Ledger

        return Ledger(self.places.ledger, self._watch)

    @cached_property
    def unfinished(self) -> UnfinishedFile:
        """The answers that have not become an enrolment yet."""
        from lgpki_tui.ledger.unfinished import UnfinishedFile

        return UnfinishedFile(self.places.unfinished)

    @cached_property
    def municipalities(self) -> Municipalities:
        """Names of prefectures and municipalities by code."""
        from lgpki_tui.registry.municipalities import Municipalities, municipality_files

        return Municipalities(municipality_files(self.places.etc, self.places.config))

    @property
    def registry(self) -> Registry:
        """The registries: a live directory where one is configured, and the snapshots. Raises Refusal: settings_*."""
        return self.sources or self.snapshots

    @property
    def oldest_days(self) -> int:
        """An imported registry of more days than that is pointed out as old. Raises Refusal: settings_*."""
        return self.settings.registry.oldest_days.value

    @cached_property
    def snapshots(self) -> SqliteRegistry:
        """The snapshots of the registries."""
        from lgpki_tui.registry.snapshot import SqliteRegistry

        return SqliteRegistry(self.places.registry, self.municipalities)

    @cached_property
    def sources(self) -> Sources | None:
        """The directory with the snapshots behind it; None where no directory is configured. Nothing is asked yet.
        Raises Refusal: settings_*."""
        if self.settings.directory is None:
            return None
        from lgpki_tui.registry.sourcing import sources

        return sources(self.settings.directory, self.snapshots, self.municipalities)

    def registry_import(self, files: Mapping[RegistryKind, Path]) -> tuple[Snapshot, ...]:
        """Replace the snapshots of these registries, all or none. Raises Refusal: registry_*, ledger_busy."""
        return self.importer().replace(files, self.clock.now())

    def importer(self, encoding: Encoding | None = None) -> Importer:
        """What changes the registry's snapshots. `encoding`: of the files, None to find it out. Raises Refusal:
        settings_*."""
        from lgpki_tui.registry.columns import header_files, read_headers
        from lgpki_tui.registry.importer import Importer
        from lgpki_tui.registry.port import RegistryKind

        judges = {RegistryKind.ORGANIZATIONS: self.profile("shokuseki"), RegistryKind.ACCOUNTS: self.profile("riyosha")}
        return Importer(
            self.places.registry,
            read_headers(header_files(self.places.etc, self.places.config)),
            judges,
            self.municipalities,
            self._watch,
            self.paths.record,
            encoding,
        )

    @cached_property
    def models(self) -> CardModels:
        """What is known of card models."""
        from lgpki_tui.card.models import load_models

        return load_models([site for site in (self.places.etc, self.places.config) if site is not None])

    @cached_property
    def card(self) -> HostedCard:
        """The card behind its process, which `start_card` or the first act starts. Raises Refusal: module_missing."""
        from lgpki_tui.card.client import Deadlines, HostedCard

        card = self.settings.card
        self.open_readers()
        return HostedCard(
            self.module(),
            environment=self._card_environment(),
            models=self.models,
            deadlines=Deadlines(**{act: float(seconds.value) for act, seconds in card.deadlines.items()}),
            watch=self._watch,
            early=self._early,
            lock=self.places.state / "card.lock",
        )

    def open_readers(self, *, wait: bool = True) -> None:
        """Have the virtual practice card ready in its reader, before PC/SC is used for the first time; nothing to do
        for any other card. `wait`: for another program that has it. Raises Refusal (card/practice_readers.py)."""
        if self.sandbox is None or self.soft or self._start_readers is None:
            return
        from lgpki_tui.card.practice_readers import LentReaders

        self._readers = self._readers or LentReaders(self._start_readers, self.sandbox / CARD_FOLDER)
        self._readers.borrow(wait=wait)

    def start_card(self, *, prepare: bool = True) -> None:
        """Start the card's process now, so that it gets ready while the program does other things; `prepare`: for more
        than a look.

        Never raises: what is in the way is told by the first act that needs the card, in its turn.
        """
        with suppress(Refusal):
            self.open_readers(wait=False)
            self.card.start(prepare=prepare)

    def module(self) -> Path:
        """The PKCS#11 module to load. Raises Refusal: module_missing, when no candidate is on this PC."""
        from lgpki_tui.card.module_choice import module_to_load

        return module_to_load(self.settings.card, practice=self.practice, soft=self.practice and self.soft)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """All kinds of certificate that the program knows, also those without a profile yet."""
        from lgpki_tui.settings.profiles import load_kinds

        return load_kinds(self._profile_folders)

    def profile(self, kind: str) -> Profile:
        """The certificate profile of a kind. Raises Refusal(answers_value) when it has none."""
        from lgpki_tui.settings.profiles import load_profile

        profile = load_profile(kind, self._profile_folders)
        if profile is None:
            raise Refusal(Code.ANSWERS_VALUE, key="certificate_kind", found=kind)
        return profile

    def profile_facts(self) -> list[dict[str, Fact]]:
        """Every kind as `profiles` tells it, in the order of kinds.toml. Raises Refusal: settings_*."""
        from lgpki_tui.settings.profile_facts import facts_of_kinds

        return facts_of_kinds(self.kinds, self._profile_folders)

    @property
    def _profile_folders(self) -> tuple[Path, ...]:
        from lgpki_tui.settings.profiles import profile_folders

        return profile_folders(self.places.etc, self.places.config)

    def entropy(self, count: int) -> bytes:
        """Random bytes of the kernel."""
        return os.urandom(count)

    def machine(self) -> Machine:
        """This PC, or the one that the sandbox pretends. Raises Refusal: machine_id_missing."""
        from lgpki_tui.identity.pretending import machine_as

        return machine_as(self._pretend)

    def login(self) -> Login:
        """This login, or the one that the sandbox pretends."""
        from lgpki_tui.identity.pretending import login_as

        return login_as(self._pretend)

    def output_folder(self) -> Path:
        """The folder that is offered for a CSR before a person names another one: absolute, and not made here."""
        return self.sandbox / "out" if self.sandbox is not None else Path(os.path.realpath(self._home()))

    def _home(self) -> Path:
        home = Path(self._environ.get("HOME", ""))
        return home if home.is_absolute() else self.places.state

    def folder(self, path: Path) -> OutputFolder:
        """A folder to write to."""
        from lgpki_tui.media.folder import OutputFolder

        return OutputFolder(path, self._watch)

    def media(self, wanted: Mapping[str, int] | None = None) -> tuple[Medium, ...]:
        """The media that are mounted now; `wanted`: what is to be written there, sizes by name. Raises Refusal:
        settings_*."""
        from lgpki_tui.media.kernel import Kernel
        from lgpki_tui.media.mounted import media

        return media(Kernel(), self.settings.media.roots.value, wanted or {})

    def place_of(self, folder: Path) -> tuple[Place, Medium | None]:
        """In what kind of place a folder is, and on which medium. Raises Refusal: settings_*."""
        from lgpki_tui.media.kernel import Kernel
        from lgpki_tui.media.mounted import place_of

        return place_of(Kernel(), folder, self.settings.media.roots.value)

    def trust(self) -> Trust:
        """The configured anchors and intermediates. Raises Refusal: settings_value."""
        from lgpki_tui.pki.files import read_certificates
        from lgpki_tui.pki.path import Trust

        trust = self.settings.trust
        return Trust(read_certificates(trust.anchors.value, anchors=True), read_certificates(trust.intermediates.value))

    @cached_property
    def forms(self) -> Forms:
        """Templates, words and fonts of the application sheets. Raises Refusal: settings_*."""
        from lgpki_tui.paper.forms import Forms

        sites = (self.places.etc, self.places.config)  # the site's stand above a person's (config/README.md)
        return Forms(tuple(site for site in sites if site is not None), self.settings.paper.fonts.value)

    def probes(self) -> tuple[Probe, ...]:
        """What doctor asks of each room."""
        from lgpki_tui.environment import place, probes
        from lgpki_tui.environment.report import Probe
        from lgpki_tui.identity.probe import look
        from lgpki_tui.ledger.ledger import Ledger
        from lgpki_tui.registry.probe import findings

        return (
            Probe("identity", lambda: look(self.machine, self.login)),
            Probe("environment", lambda: place.look(self._environ, self.places.state)),
            # Not our own: a probe looks in a thread of its own, where SQLite refuses what was opened in another.
            Probe("ledger", lambda: probes.ledger(Ledger(self.places.ledger))),
            Probe(
                "registry", lambda: findings(self.registry, self.clock.now(), self.settings.registry.oldest_days.value)
            ),
            Probe("directory", lambda: self.sources.look() if self.sources else ()),
            Probe("card", lambda: probes.card(self.module, lambda: self.card, soft=self.soft)),
        )

    @property
    def soft(self) -> bool:
        """Whether the card is a soft practice card, which needs no reader. Raises Refusal: settings_*."""
        sandbox = self.settings.sandbox
        return sandbox is not None and (sandbox.card is None or sandbox.card.value == "soft")

    async def close(self) -> None:
        """End the card's process and close the ledger, if they were ever opened."""
        if "card" in self.__dict__:
            await self.card.close()
        self.close_files()

    def close_files(self) -> None:
        """Close the ledger and the directory, if they were ever opened, and take a practice card's readers away."""
        if "ledger" in self.__dict__:
            self.ledger.close()
        if self.__dict__.get("sources") is not None:
            self.__dict__["sources"].close()
        if self._readers is not None:
            self._readers.close()

    def pretended(self) -> dict[str, str]:
        """What the sandbox pretends, to be shown; nothing where its file cannot be read, which is told elsewhere."""
        from lgpki_tui.identity.pretending import shown

        with suppress(Refusal):
            return shown(self._pretend)
        return {}

    @property
    def _pretend(self) -> Pretend | None:
        if self.sandbox is None:  # real mode pretends nothing, and who only asks the time needs no settings
            return None
        sandbox = self.settings.sandbox
        return sandbox.pretend if sandbox is not None else None

    def _card_environment(self) -> dict[str, str]:
        environment = dict(self._environ)
        environment |= {name: value.value for name, value in self.settings.card.environment.items()}
        if self._readers is not None:
            environment |= self._readers.environment
        if self.sandbox is not None and self.soft:
            from lgpki_tui.card.softhsm import VARIABLE, write_softhsm_config

            environment[VARIABLE] = str(write_softhsm_config(self.sandbox))
        return environment
