"""The application sheet: a PDF and its text twin, made from the parsed CSR; and what checks it from outside. ONLY here: typst."""
