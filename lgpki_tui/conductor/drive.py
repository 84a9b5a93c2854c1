"""Carries out the commands of a transition one by one, and feeds what was seen back into the ledger."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256

from lgpki_tui.conductor.ports import Ports, Progress
from lgpki_tui.conductor.possession import UNASKED, prove_possession
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.receipt import Binding, make_receipt
from lgpki_tui.pki.request import build_request, pem
from lgpki_tui.pki.signatures import is_of
from lgpki_tui.procedure import events
from lgpki_tui.procedure.commands import (
    Command,
    LookForCertificate,
    LookForKey,
    MakeKey,
    SignRequest,
    StoreCertificate,
    WriteRequest,
)
from lgpki_tui.procedure.enrolment import Certificate, Enrolment, Request
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm

# What the card holds under the id then is not the key that was asked for, and never becomes ours.
_NOT_OURS = {Code.CARD_LIED, Code.CARD_KEY_AMBIGUOUS}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen to have happened; and, once that is recorded, why the person has to be told that it failed."""

    event: events.EnrolmentEvent
    failure: Refusal | None = None


async def drive(ports: Ports, enrolment: Enrolment, commands: tuple[Command, ...]) -> Enrolment:
    """Go on until nothing is left to do. What it returns is what the ledger holds.

    Raises Refusal. Either what was seen is recorded by then, or the act is open and `resume` looks at the card.
    """
    try:
        while commands:
            seen = await _perform(ports, enrolment, commands[0])
            enrolment, commands = ports.ledger.append(enrolment.number, seen.event)
            if seen.failure is not None:
                raise seen.failure
    except Refusal as refusal:
        refusal.facts.setdefault("enrolment", enrolment.number)  # the person may never have seen it yet
        raise
    return enrolment


async def _perform(ports: Ports, enrolment: Enrolment, command: Command) -> _Seen:
    match command:
        case MakeKey():
            return await _make_key(ports, enrolment, command)
        case LookForKey():
            return await _look_for_key(ports, enrolment, command.cka_id)
        case SignRequest():
            return _Seen(await _sign_request(ports, enrolment, command))
        case WriteRequest():
            return _Seen(_write_request(ports, enrolment))
        case StoreCertificate():
            return await _store(ports, enrolment, command)
        case LookForCertificate():
            return await _look_for_certificate(ports, enrolment, command.cka_id)


async def _make_key(ports: Ports, enrolment: Enrolment, command: MakeKey) -> _Seen:
    algorithm = Algorithm(command.algorithm)
    ports.narrate(Progress.MAKING_KEY, algorithm=algorithm.spoken)
    cka_id = bytes.fromhex(command.cka_id)
    try:
        public_key = await ports.card.make_key(cka_id, algorithm, enrolment.number)
    except Refusal as failure:
        if failure.code in UNASKED:
            raise  # the act stays open, and `resume` looks later
        if failure.code in _NOT_OURS:
            return _Seen(_key_absent(ports, command.cka_id, failure), failure)
        return await _look_for_key(ports, enrolment, command.cka_id, failure)
    return _Seen(_key_made(ports, command.cka_id, public_key))


async def _look_for_key(ports: Ports, enrolment: Enrolment, cka_id: str, failure: Refusal | None = None) -> _Seen:
    """What the card holds is the truth (MISSION rule 5). Half a pair is no key: no CSR was ever signed with it."""
    ports.narrate(Progress.LOOKING_AT_CARD)
    found = await ports.card.find(bytes.fromhex(cka_id))
    if found.private_keys and found.public_key is not None:
        reasons = [*found.reasons, *([] if is_of(found.public_key, Algorithm(enrolment.algorithm)) else ["algorithm"])]
        if reasons:
            lie = Refusal(Code.CARD_LIED, cka_id=cka_id, reasons=reasons)
            return _Seen(_key_absent(ports, cka_id, lie), lie)
    if found.private_keys == 1 and found.public_key is not None:
        return _Seen(_key_made(ports, cka_id, found.public_key))
    if not found.private_keys and found.public_key is None:
        await _refuse_elsewhere(ports, enrolment)
    if found.private_keys or found.public_key is not None:
        await ports.card.destroy_leftover(bytes.fromhex(cka_id))
    return _Seen(_key_absent(ports, cka_id, failure), failure)


async def _refuse_elsewhere(ports: Ports, enrolment: Enrolment) -> None:
    """A key that was made and then put under another CKA_ID still has the enrolment's number for its label."""
    for card in await ports.card.look():
        for key in card.keys:
            if card.token == enrolment.token and (key.label, key.cka_id != enrolment.cka_id) == (
                enrolment.number,
                True,
            ):
                raise Refusal(Code.CARD_KEY_AMBIGUOUS, cka_id=enrolment.cka_id, found=key.cka_id)


def _key_absent(ports: Ports, cka_id: str, failure: Refusal | None) -> events.KeyAbsent:
    reason = failure.code.value if failure else "not_found"
    return events.KeyAbsent(at=ports.clock.now(), cka_id=cka_id, reason=reason)


def _key_made(ports: Ports, cka_id: str, public_key: bytes) -> events.KeyMade:
    return events.KeyMade(
        at=ports.clock.now(),
        cka_id=cka_id,
        public_key=b64encode(public_key).decode(),
        public_key_sha256=sha256(public_key).hexdigest(),
    )


async def _sign_request(ports: Ports, enrolment: Enrolment, command: SignRequest) -> events.RequestSigned:
    ports.narrate(Progress.SIGNING_REQUEST)
    cka_id, public_key = bytes.fromhex(command.cka_id), b64decode(enrolment.public_key)

    async def sign(message: bytes) -> bytes:
        return await ports.card.sign(cka_id, message)

    async def sign_request(message: bytes) -> bytes:
        return await ports.card.sign(cka_id, message, enrolment.scheme)

    csr = await build_request(enrolment.subject, public_key, sign_request, enrolment.extensions, enrolment.scheme)
    csr_sha256 = sha256(csr).hexdigest()
    binding = Binding(
        machine=enrolment.machine,
        login=enrolment.login,
        token=enrolment.token or Token("", "", ""),
        public_key_sha256=enrolment.public_key_sha256,
        cka_id=command.cka_id,
        csr_sha256=csr_sha256,
        enrolment=enrolment.number,
        time=ports.clock.now(),
    )
    receipt = await make_receipt(binding, public_key, sign)
    await _leave_receipt(ports, enrolment.number, receipt)
    return events.RequestSigned(
        at=ports.clock.now(), csr=b64encode(csr).decode(), csr_sha256=csr_sha256, receipt=receipt.decode()
    )


async def _leave_receipt(ports: Ports, number: str, receipt: bytes) -> None:
    """On the card too, where there is room: it tells another PC where to go. The CSR does not wait for it; what was
    wrong with the card, the next act that needs it will say."""
    try:
        await ports.card.leave_receipt(number, receipt)
    except Refusal as refusal:
        ports.narrate(Progress.NO_RECEIPT_ON_CARD, reason=refusal.code.value)


def request_files(enrolment: Enrolment, request: Request) -> dict[str, bytes]:
    """The files of a request by name: PEM (RFC 7468), DER, and the binding receipt."""
    csr, stem = b64decode(request.csr), enrolment.file_stem
    return {
        f"{stem}.csr.pem": pem("CERTIFICATE REQUEST", csr),
        f"{stem}.csr": csr,
        f"{stem}.binding.json": request.receipt.encode(),
    }


def _write_request(ports: Ports, enrolment: Enrolment) -> events.RequestWritten:
    ports.narrate(Progress.WRITING_REQUEST, folder=str(ports.paths.resolve(enrolment.output_folder)))
    assert enrolment.request is not None  # noqa: S101  # WriteRequest is only asked for after RequestSigned
    folder = ports.paths.resolve(enrolment.output_folder)
    files = request_files(enrolment, enrolment.request)
    ports.folder(folder).write_all(files)
    csr_pem, csr_der, receipt = (ports.paths.record(folder / name) for name in files)
    return events.RequestWritten(at=ports.clock.now(), csr_path=csr_pem, csr_der_path=csr_der, receipt_path=receipt)


async def _store(ports: Ports, enrolment: Enrolment, command: StoreCertificate) -> _Seen:
    ports.narrate(Progress.STORING)
    der = b64decode(_certificate(enrolment).der)
    failure = None
    try:
        await ports.card.store_certificate(bytes.fromhex(command.cka_id), der, enrolment.number)
    except Refusal as refusal:
        if refusal.code in UNASKED:
            raise
        failure = refusal
    # Some cards store and then fail at a last step, others say yes and hold nothing: what counts is what is there.
    return await _look_for_certificate(ports, enrolment, command.cka_id, failure or Refusal(Code.CARD_LIED))


async def _look_for_certificate(
    ports: Ports, enrolment: Enrolment, cka_id: str, failure: Refusal | None = None
) -> _Seen:
    """Read it back byte for byte, and have its key sign once more through what is stored."""
    ports.narrate(Progress.READING_BACK)
    certificate = _certificate(enrolment)
    der = b64decode(certificate.der)
    found = await ports.card.find(bytes.fromhex(cka_id))
    stored = next((each for each in found.certificates if each == der), None)
    if stored is None:
        reason = failure.code.value if failure else "not_found"
        undone = events.StoreUndone(at=ports.clock.now(), certificate_sha256=certificate.sha256, reason=reason)
        return _Seen(undone, failure)
    await prove_possession(ports, enrolment.number, bytes.fromhex(cka_id), stored)
    return _Seen(events.Stored(at=ports.clock.now(), certificate_sha256=certificate.sha256))


def _certificate(enrolment: Enrolment) -> Certificate:
    assert enrolment.certificate is not None  # noqa: S101  # these commands only follow StoreIntended
    return enrolment.certificate
