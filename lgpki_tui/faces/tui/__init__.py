"""The wizard: full screen, keyboard only. ONLY here: textual."""
