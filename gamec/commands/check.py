"""`gamec check FILE`: every mistake in a model and its cases, and what the model holds."""

from __future__ import annotations

import sys

from gamec.exit_codes import CERTIFIED
from gamec.options import DataFile, Form, Format, ModelFile, Sets
from gamec.terminal import paper_of, write
from gamec.watched import watched


def run(*, file: ModelFile, sets: Sets = None, data: DataFile = None, form: Form = Format.TEXT) -> int:
    from compiler.pipeline import check_file
    from gamec.guard import show_warnings
    from gamec.json_text import json_text
    from gamec.overrides import overrides
    from gamec.render import as_json
    from gamec.text_files import model_file
    from gamec.views.model import model_json, model_text

    values = overrides(sets, data)

    compiled = watched(f"checking {file}", lambda: check_file(model_file(file), overrides=values))
    show_warnings(compiled.warnings, form)
    if form is Format.JSON:
        document = {"status": "ok", **model_json(compiled), "diagnostics": [as_json(d) for d in compiled.warnings]}
        write(sys.stdout, json_text(document, sys.stdout))
    elif form is Format.TEXT:
        write(sys.stdout, model_text(compiled, paper_of(sys.stdout)))
    return CERTIFIED
