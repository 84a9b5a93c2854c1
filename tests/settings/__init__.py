"""Tests of lgpki_tui/settings/."""
