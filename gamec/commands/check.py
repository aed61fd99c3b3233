"""`gamec check FILE`: every mistake in a model and its cases, and what the model holds."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from gamec.exit_codes import CERTIFIED
from gamec.options import Format, add_data, add_format, add_model
from gamec.terminal import paper_of, write
from gamec.watched import watched


def options(parser: ArgumentParser) -> None:
    add_model(parser)
    add_data(parser)
    add_format(parser)


def run(*, file: str, sets: list[str], data: str | None, form: Format) -> int:
    from compiler.pipeline import Compiled, check_file, check_source, disk_reader
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.render import as_json
    from gamec.text_files import read_text
    from gamec.views.model import model_json, model_text

    values = overrides(sets, data)

    def work() -> Compiled:
        if file == "-":
            return check_source(read_text(file), disk_reader(Path()), overrides=values)
        return check_file(file, overrides=values)

    compiled = watched(f"checking {file}", work)
    show_warnings(compiled.warnings, form)
    if form is Format.JSON:
        document = {"status": "ok", **model_json(compiled), "diagnostics": [as_json(d) for d in compiled.warnings]}
        write(sys.stdout, json_text(document, sys.stdout))
    elif form is Format.TEXT:
        write(sys.stdout, model_text(compiled, paper_of(sys.stdout)))
    return CERTIFIED
