"""Decide who gets the document and hand it over exactly once."""
