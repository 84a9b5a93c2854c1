"""This PC and this login as a sandbox pretends them; what it does not name is the real one's."""

from __future__ import annotations

from lgpki_tui.identity.login import read_login
from lgpki_tui.identity.machine import machine_of, read_machine
from lgpki_tui.procedure.identity import Login, LoginSource, Machine
from lgpki_tui.settings.model import Pretend


def machine_as(pretend: Pretend | None) -> Machine:
    """This PC, or the pretended one. Raises Refusal: machine_id_missing."""
    host_name = pretend.host_name.value if pretend and pretend.host_name else None
    if pretend is not None and pretend.machine_id is not None:
        return machine_of(pretend.machine_id.value, host_name)
    return read_machine(host_name=host_name)


def login_as(pretend: Pretend | None) -> Login:
    """This login, or the pretended one."""
    login = read_login()
    if pretend is None or (pretend.login_name is None and pretend.login_uid is None):
        return login
    uid = pretend.login_uid.value if pretend.login_uid else login.uid
    name = pretend.login_name.value if pretend.login_name else login.name
    return Login(uid, name, LoginSource.PRETEND)


def shown(pretend: Pretend | None) -> dict[str, str]:
    """What is pretended, by its key in sandbox.toml."""
    names = ("machine_id", "host_name", "login_name", "login_uid", "now")
    values = {name: getattr(pretend, name, None) for name in names}
    return {name: str(value.value) for name, value in values.items() if value is not None}
