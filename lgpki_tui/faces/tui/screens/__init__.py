"""The screens, one a file; the folder of the same name in screens/ holds its words, fields and look."""
