"""`clear` declarations -> players that set prices: a market in equilibrium, stated as a game.

`clear balance[t]: supply >= demand price lmp[t] in [0, cap]` becomes a player `balance` that chooses `lmp` within its
bounds and minimises `sum(t) lmp[t]*(supply - demand)`: at its optimum the price is complementary to the condition.
This is the price setter of Arrow and Debreu, Econometrica 22 (1954) 265, section 3. It follows whomever its market's
participants follow, so that leaders foresee the price.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.ir.game import PlayerDef, VarDef
from compiler.ir.walk import uses
from compiler.semantics.scope import Scope
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings

OBJECTIVE = "imbalance"
"""Name of the price setter's objective."""


def expand_markets(model: declarations.Model, findings: Findings) -> declarations.Model:
    """The model with a player in place of each `clear`. Reports a market without a price or a plain relation (G109)."""
    if not any(isinstance(s, declarations.ConstraintDecl) and s.kind == "clear" for s in model.statements):
        return model
    statements: list[declarations.Statement] = []
    for s in model.statements:
        if isinstance(s, declarations.ConstraintDecl) and s.kind == "clear":
            player = _price_setter(s, findings)
            statements += [player] if player is not None else []
        else:
            statements.append(s)
    return replace(model, statements=tuple(statements))


def _price_setter(s: declarations.ConstraintDecl, findings: Findings) -> declarations.PlayerDecl | None:
    name = s.head.name
    if s.price is None:
        findings.add(
            "G109",
            f"the market `{name.text}` has no price",
            name.span,
            "what clears it?",
            hints=[f"name its price at the end: `clear {name.text}...: ... price p_{name.text}`"],
        )
        return None
    relation = s.relation
    if not (
        isinstance(relation, expressions.Compare) and len(relation.ops) == 1 and relation.ops[0] in ("<=", ">=", "==")
    ):
        findings.add(
            "G109",
            f"the market `{name.text}` needs one relation",
            relation.span,
            "`<=`, `>=` or `==` between two sides",
            hints=["write `clear NAME: supply >= demand price p`"],
        )
        return None
    left, right = relation.operands if relation.ops[0] != "<=" else relation.operands[::-1]
    excess = expressions.Sum((1, -1), (left, right), relation.span)
    price = s.price
    bounds = price.bounds
    if not bounds and relation.ops[0] != "==":
        bounds = (declarations.Bound(">=", expressions.Number(0.0, price.span), price.span),)
    index = s.head.index
    letters = None if index is None else expressions.IndexList(tuple(_letter(i) for i in index.items), None, index.span)
    value: expressions.Expr = expressions.Product(
        ("*", "*"),
        (expressions.Ref((expressions.RefPart(price.head.name, letters, price.span),), price.span), excess),
        relation.span,
    )
    if index is not None:
        value = expressions.Reduce(expressions.Name("sum", index.span), index, value, relation.span)
    variable = declarations.VarDecl(
        replace(price.head, index=index), "real", bounds, None, None, None, False, price.span
    )
    objective = declarations.ObjectiveDecl(
        declarations.Head(expressions.Name(OBJECTIVE, name.span)), False, value, relation.span
    )
    return declarations.PlayerDecl(replace(s.head, index=None), None, (variable, objective), s.span)


def _letter(item: expressions.Expr) -> expressions.Expr:
    if isinstance(item, expressions.Compare) and item.ops == ("in",):
        return item.operands[0]
    return item


def link_markets(markets: list[declarations.ConstraintDecl], scope: Scope) -> None:
    """Mark the price setters, and let each follow the leaders of the players whose variables stand in its condition."""
    for s in markets:
        player = scope.players.get(s.head.name.text)
        if player is None or player.objective is None:
            continue
        player.market = True
        participants = {
            use.target.player
            for use in _deep_uses(player)
            if isinstance(use.target, VarDef) and use.target.player != player.name
        }
        leaders = sorted({leader for p in participants if p in scope.players for leader in scope.players[p].leaders})
        player.leaders = tuple(leaders)
        player.leader_spans = (player.signature.span,) * len(leaders)
        player.follows_span = player.signature.span


def _deep_uses(player: PlayerDef) -> list:  # type: ignore[type-arg]
    """Uses in the player's objective, named expressions expanded."""
    found = []
    stack = [player.objective.value]
    seen: set[int] = set()
    while stack:
        value = stack.pop()
        if value is None:
            continue
        for use in uses(value):
            found.append(use)
            inner = getattr(use.target, "value", None)
            if inner is not None and id(use.target) not in seen:
                seen.add(id(use.target))
                stack.append(inner)
    return found
