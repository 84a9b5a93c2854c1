"""What a CSR says, in rows that every face can show: read from its bytes, never from what was typed."""

from __future__ import annotations

from lgpki_tui.ground.inert import inert
from lgpki_tui.pki.names import subject_of
from lgpki_tui.pki.request import Request
from lgpki_tui.pki.request_checks import named

Row = tuple[str, str]


def preview(request: Request) -> tuple[Row, ...]:
    """(label key, value) rows in the order of the file; the key is one of screens/commands.toml, the value inert.

    A key comes again for each further value of its kind: one row for each attribute of the subject, each name and each
    purpose. What is not asked for has no row.
    """
    asked = request.extensions
    told = (
        ("preview.subject", tuple(f"{kind}={text}" for kind, text in subject_of(request.subject))),
        ("preview.key", (request.key,)),
        ("preview.host-name", asked.host_names),
        ("preview.mail-address", asked.mail_addresses),
        ("preview.key-usage", asked.key_usage),
        ("preview.purpose", asked.extended_key_usage),
        ("preview.other-extension", tuple(map(named, request.other_extensions))),
        ("preview.attribute", tuple(map(named, request.attributes))),
        ("preview.algorithm", (request.algorithm.shown,)),
        ("preview.csr-sha256", (request.sha256,)),
        ("preview.public-key-sha256", (request.public_key_sha256,)),
    )
    return tuple((key, inert(value)) for key, values in told for value in values)
