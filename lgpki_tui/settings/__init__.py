"""Layered configuration: every value knows which file it came from."""
