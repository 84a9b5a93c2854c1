"""The events: append-only, hash-chained, and what is derived from them."""
