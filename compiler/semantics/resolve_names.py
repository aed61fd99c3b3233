"""A name at a place -> the definition that it means, or a diagnostic that says what was probably meant:
`NameResolver`."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.functions import FUNCTIONS
from compiler.ir.game import CaseReport, PlayerDef, ReportDef
from compiler.ir.words import some
from compiler.semantics.scope import Definition, Environment, Scope
from compiler.syntax import expressions
from grammar.diagnostics import Findings, Hint, Label, did_you_mean
from grammar.source import Span


class Unresolved(Exception):  # noqa: N818 - a way out of a declaration, not an error of its own
    """An expression was reported as wrong; the declaration that holds it is given up."""


class NameResolver:
    """Resolves the expressions of one declaration's place: `player` is the block it stands in."""

    def __init__(self, scope: Scope, findings: Findings, player: PlayerDef | None = None) -> None:
        self.scope = scope
        self.findings = findings
        self.player = player
        self.reductions: set[int] = set()
        """Identities of the binders of reductions: inside one, another may use its letter anew, as in `sum(t)
        a[t]/(sum(t) b[t])`."""
        self.cases: dict[str, Span] | None = None
        """Names of cases, where `case.report` may be written (comparisons only)."""

    @property
    def place(self) -> str:
        return self.player.name if self.player else ""

    def environment(self) -> Environment:
        """The letters bound everywhere in the player's block."""
        if self.player is None:
            return {}
        return {
            letter: ir.Letter(binder, k, binder.span)
            for binder in self.player.domain.binders
            for k, letter in enumerate(binder.letters)
        }

    def fail(self, code: str, headline: str, span: Span, label: str = "", **more: object) -> Unresolved:
        """Report, and give the exception to raise."""
        self.findings.add(code, headline, span, label, **more)  # type: ignore[arg-type]
        return Unresolved()

    def _target(self, node: expressions.Ref) -> tuple[Definition | CaseReport, bool]:
        """The definition that a dotted name means, and whether its player was named with an index."""
        names = [p.name for p in node.parts]
        dotted = ".".join(n.text for n in names)
        found = self.scope.find(dotted, self.place)
        if found is None and len(names) > 1:
            head, rest = names[0], ".".join(n.text for n in names[1:])
            if self.cases is not None and head.text in self.cases:
                return self._case_report(head, names[1:], node), False
            if head.text in self.scope.players:
                own = self.scope.members[head.text]
                if rest in own:
                    return self._whole(own[rest]), node.parts[0].index is not None
                raise self._unknown_member(head, names[-1], rest)
            known = [n.removeprefix(f"{head.text}.") for n in self.scope.known_names(self.place)]
            inside = [n for n, whole in zip(known, self.scope.known_names(self.place), strict=True) if n != whole]
            if inside:
                raise self.fail(
                    "G201",
                    f"the component used as `{head.text}` has no `{rest}`",
                    names[-1].span,
                    "unknown name",
                    hints=did_you_mean(rest, inside, names[-1].span) or [f"`{head.text}` has {some(inside)}"],
                )
            if self.cases is not None:
                raise self._unknown_case(head)
            if f"{head.text}.{rest}" in self.scope.dropped or head.text in self.scope.dropped:
                raise self._dropped(head.text, node.span)
            raise self._unknown(head, node.span, what="player")
        if isinstance(found, list):
            which = " or ".join(f"`{player}.{dotted}`" for player, _ in found)
            raise self.fail(
                "G203",
                f"several players have a `{dotted}`",
                node.span,
                "which one is meant?",
                others=[Label(d.signature.span, f"in `{p}`") for p, d in found],
                hints=[f"write {which}"],
            )
        if found is None:
            raise self._unknown(names[0], node.span)
        return self._whole(found), False

    def _whole(self, found: Definition) -> Definition:
        """The definition, unless its head was reported as wrong: then nothing more is said."""
        if id(found) in self.scope.broken:
            raise Unresolved
        return found

    def _unknown_case(self, name: expressions.Name) -> Unresolved:
        assert self.cases is not None
        hints = did_you_mean(name.text, self.cases, name.span) or [
            f"declare it: `case {name.text} {{ }}` is the model as it stands"
        ]
        return self.fail("G201", f"no case `{name.text}` is declared", name.span, "unknown case", hints=hints)

    def _case_report(self, case: expressions.Name, rest: list[expressions.Name], node: expressions.Ref) -> CaseReport:
        report = self.scope.top.get(rest[0].text)
        if len(rest) == 1 and isinstance(report, ReportDef) and report.kind == "report":
            return CaseReport(case.text, report, node.span)
        known = [n for n, d in self.scope.top.items() if isinstance(d, ReportDef) and d.kind == "report"]
        raise self.fail(
            "G201",
            f"no report `{rest[0].text}` to take from case `{case.text}`",
            rest[0].span,
            "comparisons are made of reports",
            hints=did_you_mean(rest[0].text, known, rest[0].span) or [f"declare it: `report {rest[0].text} = ...`"],
        )

    def _unknown_member(self, player: expressions.Name, name: expressions.Name, rest: str) -> Unresolved:
        if f"{player.text}.{rest}" in self.scope.dropped:
            return self._dropped(f"{player.text}.{rest}", name.span)
        if rest in self.scope.constraints.get(player.text, {}):
            return self._constraint_used(rest, name.span)
        own = self.scope.members[player.text]
        hints = did_you_mean(rest, own, name.span) or [f"`{player.text}` has {some(list(own))}"]
        return self.fail("G201", f"player `{player.text}` has no `{rest}`", name.span, "unknown name", hints=hints)

    def _constraint_used(self, name: str, span: Span) -> Unresolved:
        return self.fail(
            "G204",
            f"`{name}` is a constraint, not a quantity",
            span,
            "a number is expected",
            hints=[f"give its shadow price a name at its end, `price mu_{name}`, and use that name"],
        )

    def _dropped(self, name: str, span: Span) -> Unresolved:
        return self.fail(
            "G606",
            f"`{name}` is dropped in this case and used here",
            span,
            "used here",
            hints=["drop what uses it too, or give the quantity a value by `fix` or `param`"],
        )

    def _unknown(self, name: expressions.Name, span: Span, what: str = "") -> Unresolved:
        text = name.text
        if text in self.scope.sets:
            raise self.fail(
                "G204",
                f"`{text}` is a set, not a number",
                name.span,
                "a number is expected",
                hints=[f"`card({text})` is its size; a letter of it can be bound: `sum(u in {text}) ...`"],
            )
        if text in self.scope.letters:
            of = self.scope.letters[text].name
            return self.fail(
                "G302",
                f"the letter `{text}` is not bound here",
                name.span,
                f"an element of `{of}`, but which?",
                hints=[f"add it to the index of the declaration, or sum over it: `sum({text}) ...`"],
            )
        if text in self.scope.players and what != "player":
            return self.fail(
                "G204",
                f"`{text}` is a player, not a number",
                name.span,
                "a number is expected",
                hints=[f"write `{text}.name` for something it owns"],
            )
        if text in self.scope.dropped:
            return self._dropped(text, span)
        gone = [d for d in self.scope.dropped if d.endswith(f".{text}")]
        if gone:
            return self._dropped(gone[0], span)
        if any(text in constraints for constraints in self.scope.constraints.values()):
            return self._constraint_used(text, name.span)
        pool = list(self.scope.players) if what == "player" else list(self.scope.known_names(self.place))
        hints = list(did_you_mean(text, pool, name.span))
        if not hints and text in FUNCTIONS:
            hints.append(Hint(f"a function needs its argument: `{text}(...)`"))
        elif not any(hint.edit for hint in hints):
            declaration = f"`player {text} {{ ... }}`" if what else f"`param {text} = ...`"
            if not what and self.player is not None:
                declaration += f" or, inside a player, `var {text}`"
            hints.append(Hint(f"declare it: {declaration}"))
        return self.fail(
            "G201",
            f"no {what} `{text}` is declared" if what else f"`{text}` is not declared",
            name.span,
            "unknown name",
            hints=hints,
        )
