"""Data files -> tables: one module for each format, found through `registry`."""
