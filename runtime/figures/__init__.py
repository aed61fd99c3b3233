"""Figures: what is to be drawn as plain data (`chart`), where it comes from, and how matplotlib draws it for print."""
