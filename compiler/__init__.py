"""From a parsed text to flat arrays or to other languages: one folder for each stage."""
