"""`max`, `min`, `abs`, curves, tiers, risk and products -> further Pyomo variables and constraints that are
exact: `Lifted`.

The forms are those by which gamec solves: sides above or below a value where that is enough, else a binary for each
choice. The constants that binaries need are not written down: the script derives them from the bounds of its variables,
so that they stay right when bounds are changed.
"""

from __future__ import annotations

from compiler.backends.lifted_places import LiftedPlace, LiftedPlaces, nonlinear_in, variables_in, within
from compiler.backends.pyomo_code import Level
from compiler.backends.pyomo_indices import Unwritten
from compiler.backends.pyomo_lifted_parts import Block, Frame, Sides
from compiler.backends.pyomo_products import Products
from compiler.backends.pyomo_statements import Component, Function
from compiler.backends.statement_text import line_of
from compiler.ir import expr as ir
from compiler.ir.walk import outer_letters
from compiler.ir.words import short

CHOICE = "choice"

_ROOM = {
    True: ("max(highest(e) for e in sides) - lowest({side})", "<= {side} + room"),
    False: ("highest({side}) - min(lowest(e) for e in sides)", ">= {side} - room"),
}
"""How far the value may lie from a side that it is not, for the largest and the smallest."""


class Lifted(Products):
    """The lifted values of one player's model."""

    def lift(self) -> tuple[Block, ...]:
        """All blocks, inner ones first. Before anything of the problem is written."""
        self.places = LiftedPlaces(self.game, self.data.lifted, self.data.products)
        self.integer_parts = []
        self._asked = self._inside_constants()
        for place in self.places.found:
            name = self.part_names.claim(f"{place.name}_{_word(place.node)}", self.player.name)
            self.code.lifted[id(place.node)] = (name, place.domain)
        blocks = []
        for place in self.places.found:
            try:
                blocks.append(self._block(place))
            except Unwritten:
                continue
        return tuple(blocks)

    def _inside_constants(self) -> set[int]:
        """The lifted values of which some constant needs the bounds, by identity."""
        products = ir.Multiply | ir.Power
        asking: list[ir.Expr] = [p.node for p in self.places.found if p.form == CHOICE or isinstance(p.node, products)]
        for c in self.player.constraints:
            if c.condition is not None:
                asking += [e for e in (c.left, c.middle, c.right) if e is not None]
        return {id(x) for e in asking for x in nonlinear_in(e)}

    def _block(self, place: LiftedPlace) -> Block:
        node = place.node
        self._check(place)
        name, _ = self.code.lifted[id(node)]
        index, index_set = self.index(name, place.domain, skips=False)
        names, letters = self.parameters(place.domain)
        above = (f"{line_of(node.span, self.origins, within=True)}: {short(node.span, 90)}",)
        frame = Frame(name, place, tuple(names), letters, index, index_set, above)
        match node:
            case ir.Apply():
                return self._extreme(frame, node)
            case ir.Reduce():
                return self._extreme_over(frame, node)
            case ir.Piecewise():
                return self._curve(frame, node.subject, self.code.points(node, letters), len(node.x) - 1)
            case ir.Tiers():
                return self._curve(frame, node.subject, self.code.points(node, letters), len(node.rates))
            case ir.Risk():
                return self._risk(frame, node)
            case ir.Multiply():
                return self.product(frame, node)
            case ir.Power():
                return self.power(frame, node)

    def _check(self, place: LiftedPlace) -> None:
        node = place.node
        if len(set(place.domain.letters)) < len(place.domain.letters):
            raise self.code.refuse(
                f"`{short(node.span)}`, around which two indices have one letter,",
                node.span,
                "take another letter for the inner one",
            )
        where = place.domain.where
        if where is not None and not place.domain.binders:
            raise self.code.refuse(
                f"`{short(node.span)}` under the condition `{short(where.span)}`,",
                node.span,
                "say by cases which one holds: `case NAME { ... }`",
            )
        if place.in_let and place.steps and place.domain.where is None:
            raise self.code.refuse(
                f"`{short(node.span)}`, which steps along a set inside a `let`,",
                node.span,
                "write it where it is used, or give the `let` the condition under which the step stays inside",
            )
        if isinstance(node, ir.Tiers) and any(variables_in(r) for r in node.rates):
            raise self.code.refuse(f"`{short(node.span)}`, of which rates are variables,", node.span, "fix the rates")
        if place.form == CHOICE and not isinstance(node, ir.Multiply):
            self.check_bounds(f"`{short(node.span)}`", node.span, node)

    # ------------------------------------------------------------ the largest and the smallest

    def _extreme(self, f: Frame, node: ir.Apply) -> Block:
        codes = [self.code.number(a, f.letters) for a in node.arguments]
        texts = [c.text for c in codes]
        if node.function == "abs":
            texts.append(f"-{codes[0].at(Level.POWER)}")
        of = self.function_names.claim(f"{f.name}_sides")
        function = Function(of, ("m", *f.names), (f"return {', '.join(texts)}",))
        sides = self._numbered(f, f.call(of), len(texts))
        pick = "min" if node.function == "min" else "max"
        parts = self._sided(f, pick == "max", sides, (function,))
        return Block(parts, self.true(f, f"{pick}({f.call(of, of='at')})"))

    def _numbered(self, f: Frame, listed: str, count: int) -> Sides:
        n = self.code.letter("n")
        over = f"range({count})"
        return Sides(listed, (*f.index, over), None, (*f.names, n), f"sides[{n}]", f"for {n} in {over}")

    def _extreme_over(self, f: Frame, node: ir.Reduce) -> Block:
        """`smax` and `smin`: a side for each element that the reduction runs over."""
        if node.op not in ("smin", "smax"):
            raise self.code.refuse(f"`{short(node.span)}` of variables", node.span, "write the product out")
        _, inner, clauses = self.code.opened(node.domain, f.letters)
        body = self.code.number(node.body, inner)
        of = self.function_names.claim(f"{f.name}_sides")
        loops = " ".join(clauses)
        function = Function(of, ("m", *f.names), (f"return [{body.at(Level.OR)} {loops}]",))
        whole = within(f.place.domain, node.domain)
        index, index_set = self.index(f"{f.name}_side", whole, skips=False)
        names, _ = self.parameters(whole)
        sides = Sides(f.call(of), index, index_set, tuple(names), body.at(Level.SUM), loops)
        parts = self._sided(f, node.op == "smax", sides, (function,))
        return Block(parts, self.true(f, f"{node.op[1:]}({f.call(of, of='at')})"))

    def _sided(self, f: Frame, largest: bool, sides: Sides, functions: tuple[Function, ...]) -> tuple[Component, ...]:
        """A variable with a row for each side; with a binary for each side where something would profit from a value
        beyond them all."""
        picked = "largest" if largest else "smallest"
        relation = ">=" if largest else "<="
        choice = f.place.form == CHOICE
        word = {"largest": "larger", "smallest": "smaller"}[picked]
        why = "a binary for each says which" if choice else f"nothing in the problem profits from a {word} value"
        arguments: tuple[str, ...] = ()
        if id(f.place.node) in self._asked:
            self.code.helpers.add("bounds")
            bounds = self.function_names.claim(f"{f.name}_bounds")
            pick = "max" if largest else "min"
            body = (
                f"sides = {sides.all}",
                f"return {pick}(lowest(e) for e in sides), {pick}(highest(e) for e in sides)",
            )
            functions = (*functions, Function(bounds, ("m", *f.names), body))
            arguments = (f"bounds={bounds}",)
        comment = (
            *f.comment,
            f"    the {picked} of its {'lines' if sides.all.startswith('lines(') else 'sides'}; {why}",
        )
        variable = self.made(f, "", "Var", *arguments, comment=comment, functions=functions, index_set=f.index_set)
        named = sides.side.startswith("sides[")
        text = sides.all + sides.side.removeprefix("sides") if named else sides.side
        row = self.ruled(f, "_side", "Constraint", (f"return {f.cell()} {relation} {text}",), sides)
        row = Component(row.name, row.kind, row.arguments, (), row.functions, sides.index_set)
        if not choice:
            return variable, row
        room, reach = _ROOM[largest]
        at = f"m.{f.name}_choice[{', '.join(sides.names)}]"
        reached = (
            f"sides = {sides.all}",
            f"room = {room.format(side=sides.side)}",
            f"return {f.cell()} {reach.format(side=sides.side)}*(1 - {at})",
        )
        return (
            variable,
            row,
            self.binary(f, "_choice", sides.index, "1 for the side that it is"),
            self.ruled(f, "_reached", "Constraint", reached, sides),
            self.ruled(f, "_one", "Constraint", (f"return sum({at} {sides.clauses}) == 1",)),
        )

    # ------------------------------------------------------------ curves and tiers

    def _curve(self, f: Frame, subject: ir.Expr, points: str, pieces: int) -> Block:
        """Through `points`; the end pieces go on. What tiers are paid for is at least zero."""
        self.code.helpers.add("curve")
        e = self.code.number(subject, f.letters)
        of = self.function_names.claim(f"{f.name}_points")
        function = Function(of, ("m", *f.names), (f"return {e.text}, {points}",))
        if f.place.form == CHOICE:
            parts = self._pieces(f, f.call(of), function, pieces)
        else:
            sides = self._numbered(f, f"lines(*{f.call(of)})", pieces)
            parts = self._sided(f, f.place.form == "largest", sides, (function,))
        if isinstance(f.place.node, ir.Tiers):
            parts += (self.ruled(f, "_amount", "Constraint", (f"return {e.at(Level.SUM)} >= 0",)),)
        return Block(parts, self.true(f, f"curve(*{f.call(of, of='at')})"))

    def _pieces(self, f: Frame, call: str, function: Function, pieces: int) -> tuple[Component, ...]:
        """`e = sum of parts`, `low*piece <= part <= high*piece`, `sum of pieces = 1` (Croxton, Gendron and Magnanti
        2003)."""
        self.code.helpers.add("bounds")
        sides = self._numbered(f, "", pieces)
        n, over = sides.names[-1], sides.clauses
        part, piece = f.cell("_part", n), f.cell("_piece", n)
        ends = f"e, points = {call}"
        low = (ends, f"end = lowest(e) if {n} == 0 else points[{n}][0]", f"return {part} >= end*{piece}")
        high = (
            ends,
            f"end = highest(e) if {n} == {pieces - 1} else points[{n} + 1][0]",
            f"return {part} <= end*{piece}",
        )
        value = (
            f"slopes, offsets = slopes_offsets({call}[1])",
            f"return sum(slopes[{n}]*{part} + offsets[{n}]*{piece} {over})",
        )
        comment = (
            *f.comment,
            "    a curve that is not convex here: its argument lies on one piece, which a binary says",
        )
        bounds = self.function_names.claim(f"{f.name}_bounds")
        ends_of = (f"e, _ = {call}", "return min(0, lowest(e)), max(0, highest(e))")
        within_ends = Function(bounds, ("m", *sides.names), ends_of)
        first = self.made(
            f,
            "_part",
            "Var",
            f"bounds={bounds}",
            index=sides.index,
            comment=comment,
            functions=(function, within_ends),
            index_set=f.index_set,
        )
        return (
            first,
            self.binary(f, "_piece", sides.index, "1 for the piece that it lies on"),
            self.ruled(f, "_whole", "Constraint", (f"return sum({part} {over}) == {call}[0]",)),
            self.ruled(f, "_one", "Constraint", (f"return sum({piece} {over}) == 1",)),
            self.ruled(f, "_low", "Constraint", low, sides),
            self.ruled(f, "_high", "Constraint", high, sides),
            self.ruled(f, "", "Expression", value),
        )

    # ------------------------------------------------------------ risk

    def _risk(self, f: Frame, node: ir.Risk) -> Block:
        """`quantile + mean of the excess over it/(1 - level)` (Rockafellar and Uryasev 2000)."""
        self.code.helpers.add("cvar")
        mine, inner, clauses = self.code.opened(node.domain, f.letters)
        loops = " ".join(clauses)
        loss = self.code.number(node.body, inner)
        level = self.code.number(node.level, f.letters).at(Level.PRODUCT)
        weight = self.code.number(node.probability, inner)
        of = self.function_names.claim(f"{f.name}_loss")
        outcomes = self.function_names.claim(f"{f.name}_outcomes")
        functions: tuple[Function, ...] = (
            Function(of, ("m", *f.names, *mine), (f"return {loss.text}",)),
            Function(outcomes, ("m", *f.names), (f"return [({weight.text}, {f.call(of, *mine)}) {loops}]",)),
        )
        true_level = level
        if outer_letters(node.level):
            share = self.function_names.claim(f"{f.name}_level")
            functions = (*functions, Function(share, ("m", *f.names), (f"return {level}",)))
            level, true_level = f.call(share), f.call(share, of="at")
        index, index_set = self.index(f"{f.name}_excess", within(f.place.domain, node.domain), skips=False)
        sides = Sides("", index, index_set, (*f.names, *mine), "", loops)
        excess = f.cell("_excess", *mine)
        comment = (
            *f.comment,
            "    the quantile and the mean excess of the loss over it (Rockafellar and Uryasev 2000)",
        )
        quantile = self.made(f, "_quantile", "Var", comment=comment, functions=functions, index_set=f.index_set)
        value = f"return {f.cell('_quantile')} + sum({weight.at(Level.PRODUCT)}*{excess} {loops})/(1 - {level})"
        tail = f"return {excess} >= {f.call(of, *mine)} - {f.cell('_quantile')}"
        return Block(
            (
                quantile,
                self.made(f, "_excess", "Var", "bounds=(0, None)", index=index, index_set=index_set),
                self.ruled(f, "_tail", "Constraint", (tail,), sides),
                self.ruled(f, "", "Expression", (value,)),
            ),
            self.true(f, f"cvar({f.call(outcomes, of='at')}, {true_level})"),
        )


def _word(node: ir.Expr) -> str:
    match node:
        case ir.Apply():
            return node.function
        case ir.Reduce():
            return node.op.removeprefix("s")
        case ir.Piecewise():
            return "curve"
        case ir.Tiers():
            return "tiers"
        case ir.Multiply():
            return "product"
        case ir.Power():
            return "power"
        case _:
            return "cvar"
