"""What the contract asks and a token cannot do: declared here and nowhere else, each with what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from lgpki_tui.subject.algorithm import Algorithm


@dataclass(frozen=True, slots=True)
class Gap:
    """A clause that a token does not fulfil. `reason`: a sentence for the table. `shows`: what stands in the failure of
    the test then; any other failure is a failure."""

    token: str
    clause: str
    reason: str
    shows: str


_OPENCRYPTOKI_AGAIN = (
    "opencryptoki 3.8.1 keeps a changed SO PIN through C_InitToken but writes its key file for the initial one: "
    "C_Login as the SO answers CKR_FUNCTION_FAILED from then on, and no user PIN can be set. Told as card_error, wiped."
)
_NO_EC = "The soft token of opencryptoki 3.8.1 has no mechanism for EC keys. Told as card_unsupported."

_TPM2_AGAIN = (
    "tpm2-pkcs11 1.9.0 answers CKR_ARGUMENTS_BAD to C_InitToken on a token that is formatted. Nothing is lost."
)
_TPM2_SIGN = (
    "tpm2-pkcs11 1.9.0 does CKM_RSA_PKCS and CKM_RSA_X_509 by decrypting, which a key that is made to sign only does "
    "not do. CKM_SHA256_RSA_PKCS, with which the program signs, works."
)
_TPM2_LOCKED = (
    "A TPM that has locked itself against wrong PINs takes no SO PIN either until its own time is up (pin_locked): it "
    "counts over all that it seals."
)
_TPM2_PUBLIC_DATA = (
    "tpm2-pkcs11 1.9.0 makes no data object that can be read without a PIN: CKA_PRIVATE cannot be CK_FALSE. Told as "
    "card_error; an enrolment goes on without a receipt on the card."
)
_NO_READER = "A token in files has no reader to be pulled from."


@dataclass(frozen=True, slots=True)
class Remark:
    """What a clause that a token fulfils comes to on that token: a sentence for the table."""

    token: str
    clause: str
    text: str


_LOCK_OUT = "wrong PINs up to the lock-out"
_NEVER_LOCKS = (
    "SoftHSM 2.6.1 never locks: twelve wrong PINs are each told as wrong, COUNT_LOW, and the right one opens."
)
_NOT_TOLD = (
    "OpenSC 0.23.0 does not say of a key that was made on this card that it is sensitive or local: the program tries "
    "to read its secret parts instead, and the card refuses."
)
REMARKS = (
    Remark("softhsm", _LOCK_OUT, _NEVER_LOCKS),
    Remark("opencryptoki", _LOCK_OUT, "Locks with the third wrong PIN: COUNT_LOW, FINAL_TRY, LOCKED."),
    Remark("tpm2", _LOCK_OUT, "The TPM answers CKR_PIN_LOCKED from the fourth wrong PIN on; no flag tells of it."),
    Remark("p11-kit", _LOCK_OUT, _NEVER_LOCKS),
    Remark("ssh", _LOCK_OUT, _NEVER_LOCKS),
    Remark("opensc", _LOCK_OUT, "Locks with the third wrong PIN: no flag after the first, then FINAL_TRY, LOCKED."),
    *(Remark("opensc", f"{one.value}: made inside, signs, stays", _NOT_TOLD) for one in Algorithm),
)
GAPS = (
    Gap("softhsm", "pulled and put back", _NO_READER, "Cannot: pull"),
    Gap("opencryptoki", "ec-p256: made inside, signs, stays", _NO_EC, "card_unsupported"),
    Gap("opencryptoki", "format again: the serial stays, every object goes", _OPENCRYPTOKI_AGAIN, "'wiped': True"),
    Gap("opencryptoki", "format after a lock-out", _OPENCRYPTOKI_AGAIN, "'wiped': True"),
    Gap(
        "opencryptoki",
        "full: nothing is stored, nothing is left, the key still signs",
        "opencryptoki 3.8.1 does not look whether it could write: the certificate reads back until its process ends, "
        "and is an empty object for every other.",
        "DID NOT RAISE",
    ),
    Gap("opencryptoki", "pulled and put back", _NO_READER, "Cannot: pull"),
    Gap("tpm2", "format again: the serial stays, every object goes", _TPM2_AGAIN, "0x7 C_InitToken"),
    Gap("tpm2", "format with a wrong SO PIN destroys nothing", _TPM2_AGAIN, "CARD_ERROR"),
    Gap("tpm2", "format after a lock-out", _TPM2_AGAIN, "0x7 C_InitToken"),
    Gap(
        "tpm2",
        "the PIN is changed",
        "tpm2-pkcs11 1.9.0 answers CKR_OK to C_SetPIN with a wrong old PIN and changes nothing. Told as card_lied: the "
        "new PIN is tried.",
        "CARD_LIED",
    ),
    Gap(
        "tpm2",
        "after a store: pkcs11-tool --test --login",
        _TPM2_SIGN,
        "C_SignFinal failed",
    ),
    Gap("tpm2", "after a store: p11tool lists, and signs with --test-sign", _TPM2_SIGN, "Cannot sign data"),
    Gap(
        "tpm2",
        "rsa-4096: made inside, signs, stays",
        "A software TPM (swtpm 0.7.1) makes RSA keys of up to 3072 bits: CKR_ATTRIBUTE_VALUE_INVALID.",
        "'AttributeValueInvalid', 'act': 'make_key'",
    ),
    Gap(
        "tpm2",
        "rsassa-pss: promised before the key is made, then kept",
        "tpm2-pkcs11 1.9.0 offers no mechanism for RSASSA-PSS here. Told as card_scheme, before a key is made.",
        "card_scheme",
    ),
    Gap("tpm2", "a locked PIN is set anew by the SO PIN or PUK", _TPM2_LOCKED, "PIN_LOCKED"),
    Gap(
        "tpm2",
        "a receipt is left, in place of the one of its label, and read without a PIN",
        _TPM2_PUBLIC_DATA,
        "'AttributeValueInvalid', 'act': 'leave_receipt'",
    ),
    Gap(
        "tpm2",
        "a data object of another program is no receipt, and stays",
        _TPM2_PUBLIC_DATA,
        "CKA_PRIVATE cannot be CK_FALSE",
    ),
    Gap("tpm2", "pulled and put back", "A TPM has no reader to be pulled from.", "Cannot: pull"),
    *(
        Gap(
            token,
            "after a store: pkcs11-tool --test --login",
            "p11-kit 0.24 answers CKR_ARGUMENTS_BAD to C_GenerateRandom of no bytes, one test; the others pass.",
            "1 errors",
        )
        for token in ("p11-kit", "ssh")
    ),
)


def gap_of(token: str, clause: str) -> Gap | None:
    """The gap that is declared for this clause of this token."""
    return next((gap for gap in GAPS if (gap.token, gap.clause) == (token, clause)), None)
