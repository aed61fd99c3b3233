"""The forms of a model as plain data: the indexed expressions and declarations that make up a `Game`."""
