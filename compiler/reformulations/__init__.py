"""`Program` in, `Program` and the way back out: one file for each reformulation."""
