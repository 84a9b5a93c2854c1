"""The directory's process: holds one LDAP connection and asks over it what it is told to. The only file with `ldap`.

A process of its own because libldap waits without end in some places (measured with 2.5.13: a server that accepts a
connection and never answers the TLS handshake): whoever asks ends it at the deadline. The bind password is read here
and is in no other process. Requests and answers are lines of JSON on standard input and output; it ends with its pipe.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal

_TLS_1_2 = 0x303
# What python-ldap raises (by the class's name: RFC 4511, appendix A), in our codes and reasons.
_ERRORS = {
    "TIMEOUT": (Code.DIRECTORY_UNREACHABLE, "timeout"),
    "SERVER_DOWN": (Code.DIRECTORY_UNREACHABLE, "closed"),
    "CONNECT_ERROR": (Code.DIRECTORY_UNREACHABLE, "closed"),
    "BUSY": (Code.DIRECTORY_UNREACHABLE, "busy"),
    "UNAVAILABLE": (Code.DIRECTORY_UNREACHABLE, "busy"),
    "INVALID_CREDENTIALS": (Code.DIRECTORY_BIND, "credentials"),
    "INAPPROPRIATE_AUTH": (Code.DIRECTORY_BIND, "refused"),
    "STRONG_AUTH_REQUIRED": (Code.DIRECTORY_BIND, "refused"),
    "CONFIDENTIALITY_REQUIRED": (Code.DIRECTORY_BIND, "refused"),
    "INVALID_DN_SYNTAX": (Code.DIRECTORY_ANSWER, "settings"),
    "FILTER_ERROR": (Code.DIRECTORY_ANSWER, "settings"),
    "UNDEFINED_TYPE": (Code.DIRECTORY_ANSWER, "settings"),
    "INAPPROPRIATE_MATCHING": (Code.DIRECTORY_ANSWER, "settings"),
    "NO_SUCH_OBJECT": (Code.DIRECTORY_ANSWER, "no_base"),
    "INSUFFICIENT_ACCESS": (Code.DIRECTORY_ANSWER, "rights"),
    "OPERATIONS_ERROR": (Code.DIRECTORY_ANSWER, "rights"),
    "UNWILLING_TO_PERFORM": (Code.DIRECTORY_ANSWER, "rights"),
    "REFERRAL": (Code.DIRECTORY_ANSWER, "referral"),
    "TIMELIMIT_EXCEEDED": (Code.DIRECTORY_ANSWER, "time_limit"),
}
_CUT = ("SIZELIMIT_EXCEEDED", "ADMINLIMIT_EXCEEDED")


class Connection:
    """One connection to one server, made at the first question and kept while it lasts."""

    def __init__(self, server: Mapping[str, Any]) -> None:
        """`server`: uri, tls, ca, bind_dn, password_file, connect (seconds); see directory.Server."""
        self._server = server
        self._open: Any = None

    def answer(self, question: Mapping[str, Any]) -> dict[str, Fact]:
        """The rows, or a code with its facts. `question`: base, filter, attributes, most, page, seconds."""
        import ldap

        kept = self._open is not None
        try:
            try:
                return self._search(question)
            except ldap.SERVER_DOWN:
                self._open = None
                if not kept:
                    raise
                return self._search(question)  # an idle connection that the server had given up
        except Refusal as refusal:
            found: dict[str, Fact] = {"code": refusal.code.value, **refusal.facts}
        except ldap.LDAPError as error:
            found = refused(error)
        except (ValueError, TypeError) as error:  # what libldap does not take, such as an option
            found = {"code": Code.DIRECTORY_ANSWER.value, "reason": "settings", "detail": str(error)}
        self._open = None
        return found

    def _search(self, question: Mapping[str, Any]) -> dict[str, Fact]:
        from ldap.controls.libldap import SimplePagedResultsControl

        connection = self._connected()
        end = time.monotonic() + question["seconds"]
        rows: list[Fact] = []
        most, cookie, references, cut = question["most"], b"", 0, False
        while not cut:
            page = SimplePagedResultsControl(False, size=min(question["page"], most + 1 - len(rows)), cookie=cookie)
            message = connection.search_ext(
                question["base"],
                2,  # the whole tree below the base
                question["filter"],
                list(question["attributes"]),
                serverctrls=[page],
                timeout=max(1, round(question["seconds"])),
            )
            found, elsewhere, cookie, cut = _page(connection, message, end, most - len(rows))
            rows += found
            references += elsewhere
            if not cookie:
                break
        return {"rows": rows, "cut": cut, "references": references}

    def _connected(self) -> Any:
        if self._open is None:
            self._open = connect(self._server)
        return self._open


def connect(server: Mapping[str, Any]) -> Any:
    """A connection that is bound, over TLS unless the settings say "none". Raises LDAPError, Refusal."""
    import ldap

    connection = ldap.initialize(server["uri"])
    connection.set_option(ldap.OPT_PROTOCOL_VERSION, 3)
    connection.set_option(ldap.OPT_REFERRALS, 0)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, float(server["connect"]))
    connection.set_option(ldap.OPT_TIMEOUT, float(server["connect"]))
    who, password = server["bind_dn"] or "", b""
    if server["password_file"]:
        from lgpki_tui.registry.directory_password import read_password

        password = read_password(Path(server["password_file"]))
    if server["tls"] != "none":
        _demand_certificate(connection, server["ca"])
    if server["tls"] == "starttls":
        _start_tls(connection, server)  # who does not get it ends here: nothing is ever sent without
    try:
        connection.simple_bind_s(who, password)
    except (ldap.SERVER_DOWN, ldap.CONNECT_ERROR) as error:
        if server["tls"] != "ldaps":  # there the handshake comes with the first request
            raise
        raise _told_why(server, error) from None
    return connection


def _start_tls(connection: Any, server: Mapping[str, Any]) -> None:
    import ldap

    try:
        connection.start_tls_s()
    except ldap.TIMEOUT:
        raise
    except (ldap.SERVER_DOWN, ldap.CONNECT_ERROR) as error:
        raise _told_why(server, error) from None
    except ldap.LDAPError as error:  # it answered that it will not
        raise Refusal(Code.DIRECTORY_TLS, reason="starttls", detail=_described(error)) from None


def _demand_certificate(connection: Any, ca: str) -> None:
    """One that the file vouches for, with the server's name, whatever ldap.conf and the environment say."""
    import ldap

    if not os.access(ca, os.R_OK):
        raise Refusal(Code.DIRECTORY_TLS, reason="ca_file", detail=ca)
    connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, ca)
    connection.set_option(ldap.OPT_X_TLS_PROTOCOL_MIN, _TLS_1_2)
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)


def _told_why(server: Mapping[str, Any], error: Exception) -> Refusal:
    from lgpki_tui.registry.directory_tls import why

    reason, detail = why(server["uri"], Path(server["ca"]), float(server["connect"]))
    if reason == "unreachable":
        return Refusal(Code.DIRECTORY_UNREACHABLE, reason="connect", detail=detail)
    return Refusal(Code.DIRECTORY_TLS, reason=reason, detail=detail or _described(error))


def _page(connection: Any, message: int, end: float, room: int) -> tuple[list[Fact], int, bytes, bool]:
    """One page: rows, references to other servers, the cookie of the next page, and whether rows were left out."""
    import ldap

    rows: list[Fact] = []
    references = 0
    while True:
        try:
            # Entry by entry: a server that stops at its limit has given some before it says so.
            kind, data, _, controls = connection.result3(message, all=0, timeout=max(0.01, end - time.monotonic()))
        except ldap.LDAPError as error:
            if type(error).__name__ in _CUT:
                return rows, references, b"", True
            raise
        for name, attributes in data or ():
            if name is None:
                references += 1
            elif len(rows) == room:
                connection.abandon_ext(message)
                return rows, references, b"", True
            else:
                rows.append(_row(attributes))
        if kind == ldap.RES_SEARCH_RESULT:
            return rows, references, _cookie(controls), False


def _row(attributes: Mapping[str, Sequence[bytes]]) -> dict[str, Fact]:
    """Texts by attribute; a value that is not UTF-8 is left out, and its row then lacks it."""
    return {
        name.lower(): [text for text in map(_text, values) if text is not None] for name, values in attributes.items()
    }


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _cookie(controls: Sequence[Any]) -> bytes:
    return next((bytes(control.cookie) for control in controls if hasattr(control, "cookie")), b"")


def refused(error: Exception) -> dict[str, Fact]:
    """An LDAPError as a code with its facts."""
    code, reason = _ERRORS.get(type(error).__name__, (Code.DIRECTORY_ANSWER, "other"))
    return {"code": code.value, "reason": reason, "detail": _described(error)}


def _described(error: Exception) -> str:
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    words = (told.get("desc"), told.get("info"))
    return ": ".join(str(word) for word in words if word) or type(error).__name__


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer line by line until the pipe ends. The first line names the server."""
    connection: Connection | None = None
    for line in requests:
        asked = json.loads(line)
        if connection is None:
            connection = Connection(asked)
            continue
        try:
            told = connection.answer(asked)
        except ImportError as error:
            told = {"code": Code.DIRECTORY_EXTRA.value, "detail": str(error)}
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


def main() -> int:
    """Answer until the pipe ends. Always 0."""
    from lgpki_tui.ground.hardening import harden

    harden()
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0
