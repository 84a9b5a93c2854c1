"""What is offered for a field that no registry knows: a name in LG.JP that the 団体 may have, to be taken by F4."""

from __future__ import annotations

from collections.abc import Mapping

from lgpki_tui.faces.tui.judging import Spelling
from lgpki_tui.subject.lg_jp import host_names
from lgpki_tui.subject.profile import Form, Profile


def offered(profile: Profile, domains: tuple[str, ...], texts: Mapping[str, str]) -> Spelling | None:
    """The likeliest host name for an empty field, or the likeliest domain behind the local part of a mail address.

    `domains`: candidates of the 団体 (subject/lg_jp.py); `texts`: what stands in the fields.
    """
    for field in profile.fields:
        text = texts.get(field.name.value, "")
        if field.form is Form.HOST_NAME and not text and (names := host_names(domains)):
            return Spelling(field.name.value, names[0])
        if field.form is Form.MAIL_ADDRESS and domains and text.strip("@") and not text.partition("@")[2]:
            return Spelling(field.name.value, f"{text.partition('@')[0]}@{domains[0]}")
    return None
