"""Each stage of the compiler as text for people who want to see what it made. In: a stage's result; out: a text."""
