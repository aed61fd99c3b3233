"""Options that several commands share. In: a parser; out: the same with the options added and their words checked."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from enum import StrEnum


class Format(StrEnum):
    """How a command writes: for people, in single lines (editors, grep), or for programs (docs/json.md)."""

    TEXT = "text"
    SHORT = "short"
    JSON = "json"


def add_model(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a .game file, or - for standard input")


def add_format(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        dest="form",
        metavar="FORM",
        type=_format,
        default=Format.TEXT,
        help="text for people (the default), short for single lines, json for programs",
    )


def add_case(parser: ArgumentParser) -> None:
    parser.add_argument("--case", metavar="NAME", help="a case of the model; as it stands if left out")


def add_data(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="sets",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="give or override a parameter; may be repeated",
    )
    parser.add_argument("--data", metavar="FILE.json", help='parameters from a JSON object {"NAME": value, ...}')


def add_solving(parser: ArgumentParser) -> None:
    """How to solve; what a name may be is for the runtime to say."""
    parser.add_argument("--method", metavar="NAME", default="auto", help="how to solve; auto chooses and says why")
    parser.add_argument("--solver", metavar="NAME", default="auto", help="the solver; auto chooses and says why")
    parser.add_argument("--time-limit", metavar="SECONDS", type=_above_zero, help="stop a solve after this time")
    parser.add_argument("--gap", metavar="NUMBER", type=_at_least_zero, help="relative gap at which a solver may stop")
    parser.add_argument("--seed", metavar="NUMBER", type=_count, default=0, help="seed of whatever is random")


def _format(word: str) -> Format:
    try:
        return Format(word)
    except ValueError:
        raise ArgumentTypeError(f"{word!r} is none of {', '.join(Format)}") from None


def _at_least_zero(word: str) -> float:
    value = _finite(word)
    if value < 0:
        raise ArgumentTypeError(f"{word} is below 0")
    return value


def _above_zero(word: str) -> float:
    value = _finite(word)
    if value <= 0:
        raise ArgumentTypeError(f"{word} is not above 0")
    return value


def _finite(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentTypeError(f"{word!r} is no finite number")
    return value


def _count(word: str) -> int:
    # Solvers take seeds of 31 bits.
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) < 2**31):
        raise ArgumentTypeError(f"{word!r} is no whole number from 0 to {2**31 - 1}")
    return int(word)
