"""Makes the enumerations of the bilevel tests importable here."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "bilevel")]
