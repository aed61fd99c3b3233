"""Random right programs: walks through the grammar's own automaton, with words, blanks and comments put in."""

from __future__ import annotations

import random

from grammar.tables import Tables, load_tables
from grammar.words import END, STATEMENTS

SAMPLES = {
    "NAME": ["x", "t", "η_dis", "price", "first", "T2"],
    "NUMBER": ["1", "0.5", "2e3", "24"],
    "STRING": ['"a b"', '"# {"', '""'],
    "UNIT_SYMBOL": ["€", "%"],
}
GAPS = [" ", " ", " ", "  ", "\n", "\n\n", "\n\n\n", " # note\n", "\n# own line\n", "\t"]
CLOSERS = ("RPAR", "RSQB", "RBRACE")


def random_program(seed: int) -> str:
    """Some statements, each where it belongs."""
    numbers = random.Random(seed)
    words: list[str] = []
    for _ in range(numbers.randint(1, 4)):
        place = numbers.choice(["top", "player", "case"])
        first = {
            "top": ["SET", "PARAM", "LET", "CLEAR", "SHARED", "REPORT", "PLOT", "UNIT", "IMPORT", "SCENARIOS", "SOLVE"],
            "player": ["VAR", "PARAM", "LET", "MINIMIZE", "CONSTRAINT", "USE"],
            "case": ["FIX", "DROP", "PARAM"],
        }[place]
        statement = _statement(numbers, numbers.choice(first))
        words += statement if place == "top" else [place, "x", "{", *statement, "}"]
    return _joined(numbers, words)


def _joined(numbers: random.Random, words: list[str]) -> str:
    text = ""
    in_table = False
    for word in words:
        in_table = word == "table" or (in_table and word != "}")
        text += word + (numbers.choice([" ", "\n", " # c\n"]) if in_table else numbers.choice(GAPS))
    return text


def _statement(numbers: random.Random, keyword: str) -> list[str]:
    """A walk from `keyword` to a state where the next statement may begin."""
    tables = load_tables()
    states = [tables.start]
    _shift(tables, states, keyword)
    words = [tables.spellings[keyword]]
    while True:
        kinds = [k for k in tables.actions[states[-1]] if k == END or k not in STATEMENTS]
        possible = [k for k in kinds if _shift(tables, states.copy(), k)]
        if END in possible and (len(words) > 12 or len(possible) == 1 or numbers.random() < 0.3):
            return words
        possible = [k for k in possible if k != END]
        if len(words) > 12:  # come to an end: what closes, or is an operand by itself
            short = [k for k in possible if k in CLOSERS] or [k for k in possible if k in ("NAME", "NUMBER")]
            possible = short or possible
        kind = numbers.choice(possible)
        _shift(tables, states, kind)
        words.append(tables.spellings.get(kind) or numbers.choice(SAMPLES[kind]))


def _shift(tables: Tables, states: list[int], kind: str) -> bool:
    while True:
        step = tables.actions[states[-1]].get(kind)
        if step is None:
            return False
        if step >= 0:
            states.append(step)
            return True
        symbol, size = tables.rules[~step]
        if size:
            del states[-size:]
        states.append(tables.gotos[states[-1]][symbol])
        if states[-1] == tables.end:
            return True
