"""Same PC, same login: what decides and what is only a witness (MISSION rule 2)."""

from __future__ import annotations

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.procedure.identity import Login, Machine


def machine_finding(bound: Machine, here: Machine) -> Finding:
    """`wrong_machine`: fail when the machine id differs; attention when only the host name does."""
    if bound.id_sha256 != here.id_sha256:
        result = Result.FAIL
    else:
        result = Result.OK if bound.host_name == here.host_name else Result.ATTENTION
    return Finding(Code.WRONG_MACHINE, result, bound.host_name, here.host_name)


def login_finding(bound: Login, here: Login) -> Finding:
    """`wrong_login`: fail when uid or name differ; attention when only the source of the uid does."""
    if (bound.uid, bound.name) != (here.uid, here.name):
        result = Result.FAIL
    else:
        result = Result.OK if bound.source is here.source else Result.ATTENTION
    expected, found = _shown(bound), _shown(here)
    facts = {
        "expected": expected,
        "found": found,
        "login_begun": _called(bound, here),
        "login_now": _called(here, bound),
    }
    return Finding(Code.WRONG_LOGIN, result, expected, found, facts)


def _called(login: Login, other: Login) -> str:
    """What people call it: its name; with the user id where the names are the same."""
    return login.name if login.name != other.name else f"{login.name} (uid {login.uid})"


def _shown(login: Login) -> str:
    return f"{login.name} (uid {login.uid}, {login.source.value})"
