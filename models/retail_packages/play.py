"""The whole game as the paper plays it, from one start: retailers in turns, searches, users exact.

Each retailer looks for better rates by a particle swarm, its rivals' rates standing, and at every point of the swarm
all five users answer exactly, with whole numbers for the incentives; what the retailer buys is optimal for its demand.
A game comes to rest in a round in which nobody found anything better; it goes round in a circle where rates come back;
else it ends at a limit. `starts.py` plays it from several starts and compares where they end.
"""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import gamec
from compiler.pipeline import Compiled, compile_file
from runtime.methods.leader_question import Question
from runtime.methods.leader_value import Worth
from runtime.methods.method import Request, Search
from runtime.methods.particle_swarm import PARTICLE_SWARM
from runtime.methods.search_space import SearchSpace, linking, search_space
from runtime.methods.setting import Setting
from runtime.session import Named, named_at, reports_at

FOLDER = Path(__file__).parent
MODEL = FOLDER / "retail_packages.game"
RETAILERS = ("retailer_1", "retailer_2", "retailer_3")
PARTICLES, GENERATIONS = 8, 6
"""The paper prints neither."""

BETTER = 1e-3
"""Part of its value by which a retailer must gain to move: the paper's tolerance for the difference of profits is not
printed."""

BACK = 1e-2
"""Part of their ranges within which rates of an earlier round have come back."""

RISING = (("valley", "flat", "peak"), ("night", "day"), ("reward", "penalty"), ("level_1", "level_2", "level_3"))

Rates = dict[str, dict[str, float]]
"""Under `standing` those of electricity, under `gas_standing` those of gas."""

KINDS = (("standing", "rate", "rates"), ("gas_standing", "GasRate", "gas_rates"))


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def beginning(start: int) -> Rates:
    """The rates given for 0, else random ones within their bounds; those that are to rise are sorted."""
    random = np.random.default_rng(start)
    found: Rates = {}
    for name, key, file in KINDS:
        rows = {row[key]: row for row in table(file)}
        column = {k: float(row["given"]) for k, row in rows.items()}
        if start:
            column = {k: random.uniform(float(row["low"]), float(row["high"])) for k, row in rows.items()}
            for rising in RISING:
                names = [n for n in (*rising, *(f"gas_{r}" for r in rising)) if n in column]
                for n, value in zip(names, sorted(column[n] for n in names), strict=True):
                    column[n] = float(np.clip(value, float(rows[n]["low"]), float(rows[n]["high"])))
        found[name] = column
    return found


def places(rates: Rates) -> np.ndarray:
    """(rates,) in parts of their ranges."""
    rows = [(row, rates[name][row[key]]) for name, key, file in KINDS for row in table(file)]
    low, high = (np.array([float(row[end]) for row, _ in rows]) for end in ("low", "high"))
    found: np.ndarray = (np.array([value for _, value in rows]) - low) / np.where(high > low, high - low, 1.0)
    return found


@dataclass
class Play:
    """Where the game stands: `rates`, and a row for each turn, which `saved` holds from its end on. `blocks` 1 joins
    hours (see README.md), 0 leaves all 24 of them."""

    rates: Rates
    saved: Path
    deadline: float = np.inf
    blocks: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    points: int = 0
    ended: str = ""

    def data(self, retailer: str) -> dict[str, Any]:
        return {"leads": {name: float(name == retailer) for name in RETAILERS}, **self.rates, "blocks": self.blocks}

    def stands(self, retailer: str) -> gamec.Result:
        """Its answer where it stands, certified: nothing is searched."""
        return gamec.solve(MODEL, case="stands", data=self.data(retailer), method="particle_swarm")

    def seen(self, retailer: str) -> Named:
        """What it has where it stands, by name, exact but without a certificate."""
        compiled, setting, space = self._game(retailer)
        worth = _worth_of_start(setting, space)
        return named_at(compiled, worth.x, None, reports_at(compiled, worth.x, None))

    def turn(self, number: int, retailer: str) -> float:
        """The retailer moves if it found something better; returns by how much, in kCNY."""
        value = f"retailer[{retailer}].value"
        compiled, setting, space = self._game(retailer)
        stood = named_at(compiled, _worth_of_start(setting, space).x, None, {}).objectives[value]
        left = self.deadline - time.perf_counter()
        found = PARTICLE_SWARM.run(
            setting,
            Request(
                seed=100 * number + RETAILERS.index(retailer),
                time_limit=max(1.0, left) if np.isfinite(left) else None,
                search=Search(population=PARTICLES, generations=GENERATIONS),
            ),
        )
        self.points += PARTICLES * len(found.history)
        named = named_at(compiled, found.x, None, {})
        gain = named.objectives.get(value, stood) - stood
        if moved := gain > BETTER * (1 + abs(stood)):
            for name, column in (("price", "standing"), ("gas_price", "gas_standing")):
                for (_, rate), amount in named.values[name].to_dict().items():  # type: ignore[union-attr]
                    self.rates[column][rate] = float(amount)
        row = {"round": number, "retailer": retailer, "stood": stood, "found": stood + max(gain, 0.0), "moved": moved}
        row |= {player: v for player, v in named.objectives.items() if player.startswith("user")}
        self.rows.append({**row, **self.rates["standing"], **self.rates["gas_standing"]})
        self._save()
        return float(gain) if moved else 0.0

    def round(self, number: int) -> bool:
        """All turns of one round; False where the time was over before all had theirs."""
        for retailer in RETAILERS:
            if time.perf_counter() >= self.deadline:
                return False
            self.turn(number, retailer)
        return True

    def to_an_end(self, rounds: int) -> None:
        """At most so many rounds; `ended` says how it came out."""
        behind = [places(self.rates)]
        for number in range(1, rounds + 1):
            if not self.round(number):
                self.ended = f"limit: the time was over in round {number}"
                return
            if not any(row["moved"] for row in self.rows[-len(RETAILERS) :]):
                self.ended = f"rest: nobody found anything better in round {number}"
                return
            here = places(self.rates)
            back = [k for k, there in enumerate(behind) if np.max(np.abs(here - there)) <= BACK]
            if back:
                self.ended = f"circle: after round {number} rates are those after round {back[-1]}"
                return
            behind.append(here)
        self.ended = f"limit: {rounds} rounds"

    def _game(self, retailer: str) -> tuple[Compiled, Setting, SearchSpace]:
        compiled = compile_file(MODEL, case="turn", overrides=self.data(retailer))
        setting = Setting.of(compiled.ground)
        space = search_space(setting, linking(setting))
        assert isinstance(space, SearchSpace)
        return compiled, setting, space

    def _save(self) -> None:
        self.saved.parent.mkdir(parents=True, exist_ok=True)
        with self.saved.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.rows[0].keys())
            writer.writeheader()
            writer.writerows(self.rows)


def _worth_of_start(setting: Setting, space: SearchSpace) -> Worth:
    """Of the rates that stand, as if the retailer minimised."""
    return Question(setting, space).evaluator().worth(setting.game.start[space.columns])
