"""Plays the outsiders: card maker, registration branch, CA. Imported by faces/cli and tests only."""
