"""`gamec compile FILE --to LANGUAGE`: the model as a program in another language."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from gamec.exit_codes import CERTIFIED
from gamec.options import Format, add_case, add_data, add_model
from gamec.terminal import write


def options(parser: ArgumentParser) -> None:
    add_model(parser)
    parser.add_argument("--to", metavar="LANGUAGE", required=True, help="pyomo: an indexed, standalone script")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output if left out or -")
    add_case(parser)
    add_data(parser)


def run(*, file: str, to: str, output: str | None, case: str | None, sets: list[str], data: str | None) -> int:
    from compiler.backends.registry import emit
    from compiler.pipeline import compile_file, compile_source, disk_reader
    from gamec.guard import show_warnings
    from gamec.overrides import overrides
    from gamec.text_files import read_text, write_whole
    from gamec.version import version

    values = overrides(sets, data)
    if file == "-":
        compiled = compile_source(read_text(file), disk_reader(Path()), case=case, overrides=values)
    else:
        compiled = compile_file(file, case=case, overrides=values)
    show_warnings(compiled.warnings, Format.TEXT)
    text = emit(compiled, to, version())
    if output is None or output == "-":
        write(sys.stdout, text)
    else:
        write_whole(output, text)
    return CERTIFIED
