"""Tests of lgpki_tui/identity/."""
