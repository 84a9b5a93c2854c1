"""What every card back end must do (card/port.py), judged by OpenSC, GnuTLS, OpenSSH and openssl.

The same tests for every token (tests/card/tokens/); what one of them cannot do is declared in gaps.py.
`make contract-table` writes docs/card-contract.md, a row for each clause.
"""
