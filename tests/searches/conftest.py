"""Makes the builders and texts of the runtime tests, and the games of the runs, importable here."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("runtime", "runs", "searches")]
