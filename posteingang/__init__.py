"""The command line: the one room that puts all others together."""
