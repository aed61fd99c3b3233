"""A `Game` and its data in, flat arrays over one column space out (`GroundGame`), without a loop over instances."""
