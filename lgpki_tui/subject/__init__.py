"""PURE. Certificate profiles, text rules for Japanese names, the distinguished name."""
