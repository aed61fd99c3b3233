"""In: the paper's bid tables in `data/appendix/`; out: the model's tables in `data/a`, `data/b`, `data/c`.

`python models/spot_market_vpp/make_data.py` writes them again. Prices keep their printed digits. A flexible bid is the
row or run of rows of highest priority (its profile) with the starting hours of all alternatives; in `bids.csv` the
profile's rows carry its number in the column `flexible_bid`, all other rows carry 0. The README says why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
# Study: tables of its buyers and its sellers, and its virtual power plants.
STUDIES = {
    "a": ("A2.csv", "A1.csv", ("User 4",)),
    "b": ("A3.csv", "A4.csv", ("User 4",)),
    "c": ("A5.csv", "A6.csv", ("VPP 1", "VPP 2", "VPP 3")),
}
# Printed priority codes as numbers; 0 is left for "no such alternative".
PRIORITY = {"11": "3", "10": "2", "01": "1"}
SIDE = {"buy": "1", "sell": "-1"}
# Cells of table A2 that cannot be meant as printed (README, "Readings of single cells").
CORRECTED = {
    ("A2.csv", "User 4", "23"): {"price": "0.038"},
    ("A2.csv", "User 4", "16"): {"kind": "flex_hour", "block_id": "f1"},
}

Row = dict[str, str]


def appendix_rows(table: str, appendix: Path) -> list[Row]:
    """One appendix table, the corrected cells put right."""
    with (appendix / table).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(CORRECTED.get((table, row["participant"], row["time"]), {}))
    return rows


def flexible_bids(rows: Sequence[Row], owner: str) -> list[list[list[Row]]]:
    """The owner's flexible bids, block before hour; each a list of alternatives, highest priority first."""
    own = [row for row in rows if row["participant"] == owner]
    runs: dict[str, list[Row]] = {}
    for row in own:
        if row["kind"] == "flex_block":
            runs.setdefault(row["block_id"], []).append(row)
    hours = [[row] for row in own if row["kind"] == "flex_hour"]
    found = [bid for bid in (list(runs.values()), hours) if bid]
    for bid in found:
        bid.sort(key=lambda rows: PRIORITY[rows[0]["priority"]], reverse=True)
    return found


def write(path: Path, header: str, rows: Iterable[Sequence[str | int]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def make_study(study: str, appendix: Path, target: Path) -> None:
    """Write one study's five tables under `target`."""
    buyers, sellers, vpps = STUDIES[study]
    tables = [appendix_rows(table, appendix) for table in (buyers, sellers)]
    participants: list[tuple[str, str]] = []
    bids: list[tuple[str, list[list[Row]]]] = []
    for rows in tables:
        names = list(dict.fromkeys(row["participant"] for row in rows))
        participants += [(name, rows[0]["side"]) for name in names]
        bids += [(name, bid) for name in names if name in vpps for bid in flexible_bids(rows, name)]
    number = {who: n for n, who in enumerate(participants, start=1)}
    profile_of = {id(row): k for k, (_, alternatives) in enumerate(bids, start=1) for row in alternatives[0]}

    write(
        target / "participants.csv",
        "participant,name,side,vpp",
        ([number[who], who[0], SIDE[who[1]], int(who[0] in vpps)] for who in participants),
    )
    write(
        target / "bids.csv",
        "participant,hour,price,quantity,flexible_bid",
        (
            [
                number[row["participant"], row["side"]],
                row["time"],
                row["price"],
                row["quantity"],
                profile_of.get(id(row), 0),
            ]
            for rows in tables
            for row in rows
        ),
    )
    numbered = list(enumerate(bids, start=1))
    write(
        target / "flexible.csv",
        "flexible,owner,side",
        ([k, owner, SIDE[alternatives[0][0]["side"]]] for k, (owner, alternatives) in numbered),
    )
    write(
        target / "profiles.csv",
        "flexible,position,price,quantity",
        (
            [k, position, row["price"], row["quantity"]]
            for k, (_, alternatives) in numbered
            for position, row in enumerate(alternatives[0])
        ),
    )
    write(
        target / "alternatives.csv",
        "flexible,alternative,begin,priority",
        (
            [k, a, rows[0]["time"], PRIORITY[rows[0]["priority"]]]
            for k, (_, alternatives) in numbered
            for a, rows in enumerate(alternatives, start=1)
        ),
    )


def make_all(appendix: Path = DATA / "appendix", target: Path = DATA) -> None:
    """Write the tables of all three studies."""
    for study in STUDIES:
        make_study(study, appendix, target / study)


if __name__ == "__main__":
    make_all()
