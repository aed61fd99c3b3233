"""A syntax tree -> the tree without components: each `use battery(P = 50) as ess` becomes declarations named `ess.…`.

A component's parameters become named expressions, so that an argument may be data or a variable of the player (a
capacity that it chooses, say); one that is given as a written number becomes a parameter. A parameter that the
component uses with letters, `available[t]`, is a series: its argument may hold these letters. With `as ess[k]` every
declaration gets the index in front. Names of the component are found first, then those of the place where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from compiler.library import NEEDED
from compiler.semantics.resolve_names import Unresolved
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings, Label, did_you_mean
from grammar.source import Span

T = TypeVar("T")

MOST_PLACES = 3
"""More uses of a component than these are not named when something is wrong inside it."""

Named = declarations.ParamDecl | declarations.LetDecl | declarations.VarDecl | declarations.ConstraintDecl


def expand_components(model: declarations.Model, findings: Findings) -> declarations.Model:
    """The model with every `use` replaced. Reports unknown components (G201), wrong arguments (G207) and circles
    (G205)."""
    components: dict[str, declarations.ComponentDecl] = {}
    for s in model.statements:
        if isinstance(s, declarations.ComponentDecl):
            earlier = components.setdefault(s.head.name.text, s)
            if earlier is not s:
                findings.add(
                    "G202",
                    f"component `{s.head.name.text}` is declared twice",
                    s.head.name.span,
                    "declared again here",
                    others=[Label(earlier.head.name.span, "first declared here")],
                    hints=["give one of them another name"],
                )
    if not components and not any(isinstance(s, declarations.PlayerDecl) for s in model.statements):
        return model
    expansion = _Expansion(components, _declared(model), findings)
    statements: list[declarations.Statement] = []
    for s in model.statements:
        if isinstance(s, declarations.ComponentDecl):
            continue
        if (
            isinstance(s, declarations.PlayerDecl)
            and s.body
            and any(isinstance(b, declarations.UseDecl) for b in s.body)
        ):
            s = replace(s, body=tuple(expansion.body(s.body, ())))
        statements.append(s)
    if expansion.failed:
        statements = [kept for s in statements if (kept := _spared(s, expansion.failed)) is not None]
    return replace(model, statements=tuple(statements))


def name_uses(model: declarations.Model, findings: Findings) -> None:
    """Add to what was found inside an imported component where it is used: the slip is often in an argument there."""
    players = [s for s in model.statements if isinstance(s, declarations.PlayerDecl)]
    uses = [b for p in players for b in p.body or () if isinstance(b, declarations.UseDecl)]
    for component in (s for s in model.statements if isinstance(s, declarations.ComponentDecl)):
        whole = component.span
        places = [
            Label(u.component.span, "used here")
            for u in uses
            if u.component.text == component.head.name.text and u.span.source.path != whole.source.path
        ]
        for k, d in enumerate(findings.items):
            inside = d.span is not None and d.span.source.path == whole.source.path
            if inside and d.span is not None and whole.start <= d.span.start < whole.end:
                findings.items[k] = replace(d, others=(*d.others, *places[:MOST_PLACES]))


class _Expansion:
    def __init__(
        self, components: dict[str, declarations.ComponentDecl], declared: frozenset[str], findings: Findings
    ) -> None:
        self.components = components
        self.declared = declared
        self.findings = findings
        self.failed: set[str] = set()
        """Prefixes whose component is missing or cannot be used; what leans on them would only repeat that."""
        self._told: set[str] = set()

    def body(
        self, statements: tuple[declarations.Statement, ...], within: tuple[str, ...]
    ) -> list[declarations.Statement]:
        """The statements with each `use` replaced by what it stands for; `within` names the components being
        expanded."""
        found: list[declarations.Statement] = []
        prefixes: dict[str, Span] = {}
        for s in statements:
            if not isinstance(s, declarations.UseDecl):
                found.append(s)
                continue
            if (first := prefixes.setdefault(s.prefix.text, s.prefix.span)) is not s.prefix.span:
                self.findings.add(
                    "G202",
                    f"two components are used as `{s.prefix.text}`",
                    s.prefix.span,
                    "used again",
                    others=[Label(first, "first used here")],
                    hints=["give one of them another name after `as`"],
                )
                continue
            try:
                found += self._use(s, within)
            except Unresolved:
                if within:
                    raise
                self.failed.add(s.prefix.text)
        return found

    def _use(self, use: declarations.UseDecl, within: tuple[str, ...]) -> list[declarations.Statement]:
        name = use.component
        component = self.components.get(name.text)
        if component is None:
            self.findings.add(
                "G201",
                f"no component `{name.text}` is declared",
                name.span,
                "unknown component",
                hints=did_you_mean(name.text, self.components, name.span)
                or [f"declare it: `component {name.text}(...) {{ ... }}`, or import its file: `import std.NAME`"],
            )
            raise Unresolved
        if name.text in within:
            self.findings.add(
                "G205",
                f"component `{name.text}` uses itself",
                name.span,
                "leads back to the start",
                hints=["leave out this `use`"],
            )
            raise Unresolved
        self._check_needs(use, component)
        statements: list[declarations.Statement] = [*self._arguments(use, component), *component.body]
        statements = self.body(tuple(statements), (*within, name.text))
        own = _own_names(statements)
        prefix, index = use.prefix.text, use.index
        return [_renamed(s, prefix, index, own) for s in statements]

    def _check_needs(self, use: declarations.UseDecl, component: declarations.ComponentDecl) -> None:
        """Report (G201), once for each name, what a component of the library needs and the model does not have."""
        if not component.span.source.path.startswith("std/"):
            return
        used = {ref.parts[0].name.text for ref in _refs(component.body)}
        missing = [n for n in NEEDED if n in used and n not in self.declared]
        if not missing:
            return
        new = [n for n in missing if n not in self._told]
        self._told.update(new)
        if new:
            self.findings.add(
                "G201",
                f"component `{use.component.text}` needs {' and '.join(f'`{n}`' for n in new)}, not declared here",
                use.component.span,
                "used here",
                notes=[f"`{n}` is {NEEDED[n][0]}" for n in new],
                hints=[NEEDED[n][1] for n in new],
            )
        raise Unresolved

    def _arguments(
        self, use: declarations.UseDecl, component: declarations.ComponentDecl
    ) -> list[declarations.Statement]:
        """The component's parameters as named expressions or parameters, from the arguments or defaults."""
        given: dict[str, tuple[expressions.Name, expressions.Expr]] = {}
        formals = {p.head.name.text: p for p in component.parameters}
        for name, argument in use.arguments:
            if name.text not in formals:
                known = ", ".join(f"`{f}`" for f in formals) or "none"
                self.findings.add(
                    "G207",
                    f"component `{component.head.name.text}` has no parameter `{name.text}`",
                    name.span,
                    "unknown parameter",
                    notes=[f"its parameters: {known}"],
                    hints=did_you_mean(name.text, formals, name.span) or [f"leave `{name.text}` out"],
                )
                raise Unresolved
            if name.text in given:
                self.findings.add(
                    "G110",
                    f"`{name.text}` is given twice",
                    name.span,
                    "given again here",
                    hints=["keep one of the two"],
                )
            given[name.text] = (name, argument)
        lets: list[declarations.Statement] = []
        for name_text, formal in formals.items():
            value: expressions.Expr | None = given[name_text][1] if name_text in given else formal.value
            if value is None:
                self.findings.add(
                    "G207",
                    f"`{component.head.name.text}` needs a value for `{name_text}`",
                    use.component.span,
                    "argument missing",
                    others=[Label(formal.head.name.span, "declared without a default here")],
                    hints=[f"write `use {component.head.name.text}({name_text} = ...) as {use.prefix.text}`"],
                )
                raise Unresolved
            head = replace(formal.head, index=formal.head.index or _series_index(name_text, component.body))
            if next(_refs(value), None) is None:
                lets.append(declarations.ParamDecl(head, value, None, None, None, None, (), formal.span))
                continue
            outer = name_text in given
            lets.append(declarations.LetDecl(head, _Outer(value) if outer else value, formal.span))  # type: ignore[arg-type]
        return lets


class _Outer:
    """An argument: an expression of the place of use, whose names must not be taken for the component's."""

    def __init__(self, value: expressions.Expr) -> None:
        self.value = value


def _spared(s: declarations.Statement, failed: set[str]) -> declarations.Statement | None:
    """The statement without what leans on a failed `use`: its value or bounds, or all of it where nothing else is
    left. What it declares stays known, so that the one error is not followed by others."""
    if isinstance(s, declarations.PlayerDecl) and s.body is not None:
        return replace(s, body=tuple(kept for b in s.body if (kept := _spared(b, failed)) is not None))
    if isinstance(s, declarations.CaseDecl):
        return replace(s, changes=tuple(kept for b in s.changes if (kept := _spared(b, failed)) is not None))
    if not any(p.name.text in failed for ref in _refs(s) for p in ref.parts):
        return s
    zero = expressions.Number(0.0, s.span)
    match s:
        case declarations.LetDecl() | declarations.ObjectiveDecl() | declarations.ReportDecl():
            return replace(s, value=zero)
        case declarations.VarDecl():
            return replace(s, bounds=(), start=None, starts=None, ends=None)
        case declarations.ConstraintDecl():
            return replace(s, relation=expressions.Compare(("<=",), (zero, zero), s.span))
        case _:
            return None


def _declared(model: declarations.Model) -> frozenset[str]:
    """The letters of the model's sets, and every name that it declares at the top or in a player."""
    names: set[str] = set()
    for s in model.statements:
        if isinstance(s, declarations.SetDecl | declarations.ScenariosDecl):
            names.update(letter.text for letter in s.letters)
        if isinstance(s, Named):
            names.add(s.head.name.text)
        if isinstance(s, declarations.PlayerDecl):
            names.update(inner.head.name.text for inner in s.body or () if isinstance(inner, Named))
    return frozenset(names)


def _series_index(name: str, body: tuple[declarations.Statement, ...]) -> expressions.IndexList | None:
    """The letters with which a component uses its parameter, `[t]` of `available[t]`; None if it uses none."""
    for ref in _refs(body):
        index = ref.parts[0].index
        if ref.parts[0].name.text == name and index is not None and all(_is_letter(i) for i in index.items):
            return index
    return None


def _is_letter(item: expressions.Expr) -> bool:
    return isinstance(item, expressions.Ref) and len(item.parts) == 1 and item.parts[0].index is None


def _refs(node: object) -> Iterator[expressions.Ref]:
    """Every reference of a tree, outer ones first."""
    stack: list[object] = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack += reversed(top)
        elif is_dataclass(top) and not isinstance(top, type | expressions.Name | declarations.UnitExpr):
            if isinstance(top, expressions.Ref):
                yield top
            stack += [getattr(top, f.name) for f in reversed(fields(top)) if f.name not in ("span", "file_span")]


def _own_names(statements: list[declarations.Statement]) -> frozenset[str]:
    names: set[str] = set()
    for s in statements:
        if isinstance(s, Named):
            names.add(s.head.name.text)
        if isinstance(s, declarations.ConstraintDecl) and s.price is not None:
            names.add(s.price.head.name.text)
    return frozenset(names)


def _renamed(
    s: declarations.Statement, prefix: str, index: expressions.IndexList | None, own: frozenset[str]
) -> declarations.Statement:
    """The statement under the prefix, with the index in front of its own and of every use of the component's names."""

    def head(old: declarations.Head) -> declarations.Head:
        name = replace(old.name, text=f"{prefix}.{old.name.text}")
        tex = f"{_tex_prefix(prefix, index)}{old.tex}" if old.tex else ""
        return replace(old, name=name, index=_joined(index, old.index), tex=tex)

    def ref(old: expressions.Ref) -> expressions.Ref:
        first = old.parts[0]
        dotted = ".".join(p.name.text for p in old.parts)
        if first.name.text not in own and dotted not in own:
            return old
        letters = (
            None if index is None else expressions.IndexList(tuple(_letter(i) for i in index.items), None, index.span)
        )
        part = expressions.RefPart(expressions.Name(prefix, first.name.span), letters, first.span)
        return expressions.Ref((part, *old.parts), old.span)

    changed = _map(s, ref)
    assert isinstance(changed, Named)
    changed = replace(changed, head=head(changed.head))
    if isinstance(changed, declarations.ConstraintDecl) and changed.price is not None:
        changed = replace(changed, price=replace(changed.price, head=replace(head(changed.price.head), index=None)))
    return changed


def _joined(front: expressions.IndexList | None, back: expressions.IndexList | None) -> expressions.IndexList | None:
    if front is None or back is None:
        return front or back
    where = front.where if back.where is None else back.where
    if front.where is not None and back.where is not None:
        where = expressions.Logic("and", (front.where, back.where), back.span)
    return expressions.IndexList((*front.items, *back.items), where, back.span)


def _tex_prefix(prefix: str, index: expressions.IndexList | None) -> str:
    r"""What tells the symbols of two uses apart, as their names do: `\mathrm{ess}_{k}.` of `as ess[k]`."""
    word = prefix.replace("_", r"\_")
    letters = "" if index is None else ",".join(_letter(i).span.text for i in index.items)
    return rf"\mathrm{{{word}}}_{{{letters}}}." if letters else rf"\mathrm{{{word}}}."


def _letter(item: expressions.Expr) -> expressions.Expr:
    """The letter that a binder binds: `k` of `k in K`."""
    if isinstance(item, expressions.Compare) and item.ops == ("in",):
        return item.operands[0]
    return item


def _map(node: T, ref: Callable[[expressions.Ref], expressions.Ref]) -> T:
    """A copy of a tree with every reference mapped, inner ones first. Heads keep their names; arguments are left
    alone."""
    if isinstance(node, _Outer):
        return node.value  # type: ignore[return-value]
    if isinstance(node, tuple):
        return tuple(_map(item, ref) for item in node)  # type: ignore[return-value]
    if not is_dataclass(node) or isinstance(node, type | expressions.Name | declarations.UnitExpr):
        return node
    changes: dict[str, Any] = {}
    for f in fields(node):
        if f.name in ("span", "file_span"):
            continue
        old = getattr(node, f.name)
        new = _map(old, ref)
        if new is not old:
            changes[f.name] = new
    result = replace(node, **changes) if changes else node
    return ref(result) if isinstance(result, expressions.Ref) else result  # type: ignore[return-value]
