"""The sections of a document -> what must be said of the signs they use: `notation`."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.documents import math as m
from compiler.documents.document import Formula, Inlines, Section, Text, parts_of


def notation(sections: Iterable[Section], prices: bool) -> list[Inlines]:
    """A paragraph for each sign that is not common knowledge, in a fixed order. `prices` says whether constraints show
    their shadow prices."""
    used = {_key(node) for node in parts_of(tuple(sections))}
    return [said for key, said in _SAID if key in used or (prices and key == "price")]


def _key(node: object) -> str:
    match node:
        case m.Named() | m.Sign():
            return node.text if isinstance(node, m.Named) else node.name
        case m.Large():
            return node.name
        case _:
            return ""


def _i(name: str) -> m.Math:
    return m.Ident(name)


def _call(name: str, *arguments: m.Math) -> m.Math:
    return m.row(m.Named(name), m.Fenced("(", m.joined(list(arguments)), ")"))


def _point(k: str) -> m.Math:
    x, y = (m.Scripts(_i(c), below=_i(k) if k.isalpha() else m.Digits(k)) for c in "xy")
    return m.Fenced("(", m.joined([x, y]), ")")


def _tail() -> Inlines:
    """The definition of CVaR by Rockafellar and Uryasev."""
    level, eta = m.Ident("β"), m.Ident("η")
    loss, weight = (m.Scripts(m.Ident(c), below=m.Ident("w")) for c in "eπ")
    share = m.row(m.Digits("1"), m.Sign("-"), level)
    beyond = m.row(m.Named("max"), m.Fenced("{", m.joined([m.row(loss, m.Sign("-"), eta), m.Digits("0")]), "}"))
    mean = m.row(m.Large("sum", (m.Ident("w"),)), weight, m.Times("thin"), beyond)
    formula = m.row(
        m.Scripts(m.Named("CVaR"), below=m.joined([m.Ident("w"), level])),
        m.Fenced("[", loss, "]"),
        m.Sign("=="),
        m.Large("min", (eta,)),
        m.Fenced("{", m.row(eta, m.Sign("+"), m.Fraction(m.Digits("1"), share), mean), "}"),
    )
    return (
        Text("The conditional value at risk at the level "),
        Formula(level),
        Text(" is the mean of the largest share "),
        Formula(share),
        Text(" of a loss "),
        Formula(loss),
        Text(" with the probabilities "),
        Formula(weight),
        Text(": "),
        Formula(formula),
        Text(" (Rockafellar and Uryasev, Journal of Risk 2 (2000) 21)."),
    )


_T = m.Ident("T", "script")
_SAID: tuple[tuple[str, Inlines], ...] = (
    (
        "price",
        (
            Text("A symbol in parentheses behind a constraint is its shadow price: the change of that player's optimal "
            "objective for one more unit on the right-hand side, whatever the sense of the objective."),
        ),
    ),
    (
        "first",
        (
            Text("Sets are ordered: "), Formula(_call("first", _T)), Text(" and "), Formula(_call("last", _T)),
            Text(" are the first and the last element of "), Formula(_T), Text("."),
        ),
    ),
    (
        "prev",
        (
            Text("The element before "), Formula(_i("k")), Text(" in the order of its set is "),
            Formula(_call("prev", _i("k"))), Text(", the one "), Formula(_i("n")), Text(" places before it "),
            Formula(_call("prev", _i("k"), _i("n"))), Text("."),
        ),
    ),
    (
        "next",
        (
            Text("The element after "), Formula(_i("k")), Text(" in the order of its set is "),
            Formula(_call("next", _i("k"))), Text(", the one "), Formula(_i("n")), Text(" places after it "),
            Formula(_call("next", _i("k"), _i("n"))), Text("."),
        ),
    ),
    ("ord", (Text("The place of an element in its set, from 1, is "), Formula(_call("ord", _i("k"))), Text("."))),
    ("mean", (Text("The sign mean stands for the arithmetic mean over what is written below it."),)),
    (
        "pwl",
        (
            Text("The curve "),
            Formula(m.row(m.Named("pwl"), m.Fenced("(", m.row(
                _i("z"), m.Sign(";"), m.joined([_point("1"), m.Sign("dots"), _point("n")])), ")"))),
            Text(" runs through its points, is linear between them, and goes on beyond the first and the last as its "
                 "end pieces do."),
        ),
    ),
    (
        "tiers",
        (
            Text("The cost "),
            Formula(m.row(m.Named("tiers"), m.Fenced("(", m.row(
                _i("z"), m.Sign(";"), m.joined([m.row(_i("a"), m.Sign("colon"), _i("p")), m.Sign("dots"),
                m.row(m.Words("rest"), m.Sign("colon"), _i("q"))])), ")"))),
            Text(" is that of "), Formula(_i("z")), Text(" units paid by tiers: each unit up to the first limit "),
            Formula(_i("a")), Text(" at the rate "), Formula(_i("p")), Text(", those from one limit to the next at the "
            "rate of the next, and the rest at the last rate "), Formula(_i("q")), Text("."),
        ),
    ),
    (
        "perp",
        (
            Text("The sign "), Formula(m.Sign("perp")), Text(" ties two relations: both hold, and one of them with "
            "equality. With a price between two bounds, the expression beside it is not negative where the price is at "
            "its lower bound, not positive where it is at its upper bound, and zero between them."),
        ),
    ),
    ("CVaR", _tail()),
)  # fmt: skip
