"""`make csr-table`: what `csr check`, openssl and GnuTLS say of the CSRs of cryptography_vectors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cryptography_vectors

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.pki.request_checks import check_request
from tests.pki.vector_notes import NOTES

VECTORS = Path(str(cryptography_vectors.__file__)).parent / "x509" / "requests"
TABLE = Path(__file__).parents[2] / "docs" / "csr-vectors.md"
_HEAD = """\
# What `csr check` says of known CSRs, beside openssl and GnuTLS

Written by `make csr-table` from the {count} CSRs of cryptography_vectors {version} (x509/requests); a test keeps this
file to what is seen. `csr check` judges the whole request, openssl (`req -verify -noout`) and GnuTLS (`certtool
--crq-info`) whether the signature holds. The column *signature* is what `csr check` says of that alone, so that all
three can be compared; where the whole is judged otherwise than by openssl, the note says why.

"""


@dataclass(frozen=True, slots=True)
class Row:
    """One CSR. `ours`, `openssl`, `gnutls`: ok, attention (ours), fail; `why`: check and reasons where not ok."""

    name: str
    ours: str
    signature: str
    openssl: str
    gnutls: str
    why: str

    @property
    def differs(self) -> bool:
        """Whether one of us and openssl takes it and the other does not."""
        return (self.ours == "fail") is not (self.openssl == "fail")


def rows() -> list[Row]:
    """What is seen of every vector, in the order of their names."""
    return [_row(file) for file in sorted(VECTORS.iterdir())]


def render(seen: Iterable[Row]) -> str:
    """The document."""
    table = list(seen)
    notes = list(dict.fromkeys(NOTES[row.name] for row in table if row.differs))
    lines = ["| CSR | `csr check` | signature | openssl | GnuTLS | why | note |", "| --- " * 7 + "|"]
    for row in table:
        note = f"({notes.index(NOTES[row.name]) + 1})" if row.differs else ""
        cells = (row.name, row.ours, row.signature, row.openssl, row.gnutls, row.why, note)
        lines.append("| " + " | ".join(cells) + " |")
    head = _HEAD.format(count=len(table), version=version("cryptography-vectors"))
    return head + "\n".join(lines) + "\n\n" + "\n".join(f"{at}. {note}" for at, note in enumerate(notes, 1)) + "\n"


def _row(file: Path) -> Row:
    findings = {one.code: one for one in check_request(file.read_bytes()).findings}
    results = {one.result for one in findings.values()}
    worst = next((each for each in (Result.FAIL, Result.ATTENTION) if each in results), Result.OK)
    bad = [one for one in findings.values() if one.result is not Result.OK]
    why = "; ".join(f"{one.code}: {', '.join(map(str, _reasons(one.facts.get('reasons'))))}" for one in bad)
    signature = findings[Code.REQUEST_SIGNATURE].result.value
    return Row(file.name, worst.value, signature, _openssl(file), _gnutls(file), why)


def _reasons(found: object) -> list[object]:
    return list(found) if isinstance(found, list) else []


def _openssl(file: Path) -> str:
    """By its words: openssl 3.0 ends with 0 whether the signature holds or not (measured)."""
    form = "DER" if file.suffix == ".der" else "PEM"
    done = _run("openssl", "req", "-verify", "-noout", "-inform", form, "-in", str(file))
    return "ok" if "verify OK" in done else "fail"


def _gnutls(file: Path) -> str:
    done = _run("certtool", "--crq-info", "--infile", str(file), *(["--inder"] if file.suffix == ".der" else []))
    held = "Self signature: verified" in done
    return "unreadable extension" if held and "error:" in done else "ok" if held else "fail"


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return (done.stdout + done.stderr).decode(errors="replace")


def main() -> int:
    """Write the document; say how many differ."""
    seen = rows()
    TABLE.write_text(render(seen), encoding="utf-8")
    print(f"{len(seen)} CSRs, {sum(row.differs for row in seen)} judged otherwise than by openssl: {TABLE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
