"""Syntax tree -> the tree without scenarios and components: sets, data and declarations under dotted names.

As the language page says it; nothing is shared with `compiler.semantics`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace

from compiler.syntax import declarations, expressions


@dataclass(frozen=True)
class Plain:
    """`probabilities` names the parameter with the weights of each set of scenarios, "" for equal ones."""

    tree: declarations.Model
    probabilities: dict[str, str]


def plain(tree: declarations.Model) -> Plain:
    """The tree with plain declarations only."""
    components = {s.head.name.text: s for s in tree.statements if isinstance(s, declarations.ComponentDecl)}
    statements: list[declarations.Statement] = []
    probabilities = {}
    for s in tree.statements:
        if isinstance(s, declarations.ScenariosDecl):
            statements.append(declarations.SetDecl(s.head, s.letters, None, None, s.file, None, s.span))
            probabilities[s.head.name.text] = ""
            if s.probability is not None:
                probabilities[s.head.name.text] = s.probability.text
                letter = expressions.Ref((expressions.RefPart(s.letters[0], None, s.span),), s.span)
                head = declarations.Head(s.probability, expressions.IndexList((letter,), None, s.span))
                statements.append(declarations.ParamDecl(head, None, None, s.file, None, None, (), s.span))
        elif isinstance(s, declarations.PlayerDecl) and s.body is not None:
            statements.append(replace(s, body=tuple(_body(s.body, components))))
        elif not isinstance(s, declarations.ComponentDecl):
            statements.append(s)
    return Plain(replace(tree, statements=tuple(statements)), probabilities)


def _body(
    body: tuple[declarations.Statement, ...], components: dict[str, declarations.ComponentDecl]
) -> list[declarations.Statement]:
    found: list[declarations.Statement] = []
    for s in body:
        if isinstance(s, declarations.UseDecl):
            found += _used(s, components)
        else:
            found.append(s)
    return found


def _used(use: declarations.UseDecl, components: dict[str, declarations.ComponentDecl]) -> list[declarations.Statement]:
    """The component's declarations under the prefix; its parameters are named expressions of what is given."""
    component = components[use.component.text]
    inside = _body(component.body, components)
    formals = {p.head.name.text: p for p in component.parameters}
    own = {n for s in inside for n in _declared(s)} | set(formals)
    given = {name.text: value for name, value in use.arguments}
    letters = None
    if use.index is not None:
        letters = replace(use.index, items=tuple(_letter(i) for i in use.index.items), where=None)

    def prefixed(ref: expressions.Ref) -> expressions.Ref:
        names = [p.name.text for p in ref.parts]
        if names[0] not in own and ".".join(names) not in own:
            return ref
        return replace(ref, parts=(expressions.RefPart(use.prefix, letters, ref.span), *ref.parts))

    def head(old: declarations.Head) -> declarations.Head:
        name = replace(old.name, text=f"{use.prefix.text}.{old.name.text}")
        return replace(old, name=name, index=_both(use.index, old.index))

    found: list[declarations.Statement] = []
    for name, formal in formals.items():
        # An argument speaks of the place of use, a default of the component.
        value = given[name] if name in given else rewritten(formal.value, prefixed)
        series = replace(formal.head, index=_series(name, inside))
        found.append(declarations.LetDecl(head(series), value, formal.span))
    for s in inside:
        changed = rewritten(s, prefixed)
        changed = replace(changed, head=head(changed.head))
        if isinstance(changed, declarations.ConstraintDecl) and changed.price is not None:
            price = replace(changed.price, head=replace(head(changed.price.head), index=None))
            changed = replace(changed, price=price)
        found.append(changed)
    return found


def _declared(s: declarations.Statement) -> list[str]:
    names = [s.head.name.text]
    return [*names, s.price.head.name.text] if isinstance(s, declarations.ConstraintDecl) and s.price else names


def _letter(item: expressions.Expr) -> expressions.Expr:
    return item.operands[0] if isinstance(item, expressions.Compare) else item


def _both(front: expressions.IndexList | None, back: expressions.IndexList | None) -> expressions.IndexList | None:
    if front is None or back is None:
        return front or back
    conditions = [c for c in (front.where, back.where) if c is not None]
    where = (
        expressions.Logic("and", tuple(conditions), back.span) if len(conditions) == 2 else (conditions or [None])[0]
    )
    return expressions.IndexList((*front.items, *back.items), where, back.span)


def _series(name: str, body: list[declarations.Statement]) -> expressions.IndexList | None:
    """The letters with which the component uses its parameter."""
    found: list[expressions.IndexList] = []

    def look(ref: expressions.Ref) -> expressions.Ref:
        if ref.parts[0].name.text == name and ref.parts[0].index is not None:
            found.append(ref.parts[0].index)
        return ref

    for s in body:
        rewritten(s, look)
    return found[0] if found else None


def rewritten(node, change: Callable[[expressions.Ref], expressions.Ref]):  # type: ignore[no-untyped-def]
    """A copy of a tree with every reference changed, inner ones first."""
    if isinstance(node, tuple):
        return tuple(rewritten(part, change) for part in node)
    if not is_dataclass(node) or isinstance(node, expressions.Name):
        return node
    copy = replace(node, **{f.name: rewritten(getattr(node, f.name), change) for f in fields(node) if f.name != "span"})
    return change(copy) if isinstance(copy, expressions.Ref) else copy
