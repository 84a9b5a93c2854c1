"""What a request asks for besides its subject: recorded, read again, and unknown to the records of before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.ledger.codec import Entry, decode, encode
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.procedure.events import Begun, Corrected
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.extensions import Extensions
from tests import samples

ADDRESS = "soumu@city.takashima.lg.jp"
ASKED = Extensions(mail_addresses=(ADDRESS,), key_usage=("digitalSignature",))
# As the program wrote it before it knew of extensions: recorded from its ledger, names of the sample put in.
OLD_BEGUN = (
    '{"about":"261124-7K3QH","algorithm":"rsa-2048","at":"2026-11-24T03:00:00Z","certificate_kind":"shokuseki",'
    '"enrolment":"261124-7K3QH","event":"begun","file_stem":"261124-7K3QH",'
    '"login":{"name":"j-seisaku","source":"loginuid","uid":1001},'
    '"machine":{"host_name":"office-01","id_sha256":"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"},'
    '"municipality_code":"252123","name":"高島市長","organization":"総務部情報政策課","output_folder":"/srv/out",'
    '"pattern":"own_pc","purpose":"一般公文書用",'
    '"subject":[["C","JP"],["O","高島市"],["OU","総務部情報政策課"],["CN","高島市長"]],"version":1}'
)


def test_a_line_of_before_is_read_and_would_be_written_the_same() -> None:
    entry = decode(OLD_BEGUN)
    assert entry == Entry(samples.NUMBER, samples.BEGUN)
    assert isinstance(entry.event, Begun)
    assert (entry.event.mail_address, entry.event.extensions, entry.event.scheme) == (
        "",
        Extensions(),
        "rsassa-pkcs1-v1_5",
    )
    assert encode(entry) == OLD_BEGUN


def test_what_is_asked_for_is_written_and_read_again() -> None:
    event = replace(samples.BEGUN, mail_address=ADDRESS, extensions=ASKED, scheme=Scheme.PSS)
    text = encode(Entry(samples.NUMBER, event))
    body = json.loads(text)
    assert body["extensions"] == {
        "host_names": [],
        "mail_addresses": [ADDRESS],
        "key_usage": ["digitalSignature"],
        "extended_key_usage": [],
    }
    assert (body["mail_address"], body["scheme"]) == (ADDRESS, "rsassa-pss")
    assert decode(text) == Entry(samples.NUMBER, event)


@pytest.mark.parametrize("wrong", [
    {"extensions": {"host_names": []}}, {"extensions": []}, {"scheme": "md5"}, {"mail_address": 1}, {"adress": ""},
    {"extensions": {"host_names": ["a"], "mail_addresses": [], "key_usage": [1], "extended_key_usage": []}},
])  # fmt: skip
def test_what_no_program_of_ours_writes_is_not_read(wrong: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError), match=r"."):
        decode(json.dumps({**json.loads(OLD_BEGUN), **wrong}))


def test_a_correction_asks_for_something_else(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    corrected = replace(samples.CORRECTED, mail_address=ADDRESS, extensions=ASKED)
    with ledger.acting():
        ledger.append(samples.NUMBER, *samples.ROAD[:2])
        for event in (*samples.ROAD[2:5], corrected):
            ledger.append(samples.NUMBER, event)
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite3")
    again.load()
    enrolment = again.enrolment(samples.NUMBER)
    again.close()
    assert enrolment is not None
    assert (enrolment.mail_address, enrolment.extensions, enrolment.corrections) == (ADDRESS, ASKED, 1)
    assert isinstance(decode(encode(Entry(samples.NUMBER, corrected))).event, Corrected)
