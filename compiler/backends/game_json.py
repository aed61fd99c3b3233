"""A checked game with its data in, one JSON document for other tools out: `write`.

docs/game.schema.json says what stands where; `VERSION` counts changes that break readers. Nothing is expanded: a
constraint is one tree over its indices, and data stand beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.backends.bound_data import BoundData, Emittable, Key
from compiler.backends.expression_json import domain, number, set_tree, tree
from compiler.backends.script_request import ScriptRequest
from compiler.ir.game import (
    BoundDef,
    CaseDef,
    ConstraintDef,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    PlayerDef,
    ReportDef,
    SetDef,
    Signature,
    VarDef,
)
from grammar.diagnostics import Diagnostic, DiagnosticError, Hint
from grammar.source import Span

FORMAT, VERSION = "gamec-game", 1

Json = dict[str, Any]


def write(compiled: Emittable, request: ScriptRequest) -> str:
    """The document. Raises DiagnosticError (G807) where one player's problem or a form is asked for."""
    if request.player or request.form != "auto":
        words = "`--to json` writes the game as it is written: it takes no `--player` and no `--form`"
        raise DiagnosticError([Diagnostic("G807", words, hints=(Hint("leave them out"),))])
    document = game_json(compiled.game, compiled.bound_data(), Path(compiled.source.path).name)
    return json.dumps({**document, "gamec": request.version}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def game_json(game: Game, data: BoundData, source: str) -> Json:
    return {
        "format": FORMAT,
        "version": VERSION,
        "source": source,
        "name": game.name,
        "doc": game.doc,
        "case": game.case,
        "sets": [_set(s, data) for s in game.sets],
        "parameters": [_param(p, data) for p in game.all_params()],
        "definitions": [_let(d) for d in game.all_lets()],
        "players": [_player(p) for p in game.players],
        "shared": [_constraint(c) for c in game.shared],
        "fixes": [
            {
                "player": f.variable.player,
                "variable": f.variable.name,
                "indices": [tree(i) for i in f.indices],
                "domain": domain(f.domain),
                "value": tree(f.value),
                "span": _span(f.span),
            }
            for f in game.fixes
        ],
        "reports": [_report(r) for r in game.reports],
        "comparisons": [_report(r) for r in game.comparisons],
        "cases": [_case(c) for c in game.cases],
        "options": [{"name": o.name, "value": o.value, "span": _span(o.span)} for o in game.options],
    }


def _span(span: Span) -> Json:
    line, column = span.source.line_column(span.start)
    end_line, end_column = span.source.line_column(span.end)
    place = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return {"file": Path(span.source.path).name, **place}


def _head(signature: Signature) -> Json:
    unit = None if signature.unit is None else signature.unit.text
    place = _span(signature.span)
    return {"name": signature.name, "doc": signature.doc, "tex": signature.tex, "unit": unit, "span": place}


def _set(declared: SetDef, data: BoundData) -> Json:
    head = _head(declared.signature)
    del head["unit"]
    elements = [list(e) if isinstance(e, tuple) else e for e in data.sets[declared.name]]
    over = [c.name for c in declared.components]
    text = None if declared.value is None else set_tree(declared.value)
    return {**head, "letters": list(declared.letters), "components": over, "defined_as": text, "elements": elements}


def _param(declared: ParamDef, data: BoundData) -> Json:
    values: dict[Key, float] = dict(data.params[declared.player, declared.name])
    return {
        **_head(declared.signature),
        "player": declared.player,
        "domain": domain(declared.domain),
        "keys": [list(key) for key in values],
        "values": [number(v) for v in values.values()],
    }


def _let(declared: LetDef) -> Json:
    head = {**_head(declared.signature), "player": declared.player}
    return {**head, "domain": domain(declared.domain), "value": tree(declared.value)}


def _bound(bound: BoundDef) -> Json:
    return {"relation": bound.relation, "value": tree(bound.value)}


def _variable(declared: VarDef) -> Json:
    return {
        **_head(declared.signature),
        "kind": declared.kind,
        "domain": domain(declared.domain),
        "bounds": [_bound(b) for b in declared.bounds],
        "start": None if declared.start is None else tree(declared.start),
        "before_first": None if declared.before is None else tree(declared.before),
        "at_last": None if declared.final is None else _bound(declared.final),
        "cyclic": declared.cyclic,
    }


def _constraint(declared: ConstraintDef) -> Json:
    found = {**_head(declared.signature), "domain": domain(declared.domain), "relation": declared.relation}
    if declared.perp is not None:
        found["perp"] = [tree(side) for side in declared.perp]
        found["relation"] = "perp"
    else:
        found["left"] = tree(declared.left)
        if declared.middle is not None:
            found["middle"] = tree(declared.middle)
        found["right"] = tree(declared.right)
    if declared.condition is not None:
        found["holds_if"] = {"binary": tree(declared.condition), "is": int(declared.holds_at)}
    found["price"] = None if declared.price is None else _head(declared.price)
    if declared.shared:
        found["multipliers"] = "individual" if declared.individual else "common"
    return found


def _objective(declared: ObjectiveDef) -> Json:
    sense = "maximize" if declared.maximize else "minimize"
    return {
        **_head(declared.signature),
        "sense": sense,
        "domain": domain(declared.domain),
        "value": tree(declared.value),
    }


def _player(declared: PlayerDef) -> Json:
    head = _head(declared.signature)
    del head["unit"]
    return {
        **head,
        "domain": domain(declared.domain),
        "follows": [{"player": name, "own_index": name in declared.own_leaders} for name in declared.leaders],
        "ties": "optimistic" if declared.optimistic else "pessimistic",
        "market": declared.market,
        "variables": [_variable(v) for v in declared.variables],
        "objective": _objective(declared.objective),
        "constraints": [_constraint(c) for c in declared.constraints],
    }


def _report(declared: ReportDef) -> Json:
    value = None if declared.missing else tree(declared.value)
    return {**_head(declared.signature), "domain": domain(declared.domain), "value": value}


def _case(declared: CaseDef) -> Json:
    place = _span(declared.span)
    return {"name": declared.name, "doc": declared.doc, "extends": declared.extends, "span": place}
