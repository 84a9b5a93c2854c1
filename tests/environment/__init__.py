"""Tests of lgpki_tui/environment/."""
