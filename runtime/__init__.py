"""A compiled model in, a certified `Result` out."""
