"""The practice IC card: a MyEID-compatible card in software, for the reader of vsmartcard-vpcd. Started as a process.

It protects nothing real. Its keys lie unencrypted in a file of its owner (0600); its PINs lie there as salted digests,
which a PIN of 4 to 8 digits does not stand for long. It is for practice and tests: never put a key of worth on it.
It names itself "OsEID", the name that OpenSC keeps for software implementations of MyEID.
"""
