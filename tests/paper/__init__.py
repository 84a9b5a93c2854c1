"""Tests of lgpki_tui/paper/."""
