"""The statements of a Pyomo script, in Python, before they are laid out: `PyomoModel` and its parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """A function of the script; `comment` stands above it."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[str, ...]
    comment: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexSet:
    """The instances of a declaration that does not run over whole sets: `items` is a list."""

    name: str
    dimen: int
    items: str


@dataclass(frozen=True)
class Component:
    """`m.NAME = pe.KIND(ARGUMENTS)` under its comment, after the functions and the index set that it needs."""

    name: str
    kind: str
    arguments: tuple[str, ...]
    comment: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    index_set: IndexSet | None = None


@dataclass(frozen=True)
class Fix:
    """Statements that fix variables."""

    comment: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """The shadow price of a constraint, and the name that reports know it by."""

    label: str
    name: str
    constraint: str
    unit: str
    indexed: bool


@dataclass(frozen=True)
class Shown:
    """A report. `keys` lists its indices in Python; `missing` says why it has no value, empty where it has."""

    label: str
    unit: str
    function: Function
    keys: str
    missing: str


@dataclass(frozen=True)
class TrueValue:
    """What a lifted value is by its definition, at the solution: `text` computes it, or a dictionary of it."""

    name: str
    text: str


@dataclass(frozen=True)
class Sos:
    """Two variables, and the component by which one of them is zero at each index."""

    first: str
    gap: str
    name: str


@dataclass(frozen=True)
class Settled:
    """A player's own problem, solved when all else is known: the name of its objective, and its variables."""

    objective: Component
    variables: tuple[str, ...]


@dataclass(frozen=True)
class PyomoModel:
    """All statements. `helpers` names the general functions that some of them call."""

    sets: tuple[Component, ...]
    params: tuple[Component, ...]
    data_functions: tuple[Function, ...]
    variables: tuple[Component, ...]
    functions: tuple[Function, ...]
    lifted: tuple[Component, ...]
    true_values: tuple[TrueValue, ...]
    objective: Component
    objective_label: str
    objective_unit: str
    constraints: tuple[Component, ...]
    pairs: tuple[Component, ...]
    sos: tuple[Sos, ...]
    fixes: tuple[Fix, ...]
    integers: tuple[str, ...]
    prices: tuple[Price, ...]
    reports: tuple[Shown, ...]
    helpers: frozenset[str]
    forgiving: bool
    settled: tuple[Settled, ...] = ()
    slips: tuple[Function, ...] = ()
    """Of the solved model; what is far from 0 means that rounding made the answer."""

    @property
    def index_inside(self) -> bool:
        """Whether some label has its index in the middle."""
        return any("[]" in r.label for r in self.reports)

    @property
    def ascii(self) -> bool:
        """Whether all that the script prints is ASCII."""
        labels = [self.objective_label, self.objective_unit]
        labels += [text for p in self.prices for text in (p.label, p.unit)]
        labels += [text for r in self.reports for text in (r.label, r.unit)]
        elements = [argument for s in self.sets for argument in s.arguments]
        return all(text.isascii() for text in labels + elements)
