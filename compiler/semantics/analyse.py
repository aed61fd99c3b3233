"""A syntax tree -> `Game`: names, index sets, units, cases, players and relations. Reports all that it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from compiler.ir import expr as ir
from compiler.ir.game import (
    BoundDef,
    CaseDef,
    ConstraintDef,
    DataEntry,
    DataLiteral,
    FixDef,
    Game,
    LetDef,
    ObjectiveDef,
    Option,
    ParamDef,
    PlayerDef,
    ReportDef,
    SetDef,
    Signature,
    VarDef,
)
from compiler.ir.walk import components
from compiler.semantics.cases import apply_case
from compiler.semantics.check_units import check_units
from compiler.semantics.circles import check_circles
from compiler.semantics.players import check_leaders
from compiler.semantics.relations import normal_relation
from compiler.semantics.resolve import Resolver
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Definition, Environment, Scope
from compiler.semantics.units import UnitTable
from compiler.syntax import nodes
from grammar.diagnostics import Findings, did_you_mean
from grammar.source import Span

T = TypeVar("T")


def analyse(model: nodes.Model, case: str, findings: Findings) -> Game | None:
    """The checked game with `case` applied ("" for none), or None when `findings` holds errors."""
    applied = apply_case(model, case, findings)
    analysis = _Analysis(applied.model, applied.fixes, applied.dropped, case, findings)
    game = analysis.run()
    if not findings.errors:
        check_circles(game, findings)
    if not findings.errors:
        check_units(game, findings)
        check_leaders(game, findings)
    return None if findings.errors else game


@dataclass(frozen=True)
class _Pending:
    """A definition whose head is known and whose body waits until all names are."""

    definition: Definition
    node: nodes.Statement
    player: PlayerDef | None
    environment: Environment


class _Analysis:
    def __init__(
        self,
        model: nodes.Model,
        fixes: tuple[nodes.FixDecl, ...],
        dropped: frozenset[str],
        case: str,
        findings: Findings,
    ) -> None:
        self.model = model
        self.fixes = fixes
        self.case = case
        self.findings = findings
        self.scope = Scope(dropped=dropped)
        self.units = UnitTable([s for s in model.statements if isinstance(s, nodes.UnitDecl)], findings)
        self.pending: list[_Pending] = []
        self.broken: set[int] = set()

    # ------------------------------------------------------------ the order of things

    def run(self) -> Game:
        self._unsupported()
        set_nodes = self._declare_sets()
        self._resolve_sets(set_nodes)
        self._declare_players()
        self._declare_top()
        for player in self.scope.players.values():
            self._declare_members(player)
        for item in self.pending:
            self._try(lambda item=item: self._body(item))  # type: ignore[misc]
        reports = [d for d in self.scope.top.values() if isinstance(d, ReportDef)]
        title = next((s for s in self.model.statements if isinstance(s, nodes.GameDecl)), None)
        return Game(
            name=title.head.name.text if title else "",
            doc=title.head.doc if title else "",
            case=self.case,
            units=self.units.declared,
            sets=tuple(self.scope.sets.values()),
            params=tuple(d for d in self.scope.top.values() if isinstance(d, ParamDef)),
            lets=tuple(d for d in self.scope.top.values() if isinstance(d, LetDef)),
            players=tuple(self.scope.players.values()),
            fixes=tuple(f for f in (self._try(lambda n=n: self._fix(n)) for n in self.fixes) if f is not None),  # type: ignore[misc]
            reports=tuple(r for r in reports if r.kind == "report"),
            comparisons=tuple(r for r in reports if r.kind == "compare"),
            cases=tuple(
                CaseDef(s.head.name.text, s.head.doc, s.extends.text if s.extends else "", s.head.name.span)
                for s in self.model.statements
                if isinstance(s, nodes.CaseDecl)
            ),
            options=tuple(
                Option(name.text, value.value, name.span)
                for s in self.model.statements
                if isinstance(s, nodes.SolveDecl)
                for name, value in s.options
                if isinstance(value, nodes.Text | nodes.Number)
            ),
            letters=self.scope.letters,
        )

    def _try(self, step: Callable[[], T]) -> T | None:
        """Run one declaration; what is wrong with it is reported already, the others go on."""
        try:
            return step()
        except Unresolved:
            return None
        except RecursionError:
            self.findings.add("G111", "an expression is nested too deeply", hints=["name parts of it with `let`"])
            return None

    def _unsupported(self) -> None:
        words = {
            nodes.ScenariosDecl: "scenarios",
            nodes.ComponentDecl: "component",
            nodes.ImportDecl: "import",
            nodes.UseDecl: "use",
        }
        for statement in self.model.statements:
            inner = statement.body or () if isinstance(statement, nodes.PlayerDecl) else ()
            for s in (statement, *inner):
                word = words.get(type(s)) or (
                    s.kind if isinstance(s, nodes.ConstraintDecl) and s.kind != "constraint" else None
                )
                if word:
                    self.findings.add(
                        "G107", f"`{word}` cannot be compiled by this version", s.span, "not supported yet"
                    )

    # ------------------------------------------------------------ heads

    def _signature(self, head: nodes.Head) -> Signature:
        unit = None if head.unit is None else self.units.resolve(head.unit)
        return Signature(head.name.text, head.name.span, unit, head.doc, head.tex)

    def _declare_sets(self) -> list[tuple[SetDef, nodes.SetDecl]]:
        found = []
        for s in self.model.statements:
            if not isinstance(s, nodes.SetDecl) or not self.scope.declare(
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
                self._signature(s.head),
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

    def _resolve_sets(self, pairs: list[tuple[SetDef, nodes.SetDecl]]) -> None:
        """Structure first (parents, arity, roots; a set may use one that stands later), then conditions.

        Conditions may use parameters, which do not exist yet: they wait in `pending` as `_late`.
        """
        self._late: list[tuple[SetDef, nodes.Expr]] = []
        todo = dict.fromkeys(range(len(pairs)))
        waiting: set[str] = {d.name for d, _ in pairs}
        while todo:
            ready = [k for k in todo if not (_names_in(pairs[k][1]) & waiting - {pairs[k][0].name})]
            if not ready:
                for k in todo:
                    definition = pairs[k][0]
                    self.findings.add(
                        "G205",
                        f"set `{definition.name}` is defined by itself",
                        definition.signature.span,
                        "part of a circle",
                        hints=["write one of the sets out"],
                    )
                return
            for k in ready:
                definition, node = pairs[k]
                del todo[k]
                self._try(lambda d=definition, n=node: self._set_structure(d, n))  # type: ignore[misc]
                waiting.discard(definition.name)

    def _set_structure(self, definition: SetDef, node: nodes.SetDecl) -> None:
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
                    f"set `{definition.name}` has elements of {len(parts)} parts, its parent of {definition.arity}",
                    node.value.span,
                )
            if node.within is None and len(parts) == 1:
                roots |= _roots(shape)
        if definition.arity == 1:
            definition.roots = (
                frozenset(roots | {definition.name}) if node.within is None else frozenset(roots or {definition.name})
            )

    def _declare_players(self) -> None:
        for s in self.model.statements:
            if not isinstance(s, nodes.PlayerDecl) or not self.scope.declare(
                "", s.head.name.text, s.head.name.span, self.findings
            ):
                continue
            player = PlayerDef(self._signature(s.head), ir.Domain())
            self.scope.players[player.name] = player
            self.scope.members[player.name] = {}
            self.scope.constraints[player.name] = {}
            self._try(lambda p=player, n=s: self._player_head(p, n))  # type: ignore[misc]

    def _player_head(self, player: PlayerDef, node: nodes.PlayerDecl) -> None:
        if node.head.unit is not None:
            self.findings.add("G110", "a player has no unit", node.head.unit.span, hints=["leave it out"])
        if node.follows is not None:
            player.leaders = tuple(part.name.text for part in node.follows.leaders if part.name.text != "none")
            player.optimistic = node.follows.optimistic
            player.follows_span = node.follows.span
        if node.head.index is not None:
            player.domain, _ = Resolver(self.scope, self.findings).domain(node.head.index, {})

    def _declare_top(self) -> None:
        for s in self.model.statements:
            match s:
                case nodes.ParamDecl() | nodes.LetDecl() | nodes.ReportDecl():
                    self._declare(s, None)
                case nodes.CaseDecl():
                    self.scope.declare("case", s.head.name.text, s.head.name.span, self.findings)
                case _:
                    pass
        for definition, value in self._late:
            self._try(lambda d=definition, v=value: self._late_set(d, v))  # type: ignore[misc]

    def _late_set(self, definition: SetDef, value: nodes.Expr) -> None:
        definition.value = Resolver(self.scope, self.findings).set_expression(value, {})

    def _declare_members(self, player: PlayerDef) -> None:
        node = next(
            s for s in self.model.statements if isinstance(s, nodes.PlayerDecl) and s.head.name.text == player.name
        )
        objectives: list[nodes.ObjectiveDecl] = []
        for s in node.body or ():
            match s:
                case nodes.ObjectiveDecl():
                    objectives.append(s)
                    self._declare(s, player)
                case nodes.ParamDecl() | nodes.LetDecl() | nodes.VarDecl() | nodes.ConstraintDecl():
                    self._declare(s, player)
                case _:
                    pass
        own = [item.definition for item in self.pending if item.player is player]
        player.params = tuple(d for d in own if isinstance(d, ParamDef))
        player.lets = tuple(d for d in own if isinstance(d, LetDef))
        player.variables = tuple(d for d in own if isinstance(d, VarDef))
        player.constraints = tuple(d for d in own if isinstance(d, ConstraintDef))
        found = [d for d in own if isinstance(d, ObjectiveDef)]
        if found:
            player.objective = found[0]
        span = player.signature.span
        if not objectives:
            self.findings.add(
                "G601",
                f"player `{player.name}` has no objective",
                span,
                "what does it want?",
                hints=["add `minimize cost = ...` or `maximize profit = ...` to its block"],
            )
        for extra in objectives[1:]:
            self.findings.add(
                "G602",
                f"player `{player.name}` has more than one objective",
                extra.head.name.span,
                "another objective",
                hints=["weigh them in one: `minimize total = a + w*b`"],
            )

    def _declare(self, node: nodes.Statement, player: PlayerDef | None) -> None:
        assert isinstance(
            node,
            nodes.ParamDecl
            | nodes.LetDecl
            | nodes.ReportDecl
            | nodes.VarDecl
            | nodes.ConstraintDecl
            | nodes.ObjectiveDecl,
        )
        name, owner = node.head.name, player.name if player else ""
        if not self.scope.declare(owner, name.text, name.span, self.findings):
            return
        if player is not None and name.text in {x for b in player.domain.binders for x in b.letters}:
            self.findings.add(
                "G202",
                f"`{name.text}` is the player's index letter",
                name.span,
                "used as a name",
                hints=["use another name"],
            )
        resolver = Resolver(self.scope, self.findings, player)
        environment = resolver.environment()
        own = len(environment)
        try:
            domain, inner = resolver.domain(node.head.index, environment)
        except Unresolved:
            domain, inner = ir.Domain(), environment
            self.broken.add(id(node))
        binders = (player.domain.binders if player else ()) + domain.binders
        where = domain.where
        if player is not None and player.domain.where is not None:
            where = player.domain.where if where is None else ir.Logic("and", (player.domain.where, where), where.span)
        whole = ir.Domain(binders, where, domain.span)
        signature = self._signature(node.head)
        definition: Definition
        match node:
            case nodes.ParamDecl():
                definition = ParamDef(signature, owner, whole, own)
            case nodes.LetDecl():
                definition = LetDef(signature, owner, whole, own)
            case nodes.ReportDecl():
                definition = ReportDef(signature, whole, node.kind)
            case nodes.VarDecl():
                definition = VarDef(signature, owner, whole, own, node.kind)
            case nodes.ObjectiveDecl():
                definition = ObjectiveDef(signature, owner, whole, own, node.maximize)
            case nodes.ConstraintDecl():
                definition = ConstraintDef(signature, owner, whole, own)
        if isinstance(definition, ConstraintDef):
            self.scope.constraints[owner][name.text] = definition
            assert isinstance(node, nodes.ConstraintDecl)
            if node.price is not None:
                definition.price = self._signature(node.price.head)
                price = node.price.head.name
                if self.scope.declare(owner, price.text, price.span, self.findings):
                    self._enter(owner, price.text, definition)
        else:
            self._enter(owner, name.text, definition)
        self.pending.append(_Pending(definition, node, player, inner))

    def _enter(self, owner: str, name: str, definition: Definition) -> None:
        table = self.scope.members[owner] if owner else self.scope.top
        table[name] = definition

    # ------------------------------------------------------------ bodies

    def _body(self, item: _Pending) -> None:
        if id(item.node) in self.broken:
            return
        resolver = Resolver(self.scope, self.findings, item.player)
        d, node, environment = item.definition, item.node, item.environment
        match d, node:
            case ParamDef(), nodes.ParamDecl():
                self._param(d, node, resolver, environment)
            case LetDef(), nodes.LetDecl():
                d.value = resolver.expression(node.value, environment)
            case ReportDef(), nodes.ReportDecl():
                self._report(d, node, resolver, environment)
            case VarDef(), nodes.VarDecl():
                self._variable(d, node, resolver, environment)
            case ObjectiveDef(), nodes.ObjectiveDecl():
                d.value = resolver.expression(node.value, environment)
            case ConstraintDef(), nodes.ConstraintDecl():
                normal_relation(d, node, resolver, environment)
            case _:
                raise TypeError(f"{type(d).__name__} from {type(node).__name__}")

    def _report(self, d: ReportDef, node: nodes.ReportDecl, resolver: Resolver, environment: Environment) -> None:
        if node.kind == "compare":
            resolver.cases = {
                s.head.name.text: s.head.name.span for s in self.model.statements if isinstance(s, nodes.CaseDecl)
            }
        before = len(self.findings.items)
        try:
            d.value = resolver.expression(node.value, environment)
        except Unresolved:
            new = self.findings.items[before:]
            if new and all(f.code == "G606" for f in new):
                # A report on something that this case drops has no value in it; the other reports stand.
                del self.findings.items[before:]
                d.missing = new[0].headline
                d.value = ir.Number(float("nan"), node.span)
                return
            raise

    def _param(self, d: ParamDef, node: nodes.ParamDecl, resolver: Resolver, environment: Environment) -> None:
        if node.scenarios is not None:
            raise resolver.fail(
                "G107",
                "data from scenarios cannot be compiled by this version",
                node.scenarios.span,
                "not supported yet",
            )
        if node.value is not None and node.file is not None:
            self.findings.add(
                "G110",
                f"parameter `{d.name}` is given by a value and by a file",
                node.file.span,
                hints=["keep one of the two"],
            )
        d.file, d.file_span = (node.file.value, node.file.span) if node.file else (None, None)
        d.column = node.column.value if node.column else None
        match node.value:
            case None:
                pass
            case nodes.Braces():
                d.literal = self._literal(node.value, resolver, environment)
            case nodes.Table():
                d.literal = _table(node.value, d, resolver)
            case _:
                d.value = resolver.data(node.value, environment)
        if node.default is not None:
            d.default = resolver.data(node.default, environment)
        for bound in node.bounds:
            value = resolver.data(bound.value, environment)
            d.lower, d.upper = (value, d.upper) if bound.relation == ">=" else (d.lower, value)

    def _literal(self, node: nodes.Braces, resolver: Resolver, environment: Environment) -> DataLiteral:
        entries = []
        for entry in node.entries:
            if entry.value is None:
                raise resolver.fail(
                    "G501",
                    "an entry of a parameter is `key: value`",
                    entry.span,
                    "no value",
                    hints=["write `{WT: 300, GT: 500}`"],
                )
            key = resolver.element(entry.key)
            entries.append(
                DataEntry(key if isinstance(key, tuple) else (key,), resolver.data(entry.value, {}), entry.span)
            )
        return DataLiteral(tuple(entries), node.span)

    def _variable(self, d: VarDef, node: nodes.VarDecl, resolver: Resolver, environment: Environment) -> None:
        kinds = ("integer", "binary", "semicontinuous")
        d.kind_span = node.head.name.span if node.kind in kinds else None
        if node.kind == "semicontinuous":
            raise resolver.fail(
                "G107",
                "`semicontinuous` cannot be compiled by this version",
                node.head.name.span,
                "not supported yet",
                hints=["use a binary: `low*on <= x` and `x <= high*on`"],
            )
        d.bounds = tuple(BoundDef(b.relation, resolver.expression(b.value, environment), b.span) for b in node.bounds)
        if node.kind == "binary" and d.bounds:
            self.findings.add(
                "G110",
                f"`{d.name}` is binary: it needs no bounds",
                node.bounds[0].span,
                hints=["leave the bounds out, or write `integer`"],
            )
        if node.start is not None:
            d.start = resolver.data(node.start, environment)
        if node.starts is not None:
            d.before = resolver.expression(node.starts, environment)
        if node.ends is not None:
            d.final = BoundDef(node.ends.relation, resolver.expression(node.ends.value, environment), node.ends.span)
        d.cyclic = node.cyclic
        if node.cyclic and (node.starts is not None):
            self.findings.add(
                "G110",
                f"`{d.name}` is cyclic and has a value before its first element",
                node.starts.span,
                "contradicts `cyclic`",
                hints=["keep one of the two"],
            )
        if (node.cyclic or node.starts is not None or node.ends is not None) and len(d.domain.sets) == d.own:
            self.findings.add(
                "G307",
                f"`{d.name}` has no index to step along",
                node.head.name.span,
                "`starts`, `ends` and `cyclic` need one",
                hints=["give it an index, or leave them out"],
            )

    def _fix(self, node: nodes.FixDecl) -> FixDef | None:
        """`fix player.x[t] = value`: letters of the target bind by themselves, other items name single elements."""
        resolver = Resolver(self.scope, self.findings)
        items = [item for part in node.target.parts if part.index is not None for item in part.index.items]
        wheres = [
            part.index.where for part in node.target.parts if part.index is not None and part.index.where is not None
        ]
        binding = [i for i in items if _binds(i, self.scope)]
        heads = nodes.IndexList(tuple(binding), wheres[0] if wheres else None, node.target.span)
        domain, environment = resolver.domain(heads if binding or wheres else None, {})
        plain = tuple(
            nodes.RefPart(
                p.name,
                None
                if p.index is None
                else nodes.IndexList(tuple(_unbound(i) for i in p.index.items), None, p.index.span),
                p.span,
            )
            for p in node.target.parts
        )
        use = resolver.use(nodes.Ref(plain, node.target.span), environment)
        if not isinstance(use, ir.Use) or not isinstance(use.target, VarDef):
            raise resolver.fail(
                "G204",
                f"`{node.target.span.text}` is not a variable",
                node.target.span,
                "only variables are fixed",
                hints=["a parameter is changed by `param NAME = ...`"],
            )
        return FixDef(use.target, domain, use.indices, resolver.data(node.value, environment), node.span)


def _binds(node: nodes.Expr, scope: Scope) -> bool:
    match node:
        case nodes.Ref(parts=(part,)) if part.index is None:
            return part.name.text in scope.letters
        case nodes.Compare(ops=("in",)):
            return True
        case _:
            return False


def _unbound(node: nodes.Expr) -> nodes.Expr:
    """The letter of `u in T`; tuples of letters do not stand in a fix."""
    if isinstance(node, nodes.Compare) and node.ops == ("in",):
        return node.operands[0]
    return node


def _table(node: nodes.Table, d: ParamDef, resolver: Resolver) -> DataLiteral:
    """A table: header of column elements, then per line a row element and its values. One index: the values in a line
    below the header."""
    count = len(d.domain.sets)
    if count != 2 or not node.rows:
        raise resolver.fail(
            "G301",
            f"a table has two indices, `{d.name}` has {count}",
            node.span,
            hints=["use `{key: value, ...}` or a file"],
        )
    header = [resolver.element(cell) for cell in node.rows[0]]
    entries = []
    for row in node.rows[1:]:
        if len(row) != len(header) + 1:
            raise resolver.fail(
                "G501",
                f"a line of the table has {len(row) - 1} values for {len(header)} columns",
                row[0].span.to(row[-1].span),
                hints=["each line is a row element, then one number for each column of the first line"],
            )
        first = resolver.element(row[0])
        for column, cell in zip(header, row[1:], strict=True):
            if not isinstance(cell, nodes.Number):
                raise resolver.fail("G504", "a value of the table is no number", cell.span, "not a number")
            entries.append(DataEntry((first, column), ir.Number(cell.value, cell.span), cell.span))
    return DataLiteral(tuple(entries), node.span)


def _has_condition(node: nodes.Expr) -> bool:
    """Whether the set is made with a condition or with numbers that parameters may give."""
    match node:
        case nodes.Braces():
            return node.where is not None
        case nodes.SetOperation():
            return any(_has_condition(o) for o in node.operands)
        case nodes.Product():
            return any(_has_condition(f) for f in node.factors)
        case nodes.Range():
            return not all(
                isinstance(p, nodes.Number | nodes.Negation) for p in (node.low, node.high, node.step) if p is not None
            )
        case _:
            return False


def _without_condition(node: nodes.Expr) -> nodes.Expr:
    """The same set without conditions, for its structure only."""
    match node:
        case nodes.Braces():
            return nodes.Braces(node.entries, None, node.span) if node.where is not None else node
        case nodes.SetOperation():
            return nodes.SetOperation(node.ops, tuple(_without_condition(o) for o in node.operands), node.span)
        case nodes.Product():
            return nodes.Product(node.ops, tuple(_without_condition(f) for f in node.factors), node.span)
        case nodes.Range():
            one = nodes.Number(1.0, node.span)
            return nodes.Range(one, one, None, node.span)
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


def _names_in(node: nodes.SetDecl) -> set[str]:
    """Names of sets that the structure of a set stands on."""
    found: set[str] = set()
    stack: list[nodes.Expr] = [e for e in (node.within, node.value) if e is not None]
    while stack:
        e = stack.pop()
        match e:
            case nodes.Ref(parts=(part,)) if part.index is None:
                found.add(part.name.text)
            case nodes.SetOperation():
                stack += e.operands
            case nodes.Product():
                stack += e.factors
            case nodes.Braces() if e.where is not None or _builder(e):
                stack += [
                    entry.key.operands[1] if isinstance(entry.key, nodes.Compare) else entry.key for entry in e.entries
                ]
            case _:
                pass
    return found


def _builder(node: nodes.Braces) -> bool:
    return any(isinstance(entry.key, nodes.Compare) for entry in node.entries)


def known_players(names: Iterable[str], name: str, span: Span) -> tuple[object, ...]:
    return did_you_mean(name, names, span)
