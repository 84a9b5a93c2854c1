"""Which 団体 have the registered 組織 that are near what was typed: told beside them, and taken with them by F4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lgpki_tui.faces.characters import texts
from lgpki_tui.ground.codes import Code
from lgpki_tui.registry.nearest import is_one_slip
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.lookalike import look_alike

if TYPE_CHECKING:
    from lgpki_tui.conductor.requesting import Judgement
    from lgpki_tui.faces.tui.clerk import Clerk
    from lgpki_tui.faces.tui.lexicon import Lexicon

# Of so many 団体 the places are told; of more, that there are several.
_MOST_TOLD = 2


async def judge(clerk: Clerk, draft: Draft, chosen: str) -> Judgement:
    """What is to be said of a draft. What is near a 組織 that is not registered is looked for in the 団体 that was
    `chosen` before first. Raises Refusal: registry_*, answers_value."""
    judged = await clerk.judge(draft)
    if not _is_missing(judged):
        return judged
    if draft.municipality_code:  # the registry is a newer one
        return await clerk.judge(replace(draft, municipality_code=None))
    if not chosen:
        return judged
    within = await clerk.judge(replace(draft, municipality_code=chosen))
    if not within.nearest_codes or _closeness(judged, draft) > _closeness(within, draft):
        return judged
    return replace(judged, findings=within.findings, nearest_codes=within.nearest_codes)


async def places(clerk: Clerk, codes: Mapping[str, tuple[str, ...]], chosen: str, lexicon: Lexicon) -> dict[str, str]:
    """Each of these spellings with the 団体 that have it, in words (滋賀県高島市 252123), and whether the one that was
    `chosen` is not among them."""
    told: dict[str, str] = {}
    for text, under in codes.items():
        if not under:
            continue
        named = [f"{await clerk.place(code)} {code}".strip() for code in under[:_MOST_TOLD]]
        key = "draft.several" if len(under) > _MOST_TOLD else "draft.places"
        told[text] = lexicon.word(key, places=named)
        if chosen and chosen not in under:
            told[text] = lexicon.word("draft.not_chosen", places=told[text])
    return told


async def another(clerk: Clerk, chosen: str, code: str, lexicon: Lexicon) -> list[str]:
    """That what stands there is of another 団体 than the one that was chosen before."""
    if not chosen or not code or chosen == code:
        return []
    return [lexicon.word("draft.another", place=f"{await clerk.place(chosen)} {chosen}".strip())]


def _is_missing(judged: Judgement) -> bool:
    return any(each.code == Code.ORGANIZATION_NOT_REGISTERED for each in judged.findings)


def _closeness(judged: Judgement, draft: Draft) -> int:
    """How near the best one is: 2 easily taken for what was typed, 1 one slip away, 0 farther."""
    missing = (each for each in judged.findings if each.code == Code.ORGANIZATION_NOT_REGISTERED)
    near = [text for each in missing for text in texts(each.facts.get("nearest"))[:1]]
    if any(look_alike(draft.organization, text) for text in near):
        return 2
    return int(any(is_one_slip(draft.organization, text) for text in near))
