"""What is offered for a field that no registry knows: a name in LG.JP that the 団体 may have, to be taken by F4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lgpki_tui.faces.tui.judging import Spelling
from lgpki_tui.subject.host_name import host_problem
from lgpki_tui.subject.lg_jp import host_names
from lgpki_tui.subject.mail_address import MailProblem, mail_problem
from lgpki_tui.subject.profile import Form, Profile


def offered(profile: Profile, domains: tuple[str, ...], texts: Mapping[str, str]) -> Spelling | None:
    """A host name for a field that is empty, or an address for a local part; also while what is typed is a beginning of
    it, or is refused. Of several the likeliest.

    `domains`: candidates of the 団体 (subject/lg_jp.py); `texts`: what stands in the fields.
    """
    for field in profile.fields:
        text = texts.get(field.name.value, "")
        name = _OFFERED[field.form](text, domains) if field.form in _OFFERED and domains else None
        if name is not None and name != text:
            return Spelling(field.name.value, name, text, is_offer=True)
    return None


def _host_name(text: str, domains: tuple[str, ...]) -> str | None:
    """www before the domain; before that also another name that is typed so far."""
    names = host_names(domains)
    begun = _begun(text, names)
    if begun is not None or not text:
        return begun
    first, _, rest = text.partition(".")
    domain = _begun(rest, domains) if not host_problem(f"{first}.jp") else None
    if domain is not None:
        return f"{first}.{domain}"
    return names[0] if host_problem(text) is not None else None


def _mail_address(text: str, domains: tuple[str, ...]) -> str | None:
    """A domain behind what stands before the @."""
    local, _, rest = text.partition("@")
    if not local or mail_problem(f"{local}@{domains[0]}") is not None:
        return None
    wrong = mail_problem(text)
    domain = _begun(rest, domains)
    if domain is None and wrong is not None and wrong.problem is MailProblem.DOMAIN:
        domain = domains[0]
    return f"{local}@{domain}" if domain is not None else None


def _begun(text: str, names: Iterable[str]) -> str | None:
    """The first of the names that begins with the text, in either case."""
    return next((name for name in names if name.startswith(text.lower())), None)


_OFFERED: dict[Form, Callable[[str, tuple[str, ...]], str | None]] = {
    Form.HOST_NAME: _host_name,
    Form.MAIL_ADDRESS: _mail_address,
}
