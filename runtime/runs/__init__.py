"""Run folders: an answer with everything that it rests on, written whole or not at all, shown and certified anew."""
