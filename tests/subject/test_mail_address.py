"""Mail addresses: what stands in a certificate, and what is said of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.subject.host_name import HostProblem
from lgpki_tui.subject.mail_address import MailProblem, mail_problem, usual_mail_address

DOMAIN = "city.takashima.lg.jp"


@pytest.mark.parametrize("text", [
    f"soumu@{DOMAIN}", f"a.b-c_d+e@{DOMAIN}", f"!#$%&'*+-/=?^_`{{|}}~@{DOMAIN}", f"{'a' * 64}@{DOMAIN}", "1@1.jp",
    "SOUMU@CITY.TAKASHIMA.LG.JP", "a@xn--wgv71a.jp",
])  # fmt: skip
def test_these_are_addresses(text: str) -> None:
    assert mail_problem(text) is None


@pytest.mark.parametrize(("text", "problem", "domain"), [
    ("総務課@city.jp", MailProblem.NOT_ASCII, None),
    ("ｓｏｕｍｕ@city.jp", MailProblem.NOT_ASCII, None),
    ("soumu＠city.jp", MailProblem.NOT_ASCII, None),
    ("soumu", MailProblem.AT, None),
    ("@city.jp", MailProblem.AT, None),
    ("soumu@", MailProblem.AT, None),
    ("a@b@city.jp", MailProblem.AT, None),
    ('"so umu"@city.jp', MailProblem.LOCAL_CHARACTERS, None),
    ("soumu <soumu@city.jp>", MailProblem.LOCAL_CHARACTERS, None),
    ("so,umu@city.jp", MailProblem.LOCAL_CHARACTERS, None),
    (" soumu@city.jp", MailProblem.LOCAL_CHARACTERS, None),
    (".soumu@city.jp", MailProblem.LOCAL_DOTS, None),
    ("so..umu@city.jp", MailProblem.LOCAL_DOTS, None),
    ("soumu.@city.jp", MailProblem.LOCAL_DOTS, None),
    (f"{'a' * 65}@city.jp", MailProblem.LOCAL_LONG, None),
    ("soumu@localhost", MailProblem.DOMAIN, HostProblem.ONE_LABEL),
    ("soumu@[192.0.2.1]", MailProblem.DOMAIN, HostProblem.CHARACTERS),
    ("soumu@city.jp ", MailProblem.DOMAIN, HostProblem.CHARACTERS),
    ("soumu@city.jp.", MailProblem.DOMAIN, HostProblem.EMPTY_LABEL),
    (f"{'a' * 64}@{'.'.join(['a' * 47] * 4)}", MailProblem.TOO_LONG, None),
])  # fmt: skip
def test_these_are_none(text: str, problem: MailProblem, domain: HostProblem | None) -> None:
    wrong = mail_problem(text)
    assert wrong is not None
    assert (wrong.problem, wrong.domain) == (problem, domain)


@pytest.mark.parametrize(("text", "usual"), [
    ("ｓｏｕｍｕ＠ｃｉｔｙ．ｊｐ", "soumu@city.jp"), (" soumu@city.jp　", "soumu@city.jp"), ("soumu@city.jp", None),
    ("総務@city.jp", None),
])  # fmt: skip
def test_what_was_meant_is_offered(text: str, usual: str | None) -> None:
    assert usual_mail_address(text) == usual


@given(st.text(max_size=300))
def test_whatever_passes_fits_into_an_rfc822name(text: str) -> None:
    if mail_problem(text) is None:
        assert text.isascii()
        assert text.isprintable()
        assert text.count("@") == 1
        assert len(text) <= 254
