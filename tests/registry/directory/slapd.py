"""A real directory: Debian's slapd, started by whoever runs the tests, on ports and in a folder of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from lgpki_tui.subject.draft import Entry

SLAPD, SLAPADD = "/usr/sbin/slapd", "/usr/sbin/slapadd"
HOST = "127.0.0.1"
READER, SMALL, PASSWORD = "cn=reader,dc=site", "cn=small,dc=site", "ひみつ canary-7f3a"
ORGANIZATIONS, ACCOUNTS, MANY = "ou=organizations,dc=site", "ou=accounts,dc=site", "ou=many,dc=site"
# Parts of the tree that lie on another server: below the base, and the base itself.
PARTLY, GONE = "ou=partly,dc=site", "ou=gone,dc=site"
MANY_ROWS = 1203
SMALL_LIMIT = 100

# Attributes of the site's own (OIDs of OpenLDAP's arc for experiments).
_SCHEMA = """
attributetype ( 1.3.6.1.4.1.4203.666.1.901 NAME 'lgCode' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.902 NAME 'lgOrganization' EQUALITY caseIgnoreMatch
    SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.903 NAME 'lgName' EQUALITY caseIgnoreMatch
    SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.904 NAME 'lgReading' EQUALITY caseIgnoreMatch
    SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.1.905 NAME 'lgBytes' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.4203.666.3.901 NAME 'lgRow' SUP top STRUCTURAL MUST uid
    MAY ( lgCode $ lgOrganization $ lgName $ lgReading $ lgBytes ) )
"""
_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include {folder}/lg.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/{certificate}.pem
TLSCertificateKeyFile {folder}/{certificate}.key
sizelimit size.soft=2000 size.hard=5000 size.prtotal=unlimited
database mdb
suffix dc=site
rootdn cn=root,dc=site
directory {data}
dbnosync
maxsize 67108864
limits dn.exact="{small}" size.soft={limit} size.hard={limit} size.prtotal={limit}
access to dn.subtree="ou=closed,dc=site" by dn.exact="{reader}" read by * auth
access to attrs=userPassword by * auth
access to * by * read
"""


@dataclass(frozen=True)
class Files:
    """Certificates in a folder: NAME.pem and NAME.key, and `ca.pem` that vouches for all of them."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def other_ca(self) -> Path:
        return self.folder / "other.pem"


def make_files(folder: Path) -> Files:
    """good, expired and elsewhere (of another host), by one CA; and another CA."""
    now, ca_key = datetime.now(UTC), generate_private_key(SECP256R1())
    for name, key in (("ca", ca_key), ("other", generate_private_key(SECP256R1()))):
        _write(folder, name, key, _certificate(name, key, name, key, now, now + timedelta(days=2), None))
    ends = {"good": (now + timedelta(days=2), HOST), "expired": (now - timedelta(days=1), HOST)}
    ends["elsewhere"] = (now + timedelta(days=2), "127.9.9.9")
    for name, (end, host) in ends.items():
        key = generate_private_key(SECP256R1())
        _write(folder, name, key, _certificate(name, key, "ca", ca_key, end - timedelta(days=9), end, host))
    return Files(folder)


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    start: datetime,
    end: datetime,
    host: str | None,
) -> x509.Certificate:
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    builder = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number(), start, end)
    builder = builder.add_extension(x509.BasicConstraints(host is None, None), critical=True)
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _write(folder: Path, name: str, key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Slapd:
    """One server, plain (and StartTLS) on one port and TLS on another."""

    def __init__(self, files: Files, data: Path, certificate: str = "good") -> None:
        self.port, self.tls_port = free_port(), free_port()
        self.uri, self.tls_uri = f"ldap://{HOST}:{self.port}", f"ldaps://{HOST}:{self.tls_port}"
        self._config = _written_config(files, data, certificate)
        self.start()

    def start(self) -> None:
        """Start it; also again after it was killed."""
        command = [SLAPD, "-f", str(self._config), "-h", f"{self.uri}/ {self.tls_uri}/", "-d", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (self.port, self.tls_port):
            _wait_for(port, self.process)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)


def fill(files: Files, data: Path, organizations: Iterable[Entry], accounts: Iterable[Entry], referred: int) -> None:
    """Write a database with these rows; `referred`: the port that references to another server name."""
    data.mkdir()
    config = _written_config(files, data, "good")
    blocks = [*_tree(referred)]
    blocks += [_row(ORGANIZATIONS, f"o{place}", entry) for place, entry in enumerate(organizations)]
    blocks += [_row(ACCOUNTS, f"a{place}", entry) for place, entry in enumerate(accounts)]
    blocks += [_row(MANY, f"m{place}", Entry("252123", f"大量部第{place:04}課")) for place in range(MANY_ROWS)]
    command = [SLAPADD, "-q", "-f", str(config)]
    done = subprocess.run(command, input="\n".join(blocks).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def _tree(referred: int) -> Iterable[str]:
    yield _block("dc=site", objectClass=["dcObject", "organization"], dc="site", o="site")
    for base in (ORGANIZATIONS, ACCOUNTS, MANY, PARTLY, "ou=closed,dc=site"):
        yield _block(base, objectClass="organizationalUnit", ou=base.partition("=")[2].partition(",")[0])
    yield _row("ou=closed,dc=site", "c0", Entry("252123", "非公開課"))
    yield _row(PARTLY, "p0", Entry("252123", "一部課"))
    for dn in (f"ou=rest,{PARTLY}", GONE):
        ref = f"ldap://{HOST}:{referred}/{dn}"
        yield _block(
            dn, objectClass=["referral", "extensibleObject"], ou=dn.partition("=")[2].partition(",")[0], ref=ref
        )
    for dn in (READER, SMALL):
        yield _block(
            dn, objectClass=["device", "simpleSecurityObject"], cn=dn[3:].partition(",")[0], userPassword=PASSWORD
        )


def _row(base: str, uid: str, entry: Entry) -> str:
    given: dict[str, str | list[str]] = {"objectClass": "lgRow", "uid": uid, "lgCode": entry.municipality_code}
    texts = {"lgOrganization": entry.organization, "lgName": entry.name or ""}
    texts["lgReading"] = entry.name_reading or entry.organization_reading
    return _block(f"uid={uid},{base}", **given, **{name: text for name, text in texts.items() if text})


def _block(dn: str, **attributes: str | list[str]) -> str:
    """One entry as LDIF (RFC 2849), every value in base64."""
    from base64 import b64encode

    values = [
        (name, each) for name, given in attributes.items() for each in ([given] if isinstance(given, str) else given)
    ]
    lines = [f"{name}:: {b64encode(value.encode()).decode()}" for name, value in (("dn", dn), *values)]
    return "\n".join(lines) + "\n"


def _written_config(files: Files, data: Path, certificate: str) -> Path:
    (files.folder / "lg.schema").write_text(_SCHEMA)
    config = data.parent / f"{data.name}-{certificate}.conf"
    words = {"folder": files.folder, "data": data, "certificate": certificate}
    config.write_text(_CONFIG.format(**words, small=SMALL, reader=READER, limit=SMALL_LIMIT))
    return config


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        assert process.poll() is None, "slapd has ended"
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise AssertionError("slapd does not listen")


class Counting:
    """A port that accepts and says nothing; `taken` counts the connections."""

    def __init__(self) -> None:
        self.taken = 0
        self._kept: list[socket.socket] = []
        self._socket = socket.create_server((HOST, 0))
        self.port = int(self._socket.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._kept.append(self._socket.accept()[0])
            except OSError:
                return
            self.taken += 1
            Thread(target=self.greet, args=(self._kept[-1],), daemon=True).start()

    def greet(self, connection: socket.socket) -> None:
        """What it does with a new connection: nothing."""

    def close(self) -> None:
        """Give everything back."""
        for each in (self._socket, *self._kept):
            each.close()


class Between(Counting):
    """Passes everything on to a server; `meanwhile` is called when the server has said `after` bytes."""

    def __init__(self, port: int, after: int, meanwhile: Callable[[], None]) -> None:
        self._to, self._after, self._meanwhile = port, after, meanwhile
        self.said = 0
        super().__init__()

    def greet(self, connection: socket.socket) -> None:
        server = socket.create_connection((HOST, self._to))
        self._kept.append(server)
        Thread(target=self._pass, args=(connection, server, False), daemon=True).start()
        Thread(target=self._pass, args=(server, connection, True), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        try:
            while data := one.recv(4096):
                self.said += len(data) if counts else 0
                if counts and self.said > self._after:
                    self._meanwhile()
                other.sendall(data)
        except OSError:
            pass
        finally:
            with_no_error(lambda: other.shutdown(socket.SHUT_RDWR))


def with_no_error(act: Callable[[], None]) -> None:
    """A socket that is closed already needs no closing."""
    with suppress(OSError):
        act()


def environment_of(pid: int) -> bytes:
    """Arguments and environment of a process, as others of the same user may read them."""
    return Path(f"/proc/{pid}/cmdline").read_bytes() + _readable(Path(f"/proc/{pid}/environ"))


def _readable(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except PermissionError:
        return b""
