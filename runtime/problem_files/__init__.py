"""One optimisation problem of a game, as files that solvers read; each file one format."""
