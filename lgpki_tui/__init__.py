"""LGPKI TUI: obtaining an LGPKI certificate on an IC card, and living with it."""

__version__ = "0.1.0"
