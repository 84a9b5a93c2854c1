"""OpenSC's MyEID driver, unchanged, on the practice card: everything the wizard will ask of it."""

from __future__ import annotations

import pytest

from tests.rehearsal.readers.desk import MESSAGE, PINS, PKCS15, Desk, certificate

ACTIVATED, CREATION = "8A01079000", "8A01019000"
SELECT_MF, USER_TRIES, SO_TRIES = "00A40000023F00", "00200001", "00200003"
PSS = ("-sigopt", "rsa_padding_mode:pss")


def test_a_blank_card_is_known_and_is_no_token_yet(blank: Desk) -> None:
    assert blank.must("opensc-tool", "--name").splitlines()[0] == "OsEID 4.5.5"
    assert blank.apdu(SELECT_MF).endswith(CREATION)
    assert "token label" not in blank.p11("--list-slots").text


def test_format(desk: Desk) -> None:
    assert desk.apdu(SELECT_MF).endswith(ACTIVATED)
    assert (desk.apdu(USER_TRIES), desk.apdu(SO_TRIES)) == ("63C3", "63C3")
    token = desk.p11("--list-slots").text
    assert "架空市長 (利用者PIN)" in token
    assert str(desk.look()["serial"])[4:] in token
    assert desk.objects().count("Private Key") == 0


def test_without_the_last_step_the_card_stays_open(blank: Desk) -> None:
    """OpenSC's trap: access conditions are off and nothing shows it but the MF."""
    assert blank.init("-C", "--so-pin", "env:SO", "--so-puk", "env:SOPUK", "--label", "x").status == 0
    assert blank.apdu(SELECT_MF).endswith(CREATION)
    assert "File too small" in blank.init("-C", "--so-pin", "env:SO", "--so-puk", "env:SOPUK", "--label", "longer").text
    assert blank.init("-E").status == 0  # needs no PIN yet
    blank.format()
    assert blank.apdu(SELECT_MF).endswith(ACTIVATED)


@pytest.mark.parametrize(
    ("kind", "mechanisms"),
    [
        ("rsa:2048", ["SHA256-RSA-PKCS", "SHA256-RSA-PKCS-PSS"]),
        ("rsa:3072", ["SHA256-RSA-PKCS", "SHA256-RSA-PKCS-PSS"]),
        ("rsa:4096", ["SHA256-RSA-PKCS", "SHA256-RSA-PKCS-PSS"]),
        ("EC:prime256v1", ["ECDSA-SHA256"]),
        ("EC:secp384r1", ["ECDSA-SHA256"]),
        ("EC:secp521r1", ["ECDSA-SHA256"]),
    ],
)
def test_keys_of_each_size_sign_and_openssl_agrees(desk: Desk, kind: str, mechanisms: list[str]) -> None:
    done = desk.generate(kind)
    assert done.status == 0, done.text
    for mechanism in mechanisms:
        assert desk.signed(mechanism, "01", *(PSS if mechanism.endswith("PSS") else ()))


def test_certificates_come_back_byte_for_byte(desk: Desk) -> None:
    desk.generate("EC:prime256v1")
    desk.generate("rsa:2048", "02")
    short, long = certificate("架空市長"), certificate("架空市長﨑", 1700)
    assert desk.store(short).status == desk.store(long, "02").status == 0
    assert desk.read("--type", "cert", "--id", "01") == short
    assert desk.read("--type", "cert", "--id", "02") == long
    desk.tell("pull")
    desk.tell("insert")
    assert sorted(desk.identities("Certificate Object")) == ["01", "02"]
    assert desk.signed("SHA256-RSA-PKCS", "02")


def test_data_objects_public_and_private(desk: Desk) -> None:
    (desk.folder / "data").write_bytes(MESSAGE * 60)
    write = ("--write-object", "data", "--type", "data", "--application-label", "LGPKI")
    assert desk.p11(*write, "--label", "open", pin="PIN").status == 0
    assert desk.p11(*write, "--label", "closed", "--private", pin="PIN").status == 0
    assert desk.read("--type", "data", "--label", "open") == MESSAGE * 60
    assert desk.read("--type", "data", "--label", "closed", pin="PIN") == MESSAGE * 60
    assert "closed" not in desk.p11("--list-objects").text


def test_deleting(desk: Desk) -> None:
    desk.generate("rsa:2048")
    desk.store(certificate())
    free = desk.look()["free"]
    for kind in ("cert", "privkey", "pubkey"):
        done = desk.p11("--delete-object", "--type", kind, "--id", "01", pin="PIN")
        assert done.status == 0, done.text
    assert [desk.identities(kind) for kind in ("Certificate", "Private Key", "Public Key")] == [[], [], []]
    assert isinstance(free, int)
    assert int(str(desk.look()["free"])) > free + 1280
    assert desk.generate("EC:prime256v1").status == 0
    assert desk.signed("ECDSA-SHA256")


def test_erasing_takes_the_so_pin_and_everything(desk: Desk) -> None:
    desk.generate("rsa:2048")
    desk.store(certificate())
    erase = ("--erase-application", PKCS15, "--so-pin")
    assert desk.init(*erase, "env:WRONG").status != 0
    assert desk.apdu(SO_TRIES) == "63C2"
    assert desk.identities("Private Key") == ["01"]
    done = desk.init(*erase, "env:SO")
    assert done.status == 0, done.text
    assert desk.apdu(SELECT_MF).endswith(CREATION)
    assert "token label" not in desk.p11("--list-slots").text
    desk.format()
    assert desk.objects().count("Private Key") == 0
    assert desk.generate("EC:prime256v1").status == 0


def test_lock_out_and_the_puk(desk: Desk) -> None:
    told = [desk.p11("--list-objects", pin="WRONG").text for _ in range(3)]
    assert ["CKR_PIN_INCORRECT" in one for one in told[:2]] == [True, True]
    assert "CKR_PIN_LOCKED" in told[2]
    assert "CKR_PIN_LOCKED" in desk.p11("--list-objects", pin="PIN").text
    assert desk.apdu(USER_TRIES) == "6983"
    unblock = ("pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--new-pin", "env:NEW", "--puk")
    assert desk.run(*unblock, "env:WRONG").status != 0
    assert desk.must(*unblock, "env:PUK")
    assert desk.p11("--list-objects", pin="NEW").status == 0
    assert desk.p11("--list-objects", pin="PIN").status != 0


def test_the_so_pin_is_locked_and_unblocked_apart(desk: Desk) -> None:
    for _ in range(3):
        desk.init("--erase-application", PKCS15, "--so-pin", "env:WRONG")
    assert (desk.apdu(SO_TRIES), desk.apdu(USER_TRIES)) == ("6983", "63C3")
    desk.must("pkcs15-tool", "--unblock-pin", "--auth-id", "ff", "--puk", "env:SOPUK", "--new-pin", "env:NEW")
    assert desk.init("--erase-application", PKCS15, "--so-pin", "env:NEW").status == 0


def test_changing_the_pin(desk: Desk) -> None:
    desk.must("pkcs15-tool", "--change-pin", "--auth-id", "01", "--pin", "env:PIN", "--new-pin", "env:NEW")
    assert desk.p11("--list-objects", pin="NEW").status == 0
    assert "CKR_PIN_INCORRECT" in desk.p11("--list-objects", pin="PIN").text


def test_no_pin_is_left_behind(desk: Desk) -> None:
    desk.generate("EC:prime256v1")
    desk.p11("--list-objects", pin="WRONG")
    left = b"".join(path.read_bytes() for path in (desk.folder / "cards").iterdir() if path.is_file())
    assert b"0020000108 (8 bytes left out) -> 63c2" in left
    for name in ("PIN", "PUK", "SO", "SOPUK", "WRONG"):
        pin = PINS[name]
        assert pin.encode() not in left
        assert pin.encode().hex().encode() not in left
