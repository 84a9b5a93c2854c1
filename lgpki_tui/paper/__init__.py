"""The application sheet: a PDF and its text twin, made from the parsed CSR. ONLY here: typst."""
