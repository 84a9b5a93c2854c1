"""The distinguished name that a draft and a profile give, and how it is shown."""

from __future__ import annotations

import re

from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.profile import Profile, Text

# RFC 4514, 2.4: escaped wherever they stand; a leading # or space and a trailing space too.
_SPECIAL = re.compile(r'[,+"\\<>;]|^[ #]| \Z')


def distinguished_name(draft: Draft, profile: Profile, municipality_name: str) -> tuple[tuple[str, str], ...]:
    """The subject as (attribute, value) pairs in the order of the certificate; every text exactly as it was given.

    Source: config/profiles, `[[subject]]`. The texts are judged elsewhere (subject/findings.py).
    """
    texts = {Text.MUNICIPALITY: municipality_name, Text.ORGANIZATION: draft.organization, Text.NAME: draft.name}
    texts |= {Text.MAIL_ADDRESS: draft.mail_address}
    return tuple((part.attribute, texts.get(part.text, part.fixed)) for part in profile.subject)


def shown_name(subject: tuple[tuple[str, str], ...]) -> str:
    """The name for people: ``C=JP, O=高島市, OU=..., CN=...``, specials escaped as in RFC 4514 section 2.4, inert.

    In the order of the certificate, which is the reverse of what RFC 4514 section 2.1 writes.
    """
    return ", ".join(f"{attribute}={inert(_escaped(value))}" for attribute, value in subject)


def _escaped(value: str) -> str:
    return _SPECIAL.sub(lambda special: "\\" + special.group(), value).replace("\0", "\\00")
