"""Syntax nodes and data files in, a checked `Game` and its bound data out."""
