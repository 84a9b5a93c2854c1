"""The shipped profiles, for tests of what they judge."""

from __future__ import annotations

from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.profile import Profile


def shipped_profile(kind: str) -> Profile:
    """The profile of a kind as it is shipped."""
    profile = load_profile(kind, profile_folders())
    assert profile is not None
    return profile


SHOKUSEKI = shipped_profile("shokuseki")
RIYOSHA = shipped_profile("riyosha")
MAIL = shipped_profile("mail")
WEB_SERVER = shipped_profile("web-server")
