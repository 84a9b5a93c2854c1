"""Loads screens/ into typed objects: words, messages, fields. Knows no toolkit."""
