"""Ways to solve a game: one file for each method, saying what it solves and what it proves."""
