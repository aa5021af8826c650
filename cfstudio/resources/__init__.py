"""Small data that comes with the program."""
