"""Declarations -> their symbols in print: `Symbols`. Each has one symbol, which no other declaration has.

A symbol is the user's `tex`, or is made from the name: `p_buy` is p with `buy` above, `eta` and `η` are the Greek
letter, `x1` has a subscript, `load` stands upright. Places for indices are found in the user's symbol: in
`P^{\\mathrm{load}}_{i,t}` they are i and t; where it has none they come last in the subscript. Where two declarations
would look alike, parts of components get the component's name above, then players' parts the player's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from unicodedata import normalize

from compiler.documents import math as m
from compiler.documents.greek import NAMES
from compiler.documents.tex_symbol import UnknownTexError, tex_symbol
from compiler.ir import expr as ir
from compiler.ir.game import (
    CaseReport,
    ConstraintDef,
    Game,
    LetDef,
    ObjectiveDef,
    ParamDef,
    ReportDef,
    SetDef,
    Signature,
    VarDef,
)

_COMPONENT = re.compile(r"^(\\mathrm\{[^{}]*\}(_\{[^{}]*\})?\.)+")

Declaration = ParamDef | LetDef | VarDef | ConstraintDef | ObjectiveDef | ReportDef
"""What has a symbol. A constraint stands for its shadow price."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where index number `index` goes."""

    index: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A symbol whose indices are open: a base, the items above and below."""

    base: m.Math
    below: tuple[m.Math | Place, ...] = ()
    above: tuple[m.Math | Place, ...] = ()
    primes: int = 0

    def filled(self, indices: Sequence[m.Math]) -> m.Math:
        """The symbol at these indices; without them where there are none."""
        below, above = (_list(items, indices) for items in (self.below, self.above))
        if below is None and above is None and not self.primes:
            return self.base
        return m.Scripts(self.base, below, above, self.primes)

    def looks(self) -> tuple[object, ...]:
        """What tells this symbol from others, its indices aside."""
        plain = [tuple(i for i in items if not isinstance(i, Place)) for items in (self.below, self.above)]
        return (self.base, *plain, self.primes)


def _list(items: tuple[m.Math | Place, ...], indices: Sequence[m.Math]) -> m.Math | None:
    shown = [indices[i.index] if isinstance(i, Place) else i for i in items if not _missing(i, indices)]
    return m.joined(shown) if shown else None


def _missing(item: m.Math | Place, indices: Sequence[m.Math]) -> bool:
    return isinstance(item, Place) and item.index >= len(indices)


class Symbols:
    """The symbols of a game, and of `more` declarations that were derived from it. `refused` has the `tex` that cannot
    be printed: the signature and why."""

    def __init__(self, game: Game, more: Sequence[VarDef] = ()) -> None:
        self.refused: list[tuple[Signature, str]] = []
        self._patterns: dict[int, Pattern] = {}
        self._others: list[Declaration] = []
        self._sets = self._set_symbols(game.sets)
        self._sets_by_name = {d.name: self._sets[id(d)] for d in game.sets}
        declared = [*_declared(game), *more]
        for declaration in declared:
            self._patterns[id(declaration)] = self._pattern(declaration)
        self._tell_apart(declared)
        self._by_name = {_identity(d): self._patterns[id(d)] for d in declared}

    def of(self, declaration: Declaration | CaseReport, indices: Sequence[m.Math] = ()) -> m.Math:
        """The symbol at these indices."""
        if isinstance(declaration, CaseReport):
            report = self.of(declaration.report, indices)
            case = m.Ident(declaration.case.replace("_", " "), "roman")
            return m.Scripts(m.Fenced("", report, "|"), below=case)
        pattern = self._patterns.get(id(declaration))
        if pattern is None:  # of another case of the game, or made by a derivation
            pattern = self._by_name.get(_identity(declaration)) or self._pattern(declaration)
            self._patterns[id(declaration)] = pattern
            self._others.append(declaration)
        return pattern.filled(indices)

    def head(self, declaration: Declaration) -> m.Math:
        """The symbol with the letters that it is declared with."""
        return self.of(declaration, [letter(name) for name in declaration.domain.letters])

    def of_set(self, definition: SetDef) -> m.Math:
        found = self._sets.get(id(definition)) or self._sets_by_name.get(definition.name)
        return found if found is not None else m.Ident(_words(definition.name), "roman")

    # ------------------------------------------------------------ sets

    def _set_symbols(self, sets: Iterable[SetDef]) -> dict[int, m.Math]:
        """Of sets: the user's symbol; a script letter from a name of one letter, or from the set's first index letter;
        else the name."""
        sets = list(sets)
        found: dict[int, m.Math] = {}
        taken: set[m.Math] = set()

        def give(definition: SetDef, symbol: m.Math | None) -> None:
            if symbol is not None and symbol not in taken and id(definition) not in found:
                found[id(definition)] = symbol
                taken.add(symbol)

        for d in sets:
            if d.signature.tex:
                give(d, self._user(d.signature))
        for d in sets:
            give(d, _script(d.name))
        for d in sets:
            give(d, _script(d.letters[0].upper()) if d.letters and d.arity == 1 else None)
        for d in sets:
            parent = d.parent.set if isinstance(d.parent, ir.SetName) else None
            if parent is not None and isinstance(above := found.get(id(parent)), m.Ident):
                give(d, m.Scripts(above, above=m.Ident(_words(d.name), "roman")))
        for d in sets:
            give(d, m.Ident(_words(d.name), "roman"))
        for number, d in enumerate(sets, start=1):
            give(d, m.Ident(f"{_words(d.name)} {number}", "roman"))
        return found

    # ------------------------------------------------------------ quantities

    def _user(self, signature: Signature) -> m.Math | None:
        # A component's part has the component's name before its symbol; we write it above, where it is needed.
        tex = _COMPONENT.sub("", signature.tex) if "." in signature.name else signature.tex
        if not tex:
            return None
        try:
            return tex_symbol(tex)
        except UnknownTexError as error:
            self.refused.append((signature, str(error)))
            return None

    def _pattern(self, declaration: Declaration) -> Pattern:
        signature = _signature(declaration)
        user = self._user(signature)
        letters = declaration.domain.letters
        if user is not None:
            return _with_places(user, letters)
        named = _from_name(signature.name.rsplit(".", 1)[-1])
        return replace(named, below=(*named.below, *map(Place, range(len(letters)))))

    def _tell_apart(self, declared: list[Declaration]) -> None:
        for qualifier in (_report, _component, _player, _count(declared)):
            groups: dict[object, list[Declaration]] = {}
            for d in declared:
                groups.setdefault(self._patterns[id(d)].looks(), []).append(d)
            for alike in groups.values():
                for d in alike:
                    if any(_confused(d, other) for other in alike if other is not d):
                        pattern = self._patterns[id(d)]
                        extra = tuple(m.Ident(w, "roman") for w in qualifier(d))
                        self._patterns[id(d)] = replace(pattern, above=(*pattern.above, *extra))


def _confused(one: Declaration, other: Declaration) -> bool:
    """Whether two that look alike but for their indices are taken for each other. `E` and `E_t` are not; users who
    write `c_k` and `c_s` tell them apart by the index."""
    if len(one.domain.letters) != len(other.domain.letters):
        return False
    chosen = bool(_signature(one).tex) and bool(_signature(other).tex)
    return not chosen or [s.name for s in one.domain.sets] == [s.name for s in other.domain.sets]


def _report(d: Declaration) -> tuple[str, ...]:
    return (d.kind,) if isinstance(d, ReportDef) else ()


def _component(d: Declaration) -> tuple[str, ...]:
    return tuple(_words(part) for part in _signature(d).name.split(".")[:-1])


def _player(d: Declaration) -> tuple[str, ...]:
    return (_words(d.player),) if not isinstance(d, ReportDef) and d.player else ()


def _count(declared: list[Declaration]) -> Callable[[Declaration], tuple[str, ...]]:
    numbers = {id(d): k for k, d in enumerate(declared, start=1)}
    return lambda d: (str(numbers[id(d)]),)


def _declared(game: Game) -> Iterable[Declaration]:
    """Everything that has a symbol, each once; a constraint where its price has a name."""
    probabilities = [s.probability for s in game.sets if s.probability is not None]
    yield from {id(p): p for p in (*game.params, *probabilities)}.values()
    yield from game.lets
    for player in game.players:
        yield from player.params
        yield from player.lets
        yield from player.variables
        yield player.objective
        yield from (c for c in player.constraints if c.price is not None)
    yield from (c for c in game.shared if c.price is not None)
    yield from game.reports
    yield from game.comparisons


def _identity(d: Declaration) -> tuple[object, ...]:
    return type(d), "" if isinstance(d, ReportDef) else d.player, _signature(d).name


def _signature(d: Declaration) -> Signature:
    return d.price if isinstance(d, ConstraintDef) and d.price is not None else d.signature


# ---------------------------------------------------------------- names


def letter(name: str) -> m.Math:
    """An index letter: `t`, `kk` as k', `i2` with a subscript, other words as they are."""
    if len(name) == 2 and name[0] == name[1] and name[0].isalpha():
        return m.Scripts(m.Ident(name[0]), primes=1)
    pattern = _from_name(name)
    found = pattern.filled(())
    return m.Ident(name) if found == m.Ident(name, "roman") else found


def element(value: object) -> m.Math:
    """An element written out; names stand upright, which tells them from letters."""
    if isinstance(value, tuple):
        return m.Fenced("(", m.joined([element(v) for v in value]), ")")
    if isinstance(value, int):
        return m.integer(value)
    return m.Ident(_words(str(value)), "roman")


def _from_name(name: str) -> Pattern:
    if name in ("dt", "Δt"):
        return Pattern(m.Row((m.Ident("Δ"), m.Ident("t"))))
    head, *rest = [part for part in normalize("NFKC", name).split("_") if part] or [name]
    base, below = _head(head)
    above: list[m.Math] = []
    for part in rest:
        if part.isdigit():
            below.append(m.Digits(part))
        elif part in NAMES:
            above.append(m.Ident(NAMES[part]))
        elif len(part) == 1 and part in NAMES.values():
            above.append(m.Ident(part))
        else:
            above.append(m.Ident(part, "roman"))
    return Pattern(base, tuple(below), tuple(above))


def _head(word: str) -> tuple[m.Math, list[m.Math | Place]]:
    stem = word.rstrip("0123456789")
    digits: list[m.Math | Place] = [m.Digits(word[len(stem) :])] if stem != word else []
    if stem in NAMES:
        return m.Ident(NAMES[stem]), digits
    if len(stem) == 1:
        return m.Ident(stem), digits
    return m.Ident(word, "roman"), []


def _script(name: str) -> m.Math | None:
    return m.Ident(name, "script") if len(name) == 1 and "A" <= name <= "Z" else None


def _words(name: str) -> str:
    return name.replace("_", " ")


# ---------------------------------------------------------------- places of indices


def _with_places(symbol: m.Math, letters: Sequence[str]) -> Pattern:
    """The user's symbol with its indices open."""
    before, last = (symbol.parts[:-1], symbol.parts[-1]) if isinstance(symbol, m.Row) else ((), symbol)
    if isinstance(last, m.Scripts):
        base, primes = m.row(*before, last.base), last.primes
        below, above = _items(last.below), _items(last.above)
    else:
        base, primes, below, above = symbol, 0, [], []
    places = _matched([*below, *above], letters)
    open_below = [places.get(k, item) for k, item in enumerate(below)]
    open_above = [places.get(len(below) + k, item) for k, item in enumerate(above)]
    shown = {p.index for p in places.values()}
    missing = [Place(k) for k in range(len(letters)) if k not in shown]
    first = next((k for k, item in enumerate(open_below) if isinstance(item, Place)), len(open_below))
    open_below[first:first] = missing
    return Pattern(base, tuple(open_below), tuple(open_above), primes)


def _items(script: m.Math | None) -> list[m.Math | Place]:
    """The items of a script, parted at its commas."""
    if script is None:
        return []
    parts = script.parts if isinstance(script, m.Row) else (script,)
    groups: list[list[m.Math]] = [[]]
    for part in parts:
        if part == m.Sign(","):
            groups.append([])
        else:
            groups[-1].append(part)
    return [m.row(*group) for group in groups if group]


def _matched(items: list[m.Math | Place], letters: Sequence[str]) -> dict[int, Place]:
    """Items that are indices: those that are one of the letters; where as many single letters stand there as there are
    indices, each in its turn, whatever letters they are."""
    wanted = [letter(name) for name in letters]
    by_name = {k: Place(wanted.index(i)) for k, i in enumerate(items) if not isinstance(i, Place) and i in wanted}
    if len(set(by_name.values())) == len(letters) == len(by_name):
        return by_name
    single = [k for k, i in enumerate(items) if _may_be_index(i)]
    if len(single) == len(letters):
        return {k: Place(position) for position, k in enumerate(single)}
    return by_name if len(set(by_name.values())) == len(by_name) else {}


def _may_be_index(item: m.Math | Place) -> bool:
    if isinstance(item, m.Scripts):
        return item.primes > 0 and item.above is None and item.below is None and _may_be_index(item.base)
    return isinstance(item, m.Ident) and item.font == "italic" and len(item.text) == 1 and not item.text.isupper()
