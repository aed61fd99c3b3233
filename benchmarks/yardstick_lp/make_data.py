"""A number of days and a seed in, `yardstick.game` with its CSV files out. `python make_data.py FOLDER DAYS`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np

UNITS, WIND, BATTERIES, BASINS = 60, 12, 8, 4
"""Of the 60 units the last 12 are wind farms."""


def make_data(folder: Path, days: int, seed: int = 1) -> None:
    """Write the model and its load, units, availability, batteries and basins for 24*days hours.

    Load swings between 55 and 90 % of the thermal capacity, wind between 0 and 1. The same seed gives the same files.
    """
    rng = np.random.default_rng(seed)
    hours = np.arange(1, 24 * days + 1)
    names = [f"u{k:02d}" for k in range(1, UNITS + 1)]
    wind = np.arange(UNITS) >= UNITS - WIND
    cap = rng.uniform(50, 400, UNITS)
    ramp = np.where(wind, 2 * cap, cap * rng.uniform(0.15, 0.6, UNITS))
    cost = np.where(wind, 5.0, rng.uniform(150, 600, UNITS))
    thermal = float(cap[~wind].sum())
    day = 0.72 + 0.14 * np.sin((hours % 24 - 9) * np.pi / 12) + rng.normal(0, 0.015, len(hours))
    load, need = thermal * day, thermal * rng.uniform(0.03, 0.06, len(hours))
    fuel = 1 + 0.2 * np.sin(hours * np.pi / (24 * 7)) + rng.normal(0, 0.01, len(hours))
    front = np.cumsum(rng.normal(0, 0.06, (WIND, len(hours))), axis=1)
    blowing = 0.5 + 0.5 * np.sin(front + rng.uniform(0, 6, (WIND, 1)))

    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("yardstick.game"), folder)
    _write(folder / "load.csv", "t,load,need,fuel", hours.tolist(), load, need, fuel)
    _write(folder / "units.csv", "u,cap,ramp,cost", names, cap, ramp, cost)
    farms = np.repeat(np.array(names)[wind], len(hours)).tolist()
    _write(folder / "available.csv", "u,t,available", farms, np.tile(hours, WIND).tolist(), blowing.ravel())
    power = rng.uniform(20, 120, BATTERIES)
    batteries = [f"s{k}" for k in range(1, BATTERIES + 1)]
    wear = rng.uniform(5, 20, BATTERIES)
    _write(folder / "batteries.csv", "s,power,energy,wear", batteries, power, power * 4, wear)
    turbine = rng.uniform(80, 200, BASINS)
    basins = [f"b{k}" for k in range(1, BASINS + 1)]
    _write(folder / "basins.csv", "b,turbine,volume,inflow", basins, turbine, turbine * 60, turbine * 0.1)


def _write(path: Path, header: str, *columns: object) -> None:
    texts = [[f"{v:.4f}" if isinstance(v, float) else str(v) for v in column] for column in columns]  # type: ignore[attr-defined]
    path.write_text("\n".join([header, *map(",".join, zip(*texts, strict=True))]) + "\n", "utf-8")


if __name__ == "__main__":
    make_data(Path(sys.argv[1]), int(sys.argv[2]))
