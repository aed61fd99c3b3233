"""`Program` in, `Outcome` out: one adapter for each solver, which alone imports it."""
