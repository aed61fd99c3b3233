"""Parse tree in, syntax nodes out; a node keeps its place in the text."""
