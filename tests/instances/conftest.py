"""Makes the builders of the runtime tests, and the random games of the bilevel tests, importable."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("runtime", "bilevel")]
