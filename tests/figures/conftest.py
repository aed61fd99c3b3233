"""Makes the market of the run folders importable."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "runs"), str(Path(__file__).parents[1] / "runtime")]
