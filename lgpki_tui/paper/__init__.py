"""The application sheet, a PDF with its text twin, and what checks it from outside. ONLY here: typst."""
