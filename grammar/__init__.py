"""What a `.game` text is: the grammar, sources and spans, diagnostics, and the parser that recovers."""
