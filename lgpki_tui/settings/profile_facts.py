"""What `profiles` tells of a kind: every value with its source, laid out as in its file (config/profiles)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lgpki_tui.ground.findings import Fact
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.settings.explain import Explained
from lgpki_tui.settings.profiles import load_profile, load_tracked
from lgpki_tui.subject.profile import Attribute, Field, Kind, Profile, Tracked

Facts = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class _Told:
    """Puts beside each value the source that its key has."""

    sources: Mapping[str, str]

    def __call__(self, key: str, value: Fact) -> Facts:
        return {"value": value, "source": self.sources[key]}


def facts_of_kinds(kinds: Sequence[Kind], folders: Sequence[Path]) -> list[Facts]:
    """Every kind as `profiles` tells it, in the order given; `folders`: see profiles.load_profile. Raises Refusal:
    settings_*."""
    return [_facts_of(kind, folders) for kind in kinds]


def _facts_of(kind: Kind, folders: Sequence[Path]) -> Facts:
    if kind.tracked_only:
        return tracked_facts(load_tracked(kind, folders))
    profile = load_profile(kind.kind, folders) if kind.has_profile else None
    return profile_facts(profile) if profile is not None else kind_facts(kind)


def profile_facts(profile: Profile) -> Facts:
    """A kind that can be requested. `registry_rule` follows from the rules of its fields."""
    told = _Told(dict(profile.sources))
    names = [each.value for each in profile.alternative_names]
    return {
        "kind": profile.kind,
        "requestable": True,
        "tracked_only": False,
        "title": told("title", profile.title),
        "english": told("english", profile.english),
        "registry_rule": profile.registry_rule.value,
        "field": [_field(told, index, field) for index, field in enumerate(profile.fields)],
        "characters": {
            "refused": told("characters.refused", sorted(profile.characters.refused)),
            "attention": told("characters.attention", sorted(profile.characters.attention)),
        },
        "subject": [_attribute(told, index, part) for index, part in enumerate(profile.subject)],
        "key": {
            "allowed": told("key.allowed", [each.value for each in profile.algorithms]),
            "default": told("key.default", profile.default_algorithm.value),
            "signature": told("key.signature", profile.scheme.value),
        },
        "extensions": {
            "alternative_names": told("extensions.alternative_names", names),
            "key_usage": told("extensions.key_usage", list(profile.key_usage)),
            "extended_key_usage": told("extensions.extended_key_usage", list(profile.extended_key_usage)),
        },
        "files": {"name": told("files.name", profile.file_name)},
        "form": {"template": told("form.template", profile.form)},
        "period": _period(told, profile),
        "file": profile.file,
    }


def tracked_facts(tracked: Tracked) -> Facts:
    """A kind of which only the period is known here."""
    told = _Told(dict(tracked.sources))
    return {**_names(tracked.kind, told), "period": _period(told, tracked), "file": tracked.file}


def kind_facts(kind: Kind) -> Facts:
    """A kind that a site does not handle."""
    return _names(kind, _Told(dict(kind.sources)))


def rows(facts: Facts) -> tuple[Explained, ...]:
    """The same as a list: each value with its dotted key, file and source."""
    file = str(facts.get("file", ""))
    found = (Explained(key, leaf["value"], file, str(leaf["source"])) for key, leaf in _leaves(facts, ""))
    return tuple(found)


def rows_of_kinds(kinds: Sequence[Facts]) -> tuple[Explained, ...]:
    """The rows of all kinds, each key after its kind: `mail: key.default`."""
    found = ((str(facts["kind"]), row) for facts in kinds for row in rows(facts))
    return tuple(Explained(f"{kind}: {row.key}", row.value, row.file, row.source) for kind, row in found)


def _names(kind: Kind, told: _Told) -> Facts:
    return {
        "kind": kind.kind,
        "requestable": kind.has_profile,
        "tracked_only": kind.tracked_only,
        "title": told("title", kind.title),
        "english": told("english", kind.english),
    }


def _field(told: _Told, index: int, field: Field) -> Facts:
    return {
        "name": field.name.value,
        "rule": told(f"field[{index}].rule", field.rule.value),
        "form": told(f"field[{index}].form", field.form.value),
        "most_characters": told(f"field[{index}].most_characters", field.most),
    }


def _attribute(told: _Told, index: int, part: Attribute) -> Facts:
    fixed: Facts = {"fixed": part.fixed} if part.fixed else {}
    value: Facts = {"attribute": part.attribute, "text": part.text.value, **fixed, "string": part.string.value}
    return told(f"subject[{index}]", value)


def _period(told: _Told, period: Profile | Tracked) -> Facts:
    return {
        "validity_years": told("period.validity_years", period.validity_years),
        "renewal_months": told("period.renewal_months", period.renewal_months),
    }


def _leaves(node: Fact, key: str) -> Iterator[tuple[str, Mapping[str, Fact]]]:
    if isinstance(node, Mapping) and node.keys() == {"value", "source"}:
        yield key, node
    elif isinstance(node, Mapping):
        for name, inner in node.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for index, inner in enumerate(node):
            yield from _leaves(inner, f"{key}[{index}]")
