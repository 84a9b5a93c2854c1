"""Tests of lgpki_tui/pages/."""
