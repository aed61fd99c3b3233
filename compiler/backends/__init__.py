"""A `Game` in, a text in another language out: one file and one template for each target."""
