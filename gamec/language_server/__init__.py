"""The language server behind `gamec lsp`. In: texts as they are typed; out: diagnostics,
hovers, definitions, completions.

Only `server`, `published`, `outline` and `positions` know the protocol; the rest answers in values of its own.
"""
