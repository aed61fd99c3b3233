"""The whole game as the paper plays it: `python models/retail_packages/play.py [START [SECONDS [OUT]]]`.

Retailers take turns. Each looks for better rates by a particle swarm, its rivals' rates standing, and at every point of
the swarm all five users answer exactly, with whole numbers for the incentives; what the retailer buys is optimal for
its demand. The game ends in a round in which nobody found anything better, or when the time is over. START 0 begins at
the rates given, any other number at random ones within the bounds, in the order that packages ask; a file such as
`play/end_0.json` where that game stopped. Blocks of hours, as in README.md. A row for each turn and the end go into OUT
(`play` beside the model, unless named).
"""

from __future__ import annotations

import csv
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import gamec
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.files import figure_files

FOLDER = Path(__file__).parent
MODEL = FOLDER / "retail_packages.game"
RETAILERS = ("retailer_1", "retailer_2", "retailer_3")
PARTICLES, GENERATIONS = 8, 6
BETTER = 1e-3
"""Part of its value by which a retailer must gain to move: the paper's tolerance for the difference of profits is not
printed."""

Rates = dict[str, dict[str, float]]
"""Under `standing` those of electricity, under `gas_standing` those of gas."""


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def beginning(start: int) -> Rates:
    """The rates given, or random ones; rates that are to rise (valley, flat, peak and so on) are sorted."""
    random = np.random.default_rng(start)
    found: Rates = {}
    for name, key, file in (("standing", "rate", "rates"), ("gas_standing", "GasRate", "gas_rates")):
        rows = {row[key]: row for row in table(file)}
        column = {k: float(row["given"]) for k, row in rows.items()}
        if start:
            column = {k: random.uniform(float(row["low"]), float(row["high"])) for k, row in rows.items()}
            for rising in (("valley", "flat", "peak"), ("night", "day"), ("level_1", "level_2", "level_3")):
                names = [n for n in (*rising, *(f"gas_{r}" for r in rising)) if n in column]
                for n, value in zip(names, sorted(column[n] for n in names), strict=True):
                    column[n] = float(np.clip(value, float(rows[n]["low"]), float(rows[n]["high"])))
        found[name] = column
    return found


@dataclass
class Play:
    """Where the game stands: `rates`, and a row for each turn, which `saved` holds from its end on."""

    rates: Rates
    deadline: float
    saved: Path
    workers: int = 1
    rows: list[dict[str, Any]] = field(default_factory=list)
    points: int = 0

    def solved(self, case: str, retailer: str, **options: Any) -> Any:
        leads = {name: float(name == retailer) for name in RETAILERS}
        options = {"method": "particle_swarm", "workers": self.workers, **options}
        return gamec.solve(MODEL, case=case, data={"leads": leads, **self.rates}, **options)

    def stands(self, retailer: str) -> Any:
        """Its answer where it stands: nothing to search, so the one point is exact and certified."""
        return self.solved("stands", retailer)

    def turn(self, number: int, retailer: str) -> float:
        """The retailer moves if it found something better; returns by how much, in kCNY."""
        value = f"retailer[{retailer}].value"
        left = max(1.0, self.deadline - time.perf_counter())
        before = self.stands(retailer).objectives[value]
        found = self.solved(
            "turn",
            retailer,
            population=PARTICLES,
            generations=GENERATIONS,
            seed=100 * number + RETAILERS.index(retailer),
            time_limit=left,
        )
        self.points += PARTICLES * len([s for s in found.history if s.objectives])
        gain = found.objectives.get(value, before) - before
        if gain > BETTER * (1 + abs(before)):
            for name, column in (("price", "standing"), ("gas_price", "gas_standing")):
                for (_, rate), amount in found.value_of[name].to_dict().items():
                    self.rates[column][rate] = float(amount)
        row = {"round": number, "retailer": retailer, "stood": before, "found": before + gain, "gain": gain}
        row |= {player: v for player, v in found.objectives.items() if player.startswith("user")}
        self.rows.append({**row, **self.rates["standing"], **self.rates["gas_standing"]})
        self.save()
        print(f"round {number}, {retailer}: stood at {before:.3f}, best found {before + gain:.3f}", flush=True)
        return float(gain) if gain > BETTER * (1 + abs(before)) else 0.0

    def save(self) -> None:
        self.saved.parent.mkdir(parents=True, exist_ok=True)
        with self.saved.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0].keys())
            writer.writeheader()
            writer.writerows(self.rows)


def gone_on(out: Path, ended: Path, deadline: float) -> tuple[int, int, Play, float]:
    """The start, the rounds, the game and the processor's seconds so far of a game that stopped."""
    said = json.loads(ended.read_text(encoding="utf-8"))
    saved = out / f"turns_{said['start']}.csv"
    with saved.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    play = Play(said["rates"], deadline, saved, rows=rows, points=said["points"])
    return said["start"], said["rounds"], play, said["seconds of one processor"]


def main(asked: str, seconds: float, out: Path) -> None:
    deadline = time.perf_counter() + seconds
    if asked.isdigit():
        start, number, busy = int(asked), 0, 0.0
        play = Play(beginning(start), deadline, out / f"turns_{start}.csv")
    else:
        start, number, play, busy = gone_on(out, Path(asked), deadline)
    quiet = False
    while not quiet and time.perf_counter() < play.deadline:
        number += 1
        gains = []
        for retailer in RETAILERS:
            if time.perf_counter() >= play.deadline:
                break
            gains.append(play.turn(number, retailer))
        quiet = len(gains) == len(RETAILERS) and max(gains) == 0
    end = {retailer: play.stands(retailer) for retailer in RETAILERS}
    taken = [sorted(r.report_of["traded"].to_dict().items()) for r in end.values()]
    agree = all(np.allclose([v for _, v in t], [v for _, v in taken[0]], atol=1e-3) for t in taken)
    summary = {
        "start": start,
        "rounds": number,
        "points": play.points,
        "ended": "nobody found anything better" if quiet else "the time was over",
        "retailers agree about ties": agree,
        "seconds of one processor": round(busy + time.process_time(), 1),
        "rates": play.rates,
        "value": {r: a.objectives[f"retailer[{r}].value"] for r, a in end.items()},
        "profit": {r: a.report_of["profit"].to_dict()[r,] for r, a in end.items()},
        "risk": {r: a.report_of["risk"].to_dict()[r,] for r, a in end.items()},
        "certified": {r: bool(a.certificate.verified) for r, a in end.items()},
        "regret of users": max(g for a in end.values() for p, g in a.certificate.regret.items() if p[0] == "u"),
    }
    for name in ("comfort", "economy", "gas_comfort", "gas_economy", "traded", "gas_traded"):
        summary[name] = {str(k[0]): v for k, v in end[RETAILERS[0]].report_of[name].to_dict().items()}
    (out / f"end_{start}.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    for name, content in figure_files({c.name: c for c in pictures(play.rows)}, ("png",)).items():
        (out / Path(name).name.replace(".png", f"_{start}.png")).write_bytes(content)
    print(json.dumps(summary, indent=1))


def pictures(rows: list[dict[str, Any]]) -> list[Chart]:
    """Over the turns: what each retailer found (Fig. 5), users' satisfaction (Fig. 6), rates (Fig. 11)."""
    turns = tuple(range(1, len(rows) + 1))

    def line(label: str, name: str, of: str | None = None) -> Line:
        values = [row.get(name, "") if of in (None, row["retailer"]) else "" for row in rows]
        return Line(label, np.array([float(v) if v not in ("", None) else np.nan for v in values]))

    value = [line(f"{r}, {w}", w, r) for r in RETAILERS for w in ("stood", "found")]
    users = [line(n.split(".")[0], n) for n in dict.fromkeys(n for row in rows for n in row if n.startswith("user"))]
    power = [line(row["rate"], row["rate"]) for row in table("rates")]
    gas = [line(row["GasRate"], row["GasRate"]) for row in table("gas_rates")]
    panels = {
        "values": ("Retailers before and after their turns", (Panel(Kind.BARS, "kCNY", tuple(value)),)),
        "satisfaction": ("Users' satisfaction at the end of each turn", (Panel(Kind.LINES, "", tuple(users)),)),
        "rates": (
            "Rates after each turn",
            (Panel(Kind.LINES, "kCNY/MWh", tuple(power)), Panel(Kind.LINES, "kCNY/dam3", tuple(gas))),
        ),
    }
    return [Chart(name, title, "Turn", turns, drawn) for name, (title, drawn) in panels.items()]


if __name__ == "__main__":
    words = sys.argv[1:]
    seconds = float(words[1]) if len(words) > 1 else 300.0
    main(words[0] if words else "0", seconds, Path(words[2]) if len(words) > 2 else FOLDER / "play")
