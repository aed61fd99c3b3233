"""Players and their declarations, and those at the top -> definitions with heads, entered into the scope:
`Declarations`."""

from __future__ import annotations

from compiler.ir import expr as ir
from compiler.ir.game import ConstraintDef, LetDef, ObjectiveDef, ParamDef, PlayerDef, ReportDef, VarDef
from compiler.semantics.bodies import Pending
from compiler.semantics.resolve import Resolver
from compiler.semantics.resolve_names import Unresolved
from compiler.semantics.scope import Definition, Scope
from compiler.semantics.units import UnitTable, signature
from compiler.syntax import declarations
from grammar.diagnostics import Findings


class Declarations:
    """Declares everything but sets. `pending` lists the definitions whose bodies are still to be resolved."""

    def __init__(self, model: declarations.Model, scope: Scope, units: UnitTable, findings: Findings) -> None:
        self.model = model
        self.scope = scope
        self.units = units
        self.findings = findings
        self.pending: list[Pending] = []

    def declare(self) -> None:
        """Players first, because an index of theirs is part of what they own; then the top; then each player's
        block."""
        self._declare_players()
        self._declare_top()
        for player in self.scope.players.values():
            self._declare_members(player)

    def _declare_players(self) -> None:
        for s in self.model.statements:
            if not isinstance(s, declarations.PlayerDecl) or not self.scope.declare(
                "", s.head.name.text, s.head.name.span, self.findings
            ):
                continue
            player = PlayerDef(signature(s.head, self.units), ir.Domain())
            self.scope.players[player.name] = player
            self.scope.members[player.name] = {}
            self.scope.constraints[player.name] = {}
            try:
                self._player_head(player, s)
            except Unresolved:
                self.scope.broken.add(id(player))

    def _player_head(self, player: PlayerDef, node: declarations.PlayerDecl) -> None:
        if node.head.unit is not None:
            self.findings.add("G110", "a player has no unit", node.head.unit.span, hints=["leave it out"])
        if node.follows is not None:
            player.leaders = tuple(part.name.text for part in node.follows.leaders if part.name.text != "none")
            player.optimistic = node.follows.optimistic
            player.follows_span = node.follows.span
            player.leader_spans = tuple(part.span for part in node.follows.leaders if part.name.text != "none")
            self._own_leaders(player, node, node.follows)
        if node.head.index is not None:
            player.domain, _ = Resolver(self.scope, self.findings).domain(node.head.index, {})

    def _own_leaders(self, player: PlayerDef, node: declarations.PlayerDecl, follows: declarations.Follows) -> None:
        """Leaders with the player's own index: `player mill[f] follows mine[f]`."""
        letters = node.head.index.span.text.replace(" ", "") if node.head.index is not None else ""
        for part in follows.leaders:
            if part.index is None:
                continue
            if part.index.span.text.replace(" ", "") == letters:
                player.own_leaders |= {part.name.text}
                continue
            name = part.name.text
            hints = [f"leave the index out to follow every `{name}`"]
            if letters:
                hints.append(f"`follows {name}{letters}` is for the one with the player's own index")
            self.findings.add("G303", f"`follows {name}` with this index", part.index.span, "no index", hints=hints)

    def _declare_top(self) -> None:
        for s in self.model.statements:
            match s:
                case declarations.ParamDecl() | declarations.LetDecl() | declarations.ReportDecl():
                    self._declare(s, None)
                case declarations.ConstraintDecl(kind="shared"):
                    self._declare(s, None)
                case declarations.CaseDecl():
                    self.scope.declare("case", s.head.name.text, s.head.name.span, self.findings)
                case _:
                    pass

    def _declare_members(self, player: PlayerDef) -> None:
        node = next(
            s
            for s in self.model.statements
            if isinstance(s, declarations.PlayerDecl) and s.head.name.text == player.name
        )
        objectives: list[declarations.ObjectiveDecl] = []
        for s in node.body or ():
            match s:
                case declarations.ObjectiveDecl():
                    objectives.append(s)
                    self._declare(s, player)
                case (
                    declarations.ParamDecl()
                    | declarations.LetDecl()
                    | declarations.VarDecl()
                    | declarations.ConstraintDecl()
                ):
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

    def _declare(self, node: declarations.Statement, player: PlayerDef | None) -> None:
        assert isinstance(
            node,
            declarations.ParamDecl
            | declarations.LetDecl
            | declarations.ReportDecl
            | declarations.VarDecl
            | declarations.ConstraintDecl
            | declarations.ObjectiveDecl,
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
        broken = False
        try:
            domain, inner = resolver.domain(node.head.index, environment)
        except Unresolved:
            domain, inner, broken = ir.Domain(), environment, True
        binders = (player.domain.binders if player else ()) + domain.binders
        where = domain.where
        if player is not None and player.domain.where is not None:
            where = player.domain.where if where is None else ir.Logic("and", (player.domain.where, where), where.span)
        whole = ir.Domain(binders, where, domain.span)
        head = signature(node.head, self.units)
        definition: Definition
        match node:
            case declarations.ParamDecl():
                definition = ParamDef(head, owner, whole, own)
            case declarations.LetDecl():
                definition = LetDef(head, owner, whole, own)
            case declarations.ReportDecl():
                definition = ReportDef(head, whole, node.kind)
            case declarations.VarDecl():
                definition = VarDef(head, owner, whole, own, node.kind)
            case declarations.ObjectiveDecl():
                definition = ObjectiveDef(head, owner, whole, own, node.maximize)
            case declarations.ConstraintDecl():
                definition = ConstraintDef(head, owner, whole, own)
        if isinstance(definition, ConstraintDef):
            self.scope.constraints.setdefault(owner, {})[name.text] = definition
            assert isinstance(node, declarations.ConstraintDecl)
            definition.shared = node.kind == "shared"
            definition.individual = node.price is not None and node.price.individual
            if node.price is not None:
                definition.price = signature(node.price.head, self.units)
                price = node.price.head.name
                if self.scope.declare(owner, price.text, price.span, self.findings):
                    self._enter(owner, price.text, definition)
        else:
            self._enter(owner, name.text, definition)
        if broken or id(player) in self.scope.broken:
            self.scope.broken.add(id(definition))
        self.pending.append(Pending(definition, node, player, inner, broken))

    def _enter(self, owner: str, name: str, definition: Definition) -> None:
        table = self.scope.members[owner] if owner else self.scope.top
        table[name] = definition
