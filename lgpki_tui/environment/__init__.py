"""Collects the probes that each room brings into one report (doctor)."""
