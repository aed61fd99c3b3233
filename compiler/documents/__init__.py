"""A checked `Game` -> the document that describes it: sections, tables and numbered formulas, in no output language."""
