"""Makes the brute force of the runtime tests, and that of this folder, importable here."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "runtime"), str(Path(__file__).parent)]
