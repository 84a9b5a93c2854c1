"""What every room may use: codes, findings, inert text, secrets, the clock, strict tables, shipped files."""
