"""Tests of lgpki_tui/ground/."""
