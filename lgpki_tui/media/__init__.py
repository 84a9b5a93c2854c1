"""The output folder: probe, write, sync, read back, compare."""
