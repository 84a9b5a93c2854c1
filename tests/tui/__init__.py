"""Tests of lgpki_tui/faces/tui/."""
