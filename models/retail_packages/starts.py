"""The whole game from several starts: `python -m models.retail_packages.starts [OUT]`, options by `--help`.

Each start is played to its end (`play.py`), as many at a time as there are workers; where it ended, every retailer's
answer is certified. Start 0 begins at the rates given, others at random ones drawn with their number as seed. Into OUT
go, for each start, a row for every turn and `end_START.json` with all that the README tells of it, and pictures: values
of retailers, users' satisfaction and rates over the turns (the paper's Figs. 5, 6 and 11), profits before and after. A
start whose `end_START.json` is there, with as many rounds and periods, is not played again.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import gamec
from models.retail_packages.play import FOLDER, MODEL, RETAILERS, Play, beginning, table
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.figures.files import figure_files

STARTS, ROUNDS = 4, 5

Summary = dict[str, Any]


def played(start: int, out: Path, rounds: int, deadline: float, blocks: int) -> Summary:
    """A start played to its end, with what it begins and ends with. `deadline` as `time.time()`."""
    saved = out / f"end_{start}.json"
    if saved.exists():
        there: Summary = json.loads(saved.read_text(encoding="utf-8"))
        if (there["rounds at most"], there["blocks"]) == (rounds, blocks) and "time" not in there["ended"]:
            return there
    found = _played(start, out, rounds, deadline, blocks)
    saved.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _played(start: int, out: Path, rounds: int, deadline: float, blocks: int) -> Summary:
    begun, busy = time.time(), time.process_time()
    play = Play(beginning(start), out / f"turns_{start}.csv", time.perf_counter() + deadline - begun, blocks)
    first = {retailer: play.seen(retailer) for retailer in RETAILERS}
    play.to_an_end(rounds)
    end = {retailer: play.stands(retailer) for retailer in RETAILERS}
    taken = [np.array(list(result.report_of["traded"].to_dict().values())) for result in end.values()]
    last = play.rows[-len(RETAILERS) :]
    return {
        "start": start,
        "rounds at most": rounds,
        "blocks": blocks,
        "ended": play.ended,
        "turns": len(play.rows),
        "moved": sum(row["moved"] for row in play.rows),
        "points": play.points,
        "value at the start": {r: named.objectives[f"retailer[{r}].value"] for r, named in first.items()},
        "value at the end": {r: a.objectives[f"retailer[{r}].value"] for r, a in end.items()},
        "profit at the start": {r: _only(named.reports["profit"]) for r, named in first.items()},
        "profit at the end": {r: _only(a.report_of["profit"]) for r, a in end.items()},
        "risk at the end": {r: _only(a.report_of["risk"]) for r, a in end.items()},
        "last gain": {row["retailer"]: row["found"] - row["stood"] for row in last},
        "satisfaction at the start": _users(first[RETAILERS[0]].objectives),
        "satisfaction at the end": _users(end[RETAILERS[0]].objectives),
        "retailers agree about ties": all(np.allclose(t, taken[0], atol=1e-3) for t in taken),
        "certified": all(a.certificate.verified for a in end.values()),
        "why not certified": [reason for a in end.values() for reason in a.certificate.reasons],
        "regret of users": max(g for a in end.values() for p, g in a.certificate.regret.items() if p[0] == "u"),
        "rates": play.rates,
        **{
            name: {str(key[0]): v for key, v in end[RETAILERS[0]].report_of[name].to_dict().items()}
            for name in ("comfort", "economy", "gas_comfort", "gas_economy", "traded", "gas_traded")
        },
        "seconds of one processor": round(time.process_time() - busy, 1),
        "seconds": round(time.time() - begun, 1),
        "rows": play.rows,
    }


def before() -> dict[str, float]:
    """Profits before the game: users buy a third from each retailer, demand and rates as given."""
    found = {r: gamec.solve(MODEL, case=f"before_{r[-1]}") for r in RETAILERS}
    return {r: _only(result.report_of["profit"]) for r, result in found.items()}


def _only(report: Any) -> float:
    (value,) = report.to_dict().values()
    return float(value)


def _users(objectives: dict[str, float]) -> dict[str, float]:
    return {p.split("[")[1].split("]")[0]: v for p, v in objectives.items() if p.startswith("user")}


def told(found: list[Summary], profits: dict[str, float]) -> str:
    """The README's table, and the spread over the starts."""
    lines = ["| start | ended | turns, moves | values at the start | values at the end | last gains | certified |"]
    lines.append("|" + "---|" * 7)

    def three(values: dict[str, float], digits: int = 1) -> str:
        return ", ".join(f"{values[r]:.{digits}f}" for r in RETAILERS)

    for one in found:
        cells = [one["start"], one["ended"], f"{one['turns']}, {one['moved']}", three(one["value at the start"])]
        gains = {r: one["last gain"].get(r, float("nan")) for r in RETAILERS}
        cells += [three(one["value at the end"]), three(gains), "yes" if one["certified"] else "no"]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    lines.append("")
    for name, what in (("value", "Values"), ("profit", "Profits")):
        ends = np.array([[one[f"{name} at the end"][r] for r in RETAILERS] for one in found])
        lines.append(
            f"{what} at the ends: "
            + ", ".join(f"{r} {a:.1f} to {b:.1f}" for r, a, b in zip(RETAILERS, ends.min(0), ends.max(0), strict=True))
            + f"; all three {ends.sum(1).min():.1f} to {ends.sum(1).max():.1f}."
        )
    lines.append(f"Profits before the game: {three(profits)}; all three {sum(profits.values()):.1f}.")
    return "\n".join(lines)


def pictures(rows: list[Summary]) -> list[Chart]:
    """What each retailer stood at and found in each round (Fig. 5), users' satisfaction (Fig. 6) and rates (Fig. 11)
    after each turn."""
    turns = tuple(range(1, len(rows) + 1))
    rounds = tuple(range(1, 1 + max(row["round"] for row in rows)))

    def line(label: str, name: str) -> Line:
        return Line(label, np.array([float(row[name]) for row in rows]))

    def of_rounds(retailer: str, label: str, name: str) -> Line:
        mine = {row["round"]: float(row[name]) for row in rows if row["retailer"] == retailer}
        return Line(label, np.array([mine.get(number, np.nan) for number in rounds]))

    values = [
        Panel(Kind.BARS, "kCNY", (of_rounds(r, "stood at", "stood"), of_rounds(r, "found", "found")), title=r)
        for r in RETAILERS
    ]
    users = dict.fromkeys(name for row in rows for name in row if name.startswith("user["))
    satisfied = tuple(line(name.split("[")[1].split("]")[0], name) for name in users)
    power = tuple(line(row["rate"], row["rate"]) for row in table("rates"))
    gas = tuple(line(row["GasRate"].removeprefix("gas_"), row["GasRate"]) for row in table("gas_rates"))
    rates = (
        Panel(Kind.LINES, "kCNY/MWh", power, title="electricity"),
        Panel(Kind.LINES, "kCNY/dam3", gas, title="gas"),
    )
    return [
        Chart("values", "Values of retailers before and after their turns", "Round", rounds, tuple(values)),
        Chart(
            "satisfaction", "Satisfaction of users after each turn", "Turn", turns, (Panel(Kind.LINES, "", satisfied),)
        ),
        Chart("rates", "Rates after each turn", "Turn", turns, rates),
    ]


def profits_chart(found: list[Summary], profits: dict[str, float]) -> Chart:
    """Profits before the game, and at the end of each start."""
    ends = [profits, *(one["profit at the end"] for one in found)]
    lines = tuple(Line(r, np.array([end[r] for end in ends])) for r in RETAILERS)
    places = ("before the game", *(f"start {one['start']}" for one in found))
    title = "Profits of retailers before the game and at the end of each start"
    return Chart("profits", title, "", places, (Panel(Kind.BARS, "kCNY", lines),))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.retail_packages.starts", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, default=FOLDER / "play", help="folder for what comes out")
    parser.add_argument("--starts", default=",".join(map(str, range(STARTS))), help="which (0,1,2,3)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds of turns at most ({ROUNDS})")
    parser.add_argument("--seconds", type=float, default=540.0, help="after which no turn begins (540)")
    parser.add_argument("--workers", type=int, default=2, help="starts at a time, a process each (2)")
    parser.add_argument("--blocks", action="store_true", help="blocks of hours in place of 24 hours")
    asked = parser.parse_args()
    begun, busy = time.time(), time.process_time()
    one = partial(played, out=asked.out, rounds=asked.rounds, deadline=begun + asked.seconds, blocks=int(asked.blocks))
    with ProcessPoolExecutor(asked.workers, get_context("spawn")) as pool:
        found = list(pool.map(one, (int(start) for start in asked.starts.split(","))))
    profits = before()
    asked.out.mkdir(parents=True, exist_ok=True)
    charts = {f"{c.name}_{s['start']}": c for s in found for c in pictures(s["rows"])}
    charts["profits"] = profits_chart(found, profits)
    for name, content in figure_files(charts, ("png",)).items():
        (asked.out / Path(name).name).write_bytes(content)
    print(told(found, profits))
    starts = sum(one["seconds of one processor"] for one in found)
    rest = time.process_time() - busy
    print(f"Now {time.time() - begun:.0f} s; starts {starts:.0f} s of one processor, the rest {rest:.0f} s.")


if __name__ == "__main__":
    main()
