"""What doctor looks at in this room: can this PC and this login be told apart from others?"""

from __future__ import annotations

from collections.abc import Callable

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Facts, Finding, Refusal, Result
from lgpki_tui.procedure.identity import Login, LoginSource, Machine


def machine_finding(machine: Callable[[], Machine]) -> Finding:
    """`machine_id_missing`: ok with the digest, fail with the reason."""
    try:
        here = machine()
    except Refusal as refusal:
        return Finding(refusal.code, Result.FAIL, found=refusal.facts.get("reason"), facts=refusal.facts)
    facts: Facts = {"machine": here.id_sha256, "host_name": here.host_name}
    return Finding(Code.MACHINE_ID_MISSING, Result.OK, found=here.host_name, facts=facts)


def login_finding(login: Callable[[], Login]) -> Finding:
    """`login_unclear`: attention when the uid is only the real one, since an su cannot be seen then."""
    here = login()
    result = Result.ATTENTION if here.source is LoginSource.REAL_UID else Result.OK
    facts: Facts = {"uid": here.uid, "login": here.name, "source": here.source.value}
    return Finding(
        Code.LOGIN_UNCLEAR, result, expected=LoginSource.LOGINUID.value, found=here.source.value, facts=facts
    )


def look(machine: Callable[[], Machine], login: Callable[[], Login]) -> tuple[Finding, ...]:
    """Both findings, of the real PC or of the one that a sandbox pretends."""
    return machine_finding(machine), login_finding(login)
