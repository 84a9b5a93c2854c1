"""CSR, certificate, path, proof of possession. Signs by a callback; knows no card."""
