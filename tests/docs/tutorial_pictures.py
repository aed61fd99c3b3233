"""The tutorial's pictures and its model, made by its own commands: `python -m tests.docs.tutorial_pictures` walks
through the page and puts them into `docs/tutorial`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.docs.blocks import ROOT
from tests.docs.walk import walk

PICTURES = {
    "prices.png": "runs/led/figures/prices.png",
    "balance.png": "runs/led/figures/balance_community.balance.png",
    "owners.png": "runs/owners/figures/objectives.png",
    "size.png": "runs/size/figures/objective_station.profit.png",
}
"""Name beside the page -> where a command of the page draws it."""

if __name__ == "__main__":
    docs = ROOT / "docs"
    with tempfile.TemporaryDirectory() as scratch:
        wrong = walk(docs / "tutorial.md", Path(scratch))
        for name, source in {**PICTURES, "park.game": "park.game", "day.csv": "day.csv"}.items():
            shutil.copyfile(Path(scratch) / source, docs / "tutorial" / name)
    print("\n".join(wrong))
    sys.exit(bool(wrong))
