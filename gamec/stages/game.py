"""A checked game as text. In: `Game`; out: its statements with full names, indices and units, player by player."""

from __future__ import annotations

from compiler.ir.game import (
    BoundDef,
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
from gamec.cells import clean
from gamec.stages.expression_text import domain_text, expression_text, index_text, set_text, target_name


def game_text(game: Game) -> str:
    blocks = [[_headed(f"game {game.name}" + (f", case {game.case}" if game.case else ""), game.doc)]]
    blocks.append([*map(_set, game.sets), *map(_param, game.params), *map(_let, game.lets)])
    blocks += [_player(player) for player in game.players]
    blocks.append([_constraint(c) for c in game.shared])
    blocks.append([_fix(fix.variable, fix.indices, fix.value, domain_text(fix.domain)) for fix in game.fixes])
    blocks.append([*map(_report, game.reports), *map(_report, game.comparisons)])
    blocks.append([_headed(f"case {case.name}", case.doc) for case in game.cases])
    return "\n\n".join("\n".join(clean(line) for line in lines) for lines in blocks if lines)


def _player(player: PlayerDef) -> list[str]:
    relation = f" follows {', '.join(player.leaders)}" if player.leaders else ""
    relation += "" if player.optimistic else " pessimistic"
    kind = "price setter" if player.market else "player"
    head = f"{kind} {player.name}{_bracketed(domain_text(player.domain))}{relation}"
    lines = [*map(_param, player.params), *map(_let, player.lets), *map(_var, player.variables)]
    lines += [_objective(player.objective), *map(_constraint, player.constraints)]
    return [_headed(head, player.signature.doc), *(f"  {line}" for line in lines)]


def _set(d: SetDef) -> str:
    letters = f" index {', '.join(d.letters)}" if d.letters else ""
    inside = f" in {set_text(d.parent)}" if d.parent is not None else ""
    if d.value is not None:
        value = f" = {set_text(d.value)}"
    else:
        column = f' column "{d.column}"' if d.column else ""
        value = f' from "{d.file}"{column}' if d.file is not None else ""
    return _headed(f"set {d.name}{letters}{inside}{value}", d.signature.doc)


def _param(d: ParamDef) -> str:
    value = f" default {expression_text(d.default)}" if d.default is not None else ""
    if d.value is not None:
        value += f" = {expression_text(d.value)}"
    elif d.literal is not None:
        value += f" = a list of {len(d.literal.entries)}"
    elif d.clusters is not None:
        value += f' = {"weights" if d.weights else "centres"} of {d.clusters.count} clusters of "{d.clusters.file}"'
    elif d.file is not None:
        value += f' from "{d.file}"' + (f' column "{d.column}"' if d.column else "")
    return _headed(f"param {_head(d)}{value}", d.signature.doc)


def _let(d: LetDef) -> str:
    return _headed(f"let {_head(d)} = {expression_text(d.value)}", d.signature.doc)


def _var(d: VarDef) -> str:
    words = f"var {_head(d)}" + (f" {d.kind}" if d.kind != "real" else "")
    words += "".join(f" {_limit(bound)}" for bound in d.bounds)
    words += f" start {expression_text(d.start)}" if d.start is not None else ""
    words += f" starts {expression_text(d.before)}" if d.before is not None else ""
    words += f" ends {_limit(d.final)}" if d.final is not None else ""
    return _headed(words + (" cyclic" if d.cyclic else ""), d.signature.doc)


def _objective(d: ObjectiveDef) -> str:
    return _headed(
        f"{'maximize' if d.maximize else 'minimize'} {_head(d)} = {expression_text(d.value)}", d.signature.doc
    )


def _constraint(d: ConstraintDef) -> str:
    kind = "shared" if d.shared else "constraint"
    if d.perp is not None:
        relation = f"0 <= {expression_text(d.perp[0])} perp {expression_text(d.perp[1])} >= 0"
    elif d.middle is not None:
        relation = " <= ".join(map(expression_text, (d.left, d.middle, d.right)))
    else:
        relation = f"{expression_text(d.left)} {d.relation} {expression_text(d.right)}"
    if d.condition is not None:
        relation = f"{'' if d.holds_at else 'not '}{expression_text(d.condition)} => {relation}"
    price = f"  price {d.price.name}{_unit(d.price)}" if d.price is not None else ""
    return _headed(f"{kind} {_head(d)}: {relation}{price}{' individual' if d.individual else ''}", d.signature.doc)


def _fix(variable: VarDef, indices: object, value: object, domain: str) -> str:
    inside = ", ".join(index_text(i) for i in indices)  # type: ignore[attr-defined]
    return f"fix {target_name(variable)}{_bracketed(inside)} = {expression_text(value)}" + (  # type: ignore[arg-type]
        f" for {domain}" if domain else ""
    )


def _report(d: ReportDef) -> str:
    value = f"none, since this case drops {d.missing}" if d.missing else expression_text(d.value)
    return _headed(f"{d.kind} {_head(d)} = {value}", d.signature.doc)


def _limit(bound: BoundDef) -> str:
    return f"{bound.relation} {expression_text(bound.value)}"


def _head(d: ParamDef | LetDef | VarDef | ObjectiveDef | ConstraintDef | ReportDef) -> str:
    return f"{d.name}{_bracketed(domain_text(d.domain))}{_unit(d.signature)}"


def _bracketed(text: str) -> str:
    return f"[{text}]" if text else ""


def _unit(signature: Signature) -> str:
    return f" : {signature.unit.text}" if signature.unit is not None else ""


def _headed(words: str, doc: str) -> str:
    return f'{words}  "{doc}"' if doc else words
