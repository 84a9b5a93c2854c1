"""Tests of lgpki_tui/media/."""
