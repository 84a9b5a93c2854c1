"""The registry port over the imported index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.registry.database import reading
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RegistryKind, Snapshot, answers_of
from lgpki_tui.registry.query import Index
from lgpki_tui.subject.answered import RegistryAnswer
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.profile import Profile, Rule

_FEW = 5


@dataclass(frozen=True, slots=True)
class SqliteRegistry:
    """Answers from the index at `path`; opens it for each question, so that an import is seen at once."""

    path: Path
    municipalities: Municipalities

    def found(self, draft: Draft, profile: Profile) -> Found:
        """See port.Registry.found."""
        with reading(self.path) as connection:
            index = Index(connection)
            organizations = _Organizations.ask(index, draft, profile)
            accounts = _Accounts.ask(index, draft, profile, organizations.codes(draft))
        code = draft.municipality_code or _only(organizations.codes(draft))
        return Found(
            organizations=organizations.exact,
            accounts=accounts.exact,
            nearest_organizations=organizations.near,
            nearest_names=accounts.near,
            municipality=None if code is None else self.municipalities.name_of(code),
            elsewhere_organizations=organizations.elsewhere,
            elsewhere_accounts=accounts.elsewhere,
            nearest_codes=organizations.near_codes,
        )

    def search(self, text: str, kind: RegistryKind | None = None, limit: int = 20) -> tuple[Entry, ...]:
        """See port.Registry.search."""
        with reading(self.path) as connection:
            index = Index(connection)
            kinds = (kind,) if kind else index.imported() or tuple(RegistryKind)
            found = tuple(entry for one in kinds for entry in index.search(one, text, limit))
            if not found and RegistryKind.ORGANIZATIONS in kinds:
                # Who does not know what an organisation is called begins with the name of the municipality.
                found = index.of_municipalities(self.municipalities.named(text), limit)
        return found[:limit]

    def status(self) -> tuple[Snapshot, ...]:
        """See port.Registry.status."""
        with reading(self.path) as connection:
            return Index(connection).snapshots()

    def answered(self, kinds: Iterable[RegistryKind]) -> tuple[RegistryAnswer, ...]:
        """See port.Registry.answered."""
        return answers_of(self.status(), kinds)


@dataclass(frozen=True, slots=True)
class _Organizations:
    exact: tuple[Entry, ...] = ()
    near: tuple[str, ...] = ()
    elsewhere: tuple[Entry, ...] = ()
    near_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def ask(cls, index: Index, draft: Draft, profile: Profile) -> _Organizations:
        """The rows with this 組織; near and other ones only when there is none."""
        if profile.organization_rule is Rule.FREE:
            return cls()
        kind = RegistryKind.ORGANIZATIONS
        exact = index.organizations(draft.organization, draft.municipality_code)
        if exact:
            return cls(exact)
        near = index.near(kind, "organization", draft.organization, code=draft.municipality_code)
        only = draft.municipality_code
        codes = {text: index.codes(text, _FEW) if only is None else (only,) for text in near}
        return cls((), near, index.organizations(draft.organization, limit=_FEW), codes)

    def codes(self, draft: Draft) -> tuple[str, ...]:
        """The codes that the draft can mean."""
        if draft.municipality_code is not None:
            return (draft.municipality_code,)
        return tuple(sorted({entry.municipality_code for entry in self.exact}))


@dataclass(frozen=True, slots=True)
class _Accounts:
    exact: tuple[Entry, ...] | None = None
    near: tuple[str, ...] = ()
    elsewhere: tuple[Entry, ...] = ()

    @classmethod
    def ask(cls, index: Index, draft: Draft, profile: Profile, codes: tuple[str, ...]) -> _Accounts:
        """The rows with this 名義 under this 組織 and one of the codes; near and other ones only when there is none."""
        if profile.name_rule is Rule.FREE:
            return cls()
        kind = RegistryKind.ACCOUNTS
        code = _only(codes)
        named = index.accounts(draft.organization, draft.name, code)
        exact = tuple(entry for entry in named if entry.municipality_code in codes)
        if exact:
            return cls(exact)
        # Of a 組織 that has no account, or is misspelt itself, the whole 団体 is looked through.
        within = draft.organization if index.has_accounts(draft.organization, code) else None
        near = index.near(kind, "name", draft.name, code=code, organization=within)
        return cls((), near, index.names(draft.name, limit=_FEW))


def _only(codes: tuple[str, ...]) -> str | None:
    return codes[0] if len(codes) == 1 else None
