"""What commands say about a model or an answer, as text for people. In: results; out: lines."""
