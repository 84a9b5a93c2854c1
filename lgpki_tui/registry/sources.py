"""The registry port over a live directory and the imported snapshots: the directory first, those where it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.registry.directory import Directory
from lgpki_tui.registry.directory_found import DirectoryFinder, Matches
from lgpki_tui.registry.directory_probe import findings
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import Registry, RegistryKind, Snapshot
from lgpki_tui.subject.answered import Origin, RegistryAnswer
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.profile import FieldName, Profile, Rule

_T = TypeVar("_T")
_ORGANIZATIONS, _ACCOUNTS = RegistryKind.ORGANIZATIONS, RegistryKind.ACCOUNTS


@dataclass(frozen=True, slots=True)
class Told:
    """Who gave the last answer about one registry. `code` and `facts`: why it was not the directory, if it should."""

    origin: Origin
    code: Code | None = None
    facts: Mapping[str, Fact] | None = None


class Breaker:
    """Leaves a directory alone for some time after it has failed, so that nobody waits at every letter."""

    def __init__(self, rest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest = rest_seconds
        self._clock = clock
        self._until = float("-inf")
        self._failed: Refusal | None = None

    def ask(self, question: Callable[[], _T]) -> _T:
        """The answer. Raises the last failure, unasked, until its time is over."""
        if self._failed is not None and self._clock() < self._until:
            raise self._failed
        try:
            answer = question()
        except Refusal as refusal:
            self._failed, self._until = refusal, self._clock() + self._rest
            raise
        self._failed = None
        return answer


class Sources:
    """Answers as port.Registry does. Which of the two did, `told` says."""

    def __init__(
        self,
        directory: Directory,
        snapshots: Registry,
        finders: Mapping[RegistryKind, DirectoryFinder],
        municipalities: Municipalities,
        breaker: Breaker,
    ) -> None:
        """`finders`: of the registries that the directory holds; the others are asked of the snapshots alone."""
        self.directory = directory
        self.snapshots = snapshots
        self.finders = finders
        self._municipalities = municipalities
        self._breaker = breaker
        self._told: dict[RegistryKind, Told] = {}

    @property
    def told(self) -> Mapping[RegistryKind, Told]:
        """Who gave the last answer about each registry; nothing for one that was not asked about yet."""
        return dict(self._told)

    def found(self, draft: Draft, profile: Profile) -> Found:
        """See port.Registry.found. Raises Refusal: directory_* where that fails and nothing was imported."""
        organizations = self._organizations(draft, profile)
        codes = (draft.municipality_code,) if draft.municipality_code else _codes(organizations)
        code = codes[0] if len(codes) == 1 else None
        accounts = self._accounts(replace(draft, municipality_code=code), profile, codes)
        return Found(
            organizations=organizations.exact,
            accounts=None if profile.name_rule is Rule.FREE else accounts.exact,
            nearest_organizations=organizations.near,
            nearest_names=accounts.near,
            municipality=None if code is None else self._municipalities.name_of(code),
            elsewhere_organizations=organizations.elsewhere,
            elsewhere_accounts=accounts.elsewhere,
            nearest_codes=organizations.near_codes,
        )

    def search(self, text: str, kind: RegistryKind | None = None, limit: int = 20) -> tuple[Entry, ...]:
        """See port.Registry.search. Raises Refusal: directory_* where that fails and nothing was imported."""
        if kind is not None:
            return self._searched(text, kind, limit)
        found: list[Entry] = []
        failed: list[Refusal] = []
        kinds = self._kinds()
        for each in kinds:
            try:
                found += self._searched(text, each, limit)
            except Refusal as refusal:  # where the other one answers, that is an answer
                failed.append(refusal)
        if len(failed) == len(kinds):
            raise failed[0]
        return tuple(found[:limit])

    def _searched(self, text: str, kind: RegistryKind, limit: int) -> tuple[Entry, ...]:
        codes = self._municipalities.named(text)
        return self._either(
            kind,
            lambda finder: finder.search(text, limit, codes),
            lambda: self.snapshots.search(text, kind, limit),
        )[:limit]

    def status(self) -> tuple[Snapshot, ...]:
        """See port.Registry.status: of the snapshots."""
        return self.snapshots.status()

    def answered(self, kinds: Iterable[RegistryKind]) -> tuple[RegistryAnswer, ...]:
        """See port.Registry.answered."""
        kinds = tuple(kinds)
        live = {kind for kind in kinds if kind in self._told and self._told[kind].origin is Origin.DIRECTORY}
        imported = self.snapshots.answered(kind for kind in kinds if kind not in live)
        uri = self.directory.server.uri
        asked = tuple(RegistryAnswer(kind.value, Origin.DIRECTORY, uri) for kind in kinds if kind in live)
        return (*asked, *imported)

    def look(self) -> tuple[Finding, ...]:
        """Ask the directory now, whatever came of it before: see directory_probe.findings."""
        return findings(self.directory.server, self.finders)

    def close(self) -> None:
        """End the directory's process, if it was ever started."""
        self.directory.close()

    def _organizations(self, draft: Draft, profile: Profile) -> Matches:
        if profile.organization_rule is Rule.FREE:
            return Matches()
        alone = profile.asking(FieldName.NAME, Rule.FREE)

        def imported() -> Matches:
            found = self.snapshots.found(draft, alone)
            near = found.nearest_organizations
            return Matches(found.organizations, near, found.elsewhere_organizations, found.nearest_codes)

        def asked(finder: DirectoryFinder) -> Matches:
            return finder.organizations(draft.organization, draft.municipality_code)

        return self._either(_ORGANIZATIONS, asked, imported)

    def _accounts(self, draft: Draft, profile: Profile, codes: tuple[str, ...]) -> Matches:
        if profile.name_rule is Rule.FREE:
            return Matches()
        alone = profile.asking(FieldName.ORGANIZATION, Rule.FREE)

        def imported() -> Matches:
            found = self.snapshots.found(draft, alone)
            return Matches(found.accounts or (), found.nearest_names, found.elsewhere_accounts)

        return self._either(_ACCOUNTS, lambda finder: finder.accounts(draft.name, draft.organization, codes), imported)

    def _either(self, kind: RegistryKind, ask: Callable[[DirectoryFinder], _T], imported: Callable[[], _T]) -> _T:
        finder = self.finders.get(kind)
        if finder is None:
            self._told[kind] = Told(Origin.SNAPSHOT)
            return imported()
        try:
            answer = self._breaker.ask(lambda: ask(finder))
        except Refusal as refusal:
            self._told[kind] = Told(Origin.SNAPSHOT, refusal.code, refusal.facts)
            return self._fallback(refusal, imported)
        self._told[kind] = Told(Origin.DIRECTORY)
        return answer

    def _fallback(self, failed: Refusal, imported: Callable[[], _T]) -> _T:
        """Where nothing was imported, what is wrong is the directory."""
        try:
            return imported()
        except Refusal as refusal:
            if refusal.code is not Code.REGISTRY_MISSING:
                raise
            raise failed from None

    def _kinds(self) -> tuple[RegistryKind, ...]:
        there = {snapshot.kind for snapshot in self.status()} | self.finders.keys()
        return tuple(kind for kind in RegistryKind if kind in there)


def _codes(organizations: Matches) -> tuple[str, ...]:
    return tuple(sorted({entry.municipality_code for entry in organizations.exact}))
