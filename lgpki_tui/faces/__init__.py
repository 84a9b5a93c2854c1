"""How a person or a script meets the program."""
