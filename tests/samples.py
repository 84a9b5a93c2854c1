"""Events and values that tests of several rooms build on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lgpki_tui.procedure import events
from lgpki_tui.procedure.identity import Login, LoginSource, Machine, Token

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NOT_AFTER = datetime(2029, 11, 24, 14, 59, 59, tzinfo=UTC)
MACHINE = Machine("a1" * 32, "office-01")
LOGIN = Login(1001, "j-seisaku", LoginSource.LOGINUID)
TOKEN = Token("41383759299ed3bf", "LGPKI", "SoftHSM v2")
NUMBER = "261124-7K3QH"
CKA_ID = "0102030405060708"
KEY = "ab" * 32
CERTIFICATE = "cd" * 32

BEGUN = events.Begun(
    at=NOW,
    enrolment=NUMBER,
    certificate_kind="shokuseki",
    pattern="own_pc",
    municipality_code="252123",
    organization="総務部情報政策課",
    name="高島市長",
    purpose="一般公文書用",
    subject=(("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長")),
    algorithm="rsa-2048",
    output_folder="/srv/out",
    file_stem=NUMBER,
    machine=MACHINE,
    login=LOGIN,
)
KEY_INTENDED = events.KeyIntended(at=NOW, cka_id=CKA_ID, token=TOKEN)
KEY_ABSENT = events.KeyAbsent(at=NOW, cka_id=CKA_ID, reason="not_found")
KEY_MADE = events.KeyMade(at=NOW, cka_id=CKA_ID, public_key="MFk=", public_key_sha256=KEY)
REQUEST_SIGNED = events.RequestSigned(at=NOW, csr="MIIB", csr_sha256="ef" * 32, receipt="{}")
REQUEST_WRITTEN = events.RequestWritten(
    at=NOW, csr_path="/srv/out/a.csr.pem", csr_der_path="/srv/out/a.csr", receipt_path="/srv/out/a.binding.json"
)
KEY_MOVED = events.KeyMoved(at=NOW, cka_id="4242")
FOLDER_CHOSEN = events.FolderChosen(at=NOW, output_folder="/srv/other")
FILED = events.Filed(at=NOW)
CORRECTED = events.Corrected(
    at=NOW,
    municipality_code="252123",
    organization="総務部総務課",
    name="高島市長",
    purpose="",
    subject=(("C", "JP"), ("O", "高島市"), ("OU", "総務部総務課"), ("CN", "高島市長")),
    file_stem=f"{NUMBER}-2",
    reason="組織名の誤り",
)
STORE_INTENDED = events.StoreIntended(
    at=NOW, certificate="MIIC", certificate_sha256=CERTIFICATE, not_after=NOT_AFTER, token=TOKEN
)
STORE_UNDONE = events.StoreUndone(at=NOW, certificate_sha256=CERTIFICATE, reason="not_found")
STORED = events.Stored(at=NOW, certificate_sha256=CERTIFICATE)
ABANDONED = events.Abandoned(at=NOW, reason="人事異動のため")
KEY_DESTROYED = events.KeyDestroyed(at=NOW, reason="カードの再利用")

ROAD: tuple[events.EnrolmentEvent, ...] = (
    BEGUN,
    KEY_INTENDED,
    KEY_MADE,
    REQUEST_SIGNED,
    REQUEST_WRITTEN,
    STORE_INTENDED,
    STORED,
)
EVERY: tuple[events.EnrolmentEvent, ...] = (
    *ROAD,
    KEY_ABSENT,
    KEY_MOVED,
    FOLDER_CHOSEN,
    FILED,
    CORRECTED,
    STORE_UNDONE,
    ABANDONED,
    KEY_DESTROYED,
    # The same acts with other ids, as a mixed-up or replayed record would bring them.
    replace(KEY_INTENDED, cka_id="ff" * 8),
    replace(KEY_MADE, cka_id="ff" * 8, public_key_sha256="ee" * 32),
    replace(STORED, certificate_sha256="ee" * 32),
    replace(STORE_INTENDED, certificate_sha256="ee" * 32),
    replace(CORRECTED, reason="\u3000"),
    replace(ABANDONED, reason="  "),
    replace(KEY_DESTROYED, reason=""),
)
