"""Set declarations -> `SetDef`s: structure first (parents, parts, roots), so that a set may use one that stands
later."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.game import SetDef
from compiler.ir.walk import components
from compiler.ir.words import count
from compiler.semantics.resolve import Resolver
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Scope
from compiler.semantics.units import UnitTable, signature
from compiler.syntax import declarations, expressions
from grammar.diagnostics import Findings, Label


class SetDeclarations:
    """Declares the sets of one model. Conditions in sets may use parameters, which come later: `finish` resolves them
    then."""

    def __init__(self, model: declarations.Model, scope: Scope, units: UnitTable, findings: Findings) -> None:
        self.model = model
        self.scope = scope
        self.units = units
        self.findings = findings
        self._late: list[tuple[SetDef, expressions.Expr]] = []

    def declare(self) -> None:
        """Enter every set and its letters, with structure, into the scope."""
        self._resolve(self._heads())

    def finish(self) -> None:
        """Resolve the sets made with conditions or computed ranges."""
        for definition, value in self._late:
            try:
                definition.value = Resolver(self.scope, self.findings).set_expression(value, {})
            except Unresolved:
                continue

    def _heads(self) -> list[tuple[SetDef, declarations.SetDecl]]:
        found = []
        for s in self.model.statements:
            if not isinstance(s, declarations.SetDecl) or not self.scope.declare(
                "", s.head.name.text, s.head.name.span, self.findings
            ):
                continue
            letters = []
            for letter in s.letters:
                if letter.text == s.head.name.text:
                    self.findings.add(
                        "G202",
                        f"`{letter.text}` is both the set and its letter",
                        letter.span,
                        hints=["use a small letter for the index"],
                    )
                elif self.scope.declare("", letter.text, letter.span, self.findings):
                    letters.append(letter.text)
            definition = SetDef(
                signature(s.head, self.units),
                tuple(letters),
                file=s.file.value if s.file else None,
                file_span=s.file.span if s.file else None,
                column=s.column.value if s.column else None,
            )
            if s.value is not None and s.file is not None:
                self.findings.add(
                    "G110",
                    f"set `{definition.name}` is given by a value and by a file",
                    s.file.span,
                    hints=["keep one of the two"],
                )
            self.scope.sets[definition.name] = definition
            self.scope.letters.update((letter, definition) for letter in letters)
            found.append((definition, s))
        return found

    def _resolve(self, pairs: list[tuple[SetDef, declarations.SetDecl]]) -> None:
        """Structure first (parents, arity, roots; a set may use one that stands later), then conditions.

        Conditions may use parameters, which do not exist yet: they wait in `pending` as `_late`.
        """
        todo = dict.fromkeys(range(len(pairs)))
        waiting: set[str] = {d.name for d, _ in pairs}
        while todo:
            ready = [k for k in todo if not (_names_in(pairs[k][1], self.scope) & waiting - {pairs[k][0].name})]
            if not ready:
                self._report_circle({pairs[k][0].name: pairs[k] for k in todo})
                return
            for k in ready:
                definition, node = pairs[k]
                del todo[k]
                waiting.discard(definition.name)
                try:
                    self._structure(definition, node)
                except Unresolved:
                    continue

    def _report_circle(self, waiting: dict[str, tuple[SetDef, declarations.SetDecl]]) -> None:
        """Sets of which each waits for another of them: the first circle among them, told once."""
        path = [next(iter(waiting))]
        while True:
            needed = _names_in(waiting[path[-1]][1], self.scope)
            following = next(name for name in waiting if name in needed)
            if following in path:
                break
            path.append(following)
        circle = path[path.index(following) :]
        first, *others = (waiting[name][0] for name in circle)
        self.findings.add(
            "G205",
            f"set `{first.name}` is defined by itself: {' -> '.join(f'`{n}`' for n in (*circle, first.name))}",
            first.signature.span,
            "needs itself",
            others=[Label(o.signature.span, "also in the circle") for o in others],
            hints=["write one of the sets out"],
        )

    def _structure(self, definition: SetDef, node: declarations.SetDecl) -> None:
        resolver = Resolver(self.scope, self.findings)
        roots: set[str] = set()
        definition.roots = frozenset({definition.name})
        if node.within is not None:
            definition.parent = resolver.set_expression(node.within, {})
            parts = components(definition.parent)
            definition.components = parts if len(parts) > 1 else ()
            roots |= {r for p in parts for r in p.roots} if len(parts) == 1 else set()
        if node.value is not None:
            if _has_condition(node.value):
                self._late.append((definition, node.value))
                bare = _without_condition(node.value)
                definition.value = None
                shape = resolver.set_expression(bare, {})
            else:
                shape = definition.value = resolver.set_expression(node.value, {})
            parts = components(shape)
            if node.within is None and len(parts) > 1:
                definition.components = parts
            elif node.within is not None and len(parts) != definition.arity:
                raise resolver.fail(
                    "G303",
                    f"set `{definition.name}` has elements of {count(len(parts), 'part')}, its parent of "
                    f"{count(definition.arity, 'part')}",
                    node.value.span,
                    f"{count(len(parts), 'part')} each",
                    hints=["name a parent with elements of the same kind, such as `A * B` for pairs"],
                )
            if node.within is None and len(parts) == 1:
                roots |= _roots(shape)
        if definition.arity == 1:
            definition.roots = (
                frozenset(roots | {definition.name}) if node.within is None else frozenset(roots or {definition.name})
            )


def _has_condition(node: expressions.Expr) -> bool:
    """Whether the set is made with a condition or with numbers that parameters may give."""
    match node:
        case expressions.Braces():
            return node.where is not None
        case expressions.SetOperation():
            return any(_has_condition(o) for o in node.operands)
        case expressions.Product():
            return any(_has_condition(f) for f in node.factors)
        case expressions.Range():
            return not all(
                isinstance(p, expressions.Number | expressions.Negation)
                for p in (node.low, node.high, node.step)
                if p is not None
            )
        case _:
            return False


def _without_condition(node: expressions.Expr) -> expressions.Expr:
    """The same set without conditions, for its structure only."""
    match node:
        case expressions.Braces():
            always = expressions.Number(1.0, node.span)
            return expressions.Braces(node.entries, always, node.span) if node.where is not None else node
        case expressions.SetOperation():
            return expressions.SetOperation(node.ops, tuple(_without_condition(o) for o in node.operands), node.span)
        case expressions.Product():
            return expressions.Product(node.ops, tuple(_without_condition(f) for f in node.factors), node.span)
        case expressions.Range():
            one = expressions.Number(1.0, node.span)
            return expressions.Range(one, one, None, node.span)
        case _:
            return node


def _roots(shape: ir.SetExpr) -> set[str]:
    match shape:
        case ir.SetName():
            return set(shape.set.roots)
        case ir.SetFilter():
            return {r for s in shape.domain.sets for r in s.roots}
        case ir.SetCombination():
            return {r for o in shape.operands for r in _roots(o)}
        case _:
            return set()


def _names_in(node: declarations.SetDecl, scope: Scope) -> set[str]:
    """Names of sets that the structure of a set stands on."""
    found: set[str] = set()
    stack: list[expressions.Expr] = [e for e in (node.within, node.value) if e is not None]
    while stack:
        e = stack.pop()
        match e:
            case expressions.Ref(parts=(part,)) if part.index is None:
                name = part.name.text
                found.add(scope.letters[name].name if name in scope.letters else name)
            case expressions.SetOperation():
                stack += e.operands
            case expressions.Product():
                stack += e.factors
            case expressions.Braces() if e.where is not None or _builder(e):
                stack += [
                    entry.key.operands[1] if isinstance(entry.key, expressions.Compare) else entry.key
                    for entry in e.entries
                ]
            case _:
                pass
    return found


def _builder(node: expressions.Braces) -> bool:
    return any(isinstance(entry.key, expressions.Compare) for entry in node.entries)
