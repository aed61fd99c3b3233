"""Makes the builders and texts of the runtime tests importable here."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "runtime"), str(Path(__file__).parent)]
