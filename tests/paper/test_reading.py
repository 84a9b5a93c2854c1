"""From a CSR and an enrolment to a sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.marks import Mark, marks, shown_marks
from lgpki_tui.paper.reading import sheet_of
from lgpki_tui.paper.sheet import Action, Correction, Pattern, about_enrolment, digest_lines
from lgpki_tui.pki.request import LABEL, pem
from lgpki_tui.procedure import events
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.transition import Step, transition
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.profile import Profile
from tests.paper.samples import EC, about, make_csr, openssl_key, openssl_name
from tests.samples import NUMBER, ROAD, TOKEN


@pytest.fixture
def profile() -> Profile:
    """The shipped profile of 職責証明書."""
    found = load_profile("shokuseki", profile_folders())
    assert found
    return found


def enrolment(events: int) -> Enrolment:
    """One that has come so far."""
    found: Enrolment | None = None
    for event in ROAD[:events]:
        step = transition(found, event)
        assert isinstance(step, Step)
        found = step.enrolment
    assert found
    return found


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (("rsa:2048",), "RSA"),
        (EC, "EC P-256"),
        (("ec", "-pkeyopt", "ec_paramgen_curve:P-384"), "EC P-384"),
    ],
)
def test_subject_key_and_digests_are_those_that_openssl_reads(
    tmp_path: Path, key: tuple[str, ...], algorithm: str
) -> None:
    path = make_csr(tmp_path, key=key)
    csr = path.read_bytes()
    sheet = sheet_of(csr, about(csr))
    assert [(part.kind, part.text) for part in sheet.contents.subject] == openssl_name(path)
    assert (str(sheet.contents.key.bits), sheet.contents.key.sha256) == openssl_key(path)
    assert sheet.contents.key.algorithm == algorithm
    assert sheet.compared == sha256(csr).hexdigest()
    assert sheet_of(pem(LABEL, csr), about(csr)) == sheet


def test_another_csr_than_the_recorded_one_is_refused(tmp_path: Path) -> None:
    recorded, other = (make_csr(tmp_path).read_bytes() for _ in range(2))
    with pytest.raises(Refusal) as refused:
        sheet_of(other, about(recorded))
    assert (refused.value.code, refused.value.facts) == (Code.FILE_DIFFERS, {"file": f"{NUMBER}.csr.pem"})


def test_a_csr_that_is_none_or_was_altered_is_refused(tmp_path: Path) -> None:
    csr = make_csr(tmp_path).read_bytes()
    altered = csr.replace("高島市長".encode(), "高鳥市長".encode())
    for data, code in ((b"", Code.REQUEST_UNREADABLE), (altered, Code.REQUEST_SIGNATURE)):
        with pytest.raises(Refusal) as refused:
            sheet_of(data, about(data))
        assert refused.value.code is code


def test_the_enrolment_gives_the_rest_and_its_day_is_that_of_tokyo(profile: Profile) -> None:
    found = about_enrolment(enrolment(5), profile, datetime(2026, 11, 24, 15, tzinfo=UTC), practice=True)
    assert (found.action, found.number, found.kind_title, found.day) == (
        Action.ISSUE,
        NUMBER,
        "職責証明書",
        date(2026, 11, 25),
    )
    assert (found.municipality_code, found.purpose, found.pattern) == ("252123", "一般公文書用", Pattern.OWN_PC)
    assert (found.host_name, found.login_name, found.card) == ("office-01", "j-seisaku", TOKEN)
    assert (found.csr_files, found.csr_sha256) == (("a.csr.pem", "a.csr"), "ef" * 32)
    assert found.name_assumed
    assert found.practice


def test_the_sheet_of_a_corrected_request_tells_which_one_it_stands_for(profile: Profile) -> None:
    first = enrolment(5)
    assert first.request is not None
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    assert about_enrolment(first, profile, moment, practice=False).correction is None
    told = events.Corrected(
        at=moment,
        municipality_code=first.municipality_code,
        organization=first.organization,
        name="高島市副市長",
        purpose=first.purpose,
        subject=first.subject,
        file_stem="a-2",
        reason="職名の誤り",
    )
    step = transition(first, told)
    assert isinstance(step, Step)
    assert (step.enrolment.request, step.enrolment.replaced) == (None, first.request.csr_sha256)
    again = replace(step.enrolment, request=replace(first.request, csr_sha256="ab" * 32))
    correction = about_enrolment(again, profile, moment, practice=False).correction
    assert correction == Correction(2, "ef" * 32)
    assert correction is not None
    assert correction.replaced_groups == "efef efef efef efef"


def test_a_profile_that_knows_the_name_makes_no_assumption(profile: Profile) -> None:
    known = replace(profile, sources=tuple((key, "public: 設計書") for key, _ in profile.sources))
    assert not about_enrolment(enrolment(5), known, datetime(2026, 11, 24, tzinfo=UTC), practice=False).name_assumed


@pytest.mark.parametrize("events", [1, 3, 4])
def test_before_the_csr_is_in_the_folder_there_is_no_sheet(profile: Profile, events: int) -> None:
    with pytest.raises(Refusal) as refused:
        about_enrolment(enrolment(events), profile, datetime(2026, 11, 24, tzinfo=UTC), practice=False)
    assert refused.value.code is Code.ENROLMENT_STATE
    assert refused.value.facts["enrolment"] == NUMBER


def test_a_digest_is_two_lines_of_eight_groups() -> None:
    lines = digest_lines("0123456789abcdef" * 4)
    assert lines == ("0123 4567 89ab cdef 0123 4567 89ab cdef",) * 2


def test_marks_are_what_neither_ascii_nor_jis_x_0208_has() -> None:
    assert marks("髙島 市　A①") == (Mark(1, "髙"), Mark(7, "①"))
    assert marks("高島", frozenset({1})) == (Mark(2, "島"),)
    assert marks("市　長 ", spaces=True) == (Mark(2, "　"), Mark(4, " "))
    assert shown_marks(marks("髙﨑髙\n")) == ("髙 = U+9AD9 (1, 3)", "﨑 = U+FA11 (2)", "\\u000a = U+000A (4)")
