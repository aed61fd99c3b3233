"""`gamec compile FILE --to LANGUAGE`: the model as a program in another language."""

from __future__ import annotations

from argparse import ArgumentParser

from gamec.options import add_case, add_data, add_model


def options(parser: ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--to", metavar="LANGUAGE", required=True, help="pyomo: an indexed, standalone script")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output if left out")
    add_case(parser)
    add_data(parser)


def run(*, file: str, to: str, output: str | None, case: str | None, sets: list[str], data: str | None) -> int:
    raise NotImplementedError
