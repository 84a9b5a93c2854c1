"""The card: a port, and behind it a process of its own that holds the one module and the one session."""
