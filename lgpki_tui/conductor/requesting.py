"""`request`: from a wish to a CSR in the folder. Everything that can be refused is refused before the key exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from lgpki_tui.conductor.cards import card_for_key, log_in, refuse_open, the_same
from lgpki_tui.conductor.drive import drive
from lgpki_tui.conductor.formatting import settle_seen_format
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.conductor.wish import Wish
from lgpki_tui.ground.findings import Finding
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure import events
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.identity import Login, Machine, Token
from lgpki_tui.procedure.number import enrolment_number
from lgpki_tui.registry.port import asked_by
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.answered import RegistryAnswer
from lgpki_tui.subject.draft import Draft, Found
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.subject.findings import findings, refuse_failed
from lgpki_tui.subject.municipality import codes_of, municipality_of
from lgpki_tui.subject.name import distinguished_name
from lgpki_tui.subject.profile import Profile, RegistryRule

# 64 random bits: no other object on the same card has them, and short ids leave room on small cards.
CKA_ID_BYTES = 8
# What the largest files of a request (RSA-3072, full-length names) take, rounded up to whole pages.
REQUEST_BYTES = 16 * 1024
REQUEST_FILES = 3


async def request(ports: Ports, wish: Wish, wanted: str | None, pin: PinSource) -> Enrolment:
    """Make the key pair on the card and write the CSR. A refusal leaves no key, no file and no open act."""
    ports.narrate(Progress.CHECKING)
    machine, login = ports.machine(), ports.login()
    with ports.ledger.acting():
        begun = _begun(ports, wish, machine, login)
        ports.folder(wish.output_folder).probe(REQUEST_BYTES, REQUEST_FILES)
        await settle_seen_format(ports)
        card = await card_for_key(ports, wanted)
        await log_in(ports, card, pin)
        refuse_open(ports, the_same(await ports.card.look(), card))
        intended = await key_intended(ports, card.token, Algorithm(begun.algorithm), begun.scheme)
        return await drive(ports, *ports.ledger.append(begun.enrolment, begun, intended))


async def key_intended(ports: Ports, token: Token, algorithm: Algorithm, scheme: Scheme) -> events.KeyIntended:
    """The "about to" of a key pair, with a CKA_ID that nothing else has. The card is asked for it first, and whether
    the key will be able to sign the CSR: what would refuse that would refuse the act as well, and then nothing stays
    open."""
    cka_id = ports.entropy(CKA_ID_BYTES)
    await ports.card.find(cka_id)
    if scheme is not Scheme.PKCS1_V15:  # which is tried also where a module does not name it
        await ports.card.check_scheme(algorithm, scheme)
    return events.KeyIntended(at=ports.clock.now(), cka_id=cka_id.hex(), token=token)


def _begun(ports: Ports, wish: Wish, machine: Machine, login: Login) -> events.Begun:
    draft, profile = wish.draft, ports.profile(wish.draft.certificate_kind)
    told = said(ports, draft)
    number = _fresh_number(ports)
    return events.Begun(
        at=ports.clock.now(),
        enrolment=number,
        certificate_kind=draft.certificate_kind,
        pattern=wish.pattern,
        municipality_code=told.municipality_code,
        organization=draft.organization,
        name=draft.name,
        purpose=wish.purpose,
        subject=told.subject,
        algorithm=(wish.algorithm or profile.default_algorithm).value,
        output_folder=ports.paths.record(wish.output_folder),
        file_stem=f"{ports.file_prefix}{profile.file_stem(number, told.municipality_code)}",
        machine=machine,
        login=login,
        mail_address=draft.mail_address,
        extensions=told.extensions,
        scheme=told.scheme,
        registries=told.registries,
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of a draft: findings, its 団体コード (empty while it is open), the name it gives (None while
    no 団体 is known), what else the request asks for, and which 団体 have the near 組織 (Found.nearest_codes)."""

    findings: tuple[Finding, ...]
    municipality_code: str
    subject: tuple[tuple[str, str], ...] | None
    extensions: Extensions = Extensions()
    nearest_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a draft that nothing speaks against puts into the request, and who said that its names are registered."""

    municipality_code: str
    subject: tuple[tuple[str, str], ...]
    extensions: Extensions
    scheme: Scheme
    registries: tuple[RegistryAnswer, ...]


def judged(ports: Ports, draft: Draft) -> Judgement:
    """What text rules and registries say of a draft. Raises Refusal: registry_*, answers_value (no such kind)."""
    profile = ports.profile(draft.certificate_kind)
    found = _found(ports, draft, profile)
    subject = distinguished_name(draft, profile, found.municipality) if found.municipality else None
    several = draft.municipality_code is None and len(codes_of(found)) > 1  # which one, a finding asks
    code = "" if several else municipality_of(draft, found) or ""
    extensions = profile.extensions_of(draft)
    return Judgement(findings(draft, profile, found), code, subject, extensions, found.nearest_codes)


def _found(ports: Ports, draft: Draft, profile: Profile) -> Found:
    """A kind without a registry rule asks no registry: none needs to be there, and a damaged one stops nobody."""
    if profile.registry_rule is not RegistryRule.NONE:
        return ports.registry.found(draft, profile)
    code = draft.municipality_code
    return Found((), None, (), (), ports.municipalities.name_of(code) if code is not None else None)


def said(ports: Ports, draft: Draft) -> Said:
    """What a draft puts into the request. Raises Refusal for what text or registry says no to."""
    judgement = judged(ports, draft)
    refuse_failed(judgement.findings)
    profile = ports.profile(draft.certificate_kind)
    asked = asked_by(profile)
    registries = ports.registry.answered(asked) if asked else ()
    return Said(judgement.municipality_code, judgement.subject or (), judgement.extensions, profile.scheme, registries)


def _fresh_number(ports: Ports) -> str:
    while True:
        number = enrolment_number(ports.clock.now(), ports.entropy(4))
        if ports.ledger.enrolment(number) is None:
            return number
