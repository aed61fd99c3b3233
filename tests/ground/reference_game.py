"""Syntax tree + data texts -> the whole game, one dictionary entry for each column, row and objective.

Built on `tests.ground.reference`; what it says is compared with the flat arrays of `compiler.ground`.
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field, fields, is_dataclass, replace

from compiler.syntax import declarations, expressions
from tests.ground.reference import Reference
from tests.ground.reference_words import Environment, FaultError, Key, Member, Poly, letters_of, scaled, total


@dataclass
class Column:
    lower: float = -math.inf
    upper: float = math.inf
    integer: bool = False
    start: float = math.nan


@dataclass
class Row:
    """`lower <= body <= upper`; `body` has no constant."""

    body: Poly
    lower: float
    upper: float


@dataclass
class ReferenceGame:
    """Keys are (player, declaration, elements); the orders are those of the dictionaries. `faults` are codes."""

    columns: dict[Key, Column] = field(default_factory=dict)
    rows: dict[Key, Row] = field(default_factory=dict)
    objectives: dict[tuple[str, tuple[object, ...]], Poly] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    reports: dict[str, dict[tuple[object, ...], Poly | None]] = field(default_factory=dict)


def reference_game(tree: declarations.Model, files: dict[str, str], case: str = "") -> ReferenceGame:
    """The game that the text means, with `case` applied."""
    tree, fixes = with_case(tree, case)
    reference = Reference(tree, files)
    game = ReferenceGame(faults=reference.faults)
    for name in reference.sets:
        reference.elements(name)
    parameters = [m for m in reference.top.values() if isinstance(m.node, declarations.ParamDecl)]
    parameters += [
        m for own in reference.members.values() for m in own.values() if isinstance(m.node, declarations.ParamDecl)
    ]
    for member in parameters:
        with contextlib.suppress(FaultError):
            reference.table(member)
    for player, own in reference.members.items():
        for name, member in own.items():
            if isinstance(member.node, declarations.VarDecl):
                for key, env in reference.member_instances(member):
                    game.columns[player, name, key] = _column(reference, game, member, key, env)
        for s in reference.players[player].body or ():
            if isinstance(s, declarations.ConstraintDecl):
                for key, env in reference.member_instances(Member(player, s)):
                    _constraint(reference, game, player, s, key, env)
            if isinstance(s, declarations.ObjectiveDecl):
                for key, env in reference.member_instances(Member(player, s)):
                    game.objectives[player, key] = _guarded(reference, s.value, env, player)
    for fix in fixes:
        _fix(reference, game, fix)
    if any(c.lower > c.upper for c in game.columns.values()):
        game.faults.append("G510")
    for row in game.rows.values():
        if not any(row.body.values()) and (row.lower > 1e-9 or row.upper < -1e-9):
            game.faults.append("G607")
    if not game.faults:
        for name, member in reference.top.items():
            if isinstance(member.node, declarations.ReportDecl):
                game.reports[name] = {
                    key: _value_or_none(reference, member.node.value, env)
                    for key, env in reference.member_instances(member)
                }
        reference.faults.clear()
    return game


def _value_or_none(reference: Reference, node: expressions.Expr, env: Environment) -> Poly | None:
    """A report that cannot be evaluated has no value; the model stands."""
    try:
        return reference.value(node, env, "")
    except FaultError:
        return None


def _guarded(reference: Reference, node: expressions.Expr, env: Environment, player: str) -> Poly:
    try:
        return reference.value(node, env, player)
    except FaultError:
        return {}


def _split(body: Poly) -> tuple[Poly, float]:
    return {k: v for k, v in body.items() if k}, body.get((), 0.0)


def _column(
    reference: Reference, game: ReferenceGame, member: Member, key: tuple[object, ...], env: Environment
) -> Column:
    d, player, name = member.node, member.owner, member.node.head.name.text
    column = Column(integer=d.kind in ("integer", "binary"))
    if d.kind == "binary":
        column.lower, column.upper = 0.0, 1.0
    if d.start is not None:
        column.start = _guarded(reference, d.start, env, player).get((), 0.0)
    limits = [(b, "lower bound" if b.relation == ">=" else "upper bound") for b in d.bounds]
    if d.ends is not None and is_last(reference, member, env):
        limits.append((d.ends, "final value"))
    for bound, word in limits:
        body = total([{((player, name, key),): 1.0}, scaled(_guarded(reference, bound.value, env, player), -1)])
        terms, constant = _split(body)
        if holds_variables(reference, bound.value, player):
            low = -constant if bound.relation in (">=", "==") else -math.inf
            high = -constant if bound.relation in ("<=", "==") else math.inf
            game.rows[player, f"{name} ({word})", key] = Row(terms, low, high)
            continue
        if bound.relation in (">=", "=="):
            column.lower = max(column.lower, -constant)
        if bound.relation in ("<=", "=="):
            column.upper = min(column.upper, -constant)
    return column


def is_last(reference: Reference, member: Member, env: Environment) -> bool:
    """`ends` speaks of the last element of the index that the variable is stepped along, which is `t` in these models,
    else of the last index."""
    letters = [x for i in reference.head_index(member) for x in letters_of(i)]
    name = member.node.head.name.text
    if name not in reference.stepped:
        reference.stepped[name] = stepped(reference.tree, name)
    letter = env["t" if "t" in letters and reference.stepped[name] else letters[-1]]
    return letter.value == letter.along[-1]


def stepped(tree: object, name: str) -> bool:
    """Whether a use of this name, outside reports, has a sum or a step among its indices."""
    if isinstance(tree, expressions.Ref):
        for part in tree.parts:
            items = part.index.items if part.index is not None and part.name.text == name else ()
            if any(isinstance(i, expressions.Sum) or (isinstance(i, expressions.Call) and is_step(i)) for i in items):
                return True
    if isinstance(tree, tuple):
        return any(stepped(part, name) for part in tree)
    if not is_dataclass(tree) or isinstance(tree, declarations.ReportDecl):
        return False
    return any(stepped(getattr(tree, f.name), name) for f in fields(tree) if f.name != "span")


def is_step(call: expressions.Call) -> bool:
    return call.function.text in ("prev", "next")


def _constraint(
    reference: Reference,
    game: ReferenceGame,
    player: str,
    d: declarations.ConstraintDecl,
    key: tuple[object, ...],
    env: Environment,
) -> None:
    operands = [_guarded(reference, o, env, player) for o in d.relation.operands]
    name = d.head.name.text
    if len(operands) == 3:
        low, high = (operands[0], operands[2]) if d.relation.ops[0] == "<=" else (operands[2], operands[0])
        terms, constant = _split(operands[1])
        row = Row(terms, low.get((), 0.0) - constant, high.get((), 0.0) - constant)
        if row.lower > row.upper:
            game.faults.append("G510")
    else:
        terms, constant = _split(total([operands[0], scaled(operands[1], -1)]))
        op = d.relation.ops[0]
        row = Row(terms, -constant if op != "<=" else -math.inf, -constant if op != ">=" else math.inf)
    game.rows[player, name, key] = row


def holds_variables(reference: Reference, node: object, player: str) -> bool:
    """Whether a variable, a shadow price or something made of them stands anywhere in the expression."""
    if isinstance(node, expressions.Ref):
        try:
            member = reference.find(node, player)
        except ValueError:
            return False
        d = member.node
        if isinstance(d, declarations.VarDecl | declarations.ConstraintDecl):
            return True
        return bool(
            isinstance(d, declarations.LetDecl | declarations.ObjectiveDecl)
            and holds_variables(reference, d.value, member.owner)
        )
    if isinstance(node, tuple):
        return any(holds_variables(reference, part, player) for part in node)
    if not is_dataclass(node) or isinstance(node, expressions.Name):
        return False
    parts = (getattr(node, f.name) for f in fields(node) if f.name != "span")
    return any(holds_variables(reference, p, player) for p in parts)


# ---------------------------------------------------------------- cases


def with_case(tree: declarations.Model, case: str) -> tuple[declarations.Model, list[declarations.FixDecl]]:
    """The model as the case changes it, and what it fixes."""
    cases = {s.head.name.text: s for s in tree.statements if isinstance(s, declarations.CaseDecl)}
    line: list[declarations.CaseDecl] = []
    while case:
        line.insert(0, cases[case])
        case = cases[case].extends.text if cases[case].extends else ""
    statements = list(tree.statements)
    fixes: list[declarations.FixDecl] = []
    for change in [c for step in line for c in step.changes]:
        if isinstance(change, declarations.FixDecl):
            fixes.append(change)
        elif isinstance(change, declarations.ParamDecl):
            k = next(
                k
                for k, s in enumerate(statements)
                if isinstance(s, declarations.ParamDecl) and s.head.name.text == change.head.name.text
            )
            old = statements[k]
            index = change.head.index or old.head.index
            statements[k] = replace(change, head=replace(old.head, index=index), default=change.default or old.default)
        elif isinstance(change, declarations.DropDecl):
            *owner, name = (p.name.text for p in change.target.parts)
            statements = [
                replace(
                    s, body=tuple(b for b in s.body if getattr(b, "head", None) is None or b.head.name.text != name)
                )
                if isinstance(s, declarations.PlayerDecl) and owner in ([], [s.head.name.text])
                else s
                for s in statements
                if owner
                or not isinstance(s, declarations.PlayerDecl | declarations.ConstraintDecl)
                or s.head.name.text != name
            ]
        elif isinstance(change, declarations.PlayerDecl):
            statements = [
                replace(s, follows=change.follows)
                if isinstance(s, declarations.PlayerDecl) and s.head.name.text == change.head.name.text
                else s
                for s in statements
            ]
    return replace(tree, statements=tuple(statements)), fixes


def _fix(reference: Reference, game: ReferenceGame, fix: declarations.FixDecl) -> None:
    for key, value in fixed_instances(reference, fix):
        game.columns[key].lower = game.columns[key].upper = value


def fixed_instances(reference: Reference, fix: declarations.FixDecl) -> list[tuple[Key, float]]:
    """`fix player.x[t, 3 where ...] = value`: undeclared items are single elements, letters run over all."""
    items = [i for p in fix.target.parts if p.index is not None for i in p.index.items]
    wheres = [p.index.where for p in fix.target.parts if p.index is not None and p.index.where is not None]
    binding = [
        i
        for i in items
        if isinstance(i, expressions.Compare) or (getattr(i, "parts", [None])[0] is not None and _letter(i, reference))
    ]
    index = expressions.IndexList(tuple(binding), wheres[0] if wheres else None, fix.span)
    plain = tuple(
        expressions.RefPart(
            p.name,
            None
            if p.index is None
            else expressions.IndexList(
                tuple(i.operands[0] if isinstance(i, expressions.Compare) else i for i in p.index.items),
                None,
                p.index.span,
            ),
            p.span,
        )
        for p in fix.target.parts
    )
    found = []
    for env in reference.instances(index, {}, ""):
        try:
            ((key,),) = reference.use(expressions.Ref(plain, fix.span), env, "")
            value = reference.number(fix.value, env, "")
        except FaultError:
            continue
        found.append((key, value))
    return found


def _letter(item: expressions.Expr, reference: Reference) -> bool:
    return isinstance(item, expressions.Ref) and item.parts[0].name.text in reference.letters
