"""Pieces of text and the nodes that must come of them."""

from __future__ import annotations

import pytest

from compiler.syntax import declarations as d
from compiler.syntax import expressions as e
from compiler.syntax.expressions import Name, Negation, Number, Power, Product, Range, Sum, Text
from grammar.source import Source, Span
from tests.syntax.texts import TEXTS, read, tree

NOWHERE = Span(Source("", ""), 0, 0)


def name(text: str) -> Name:
    return Name(text, NOWHERE)


def ref(text: str, *index: e.Expr) -> e.Ref:
    items = e.IndexList(index, None, NOWHERE) if index else None
    return e.Ref((e.RefPart(name(text), items, NOWHERE),), NOWHERE)


def num(value: float) -> Number:
    return Number(value, NOWHERE)


def neg(operand: e.Expr) -> Negation:
    return Negation(operand, NOWHERE)


def power(base: e.Expr, exponent: e.Expr) -> Power:
    return Power(base, exponent, NOWHERE)


def total(*terms: tuple[int, e.Expr]) -> Sum:
    return Sum(tuple(s for s, _ in terms), tuple(term for _, term in terms), NOWHERE)


def times(*factors: tuple[str, e.Expr]) -> Product:
    return Product(tuple(o for o, _ in factors), tuple(term for _, term in factors), NOWHERE)


def over(op: str, letter: str, body: e.Expr) -> e.Reduce:
    return e.Reduce(name(op), e.IndexList((ref(letter),), None, NOWHERE), body, NOWHERE)


A, B, C, T = ref("a"), ref("b"), ref("c"), ref("t")


def entry(key: e.Expr, value: e.Expr) -> e.Entry:
    return e.Entry(key, value, NOWHERE)


AB = times(("*", A), ("*", B))
OPERATIONS = ("union", "union", "diff")


def value_of(text: str) -> e.Expr:
    (statement,) = tree(f"let z = {text}").statements
    assert isinstance(statement, d.LetDecl)
    return statement.value


def relation_of(text: str) -> e.Expr:
    (player,) = tree(f"player p {{ constraint r: {text} }}").statements
    assert isinstance(player, d.PlayerDecl)
    assert player.body
    (statement,) = player.body
    assert isinstance(statement, d.ConstraintDecl)
    return statement.relation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b - c", total((1, A), (-1, B), (-1, C))),
        ("a - (b - c)", total((1, A), (-1, total((1, B), (-1, C))))),
        ("a/b*c", times(("*", A), ("/", B), ("*", C))),
        ("-a^2", neg(power(A, num(2)))),
        ("a^b^c", power(A, power(B, C))),
        ("2^-a", power(num(2), neg(A))),
        ("-a*b", times(("*", neg(A)), ("*", B))),
        ("- -a", neg(neg(A))),
        ("+a", A),
        ("(a)", A),
        ("sum(t) a[t]*b + c", total((1, over("sum", "t", times(("*", ref("a", T)), ("*", B)))), (1, C))),
        ("2*sum(t) a*b - c", total((1, times(("*", num(2)), ("*", over("sum", "t", AB)))), (-1, C))),
        ("-sum(t) a", neg(over("sum", "t", A))),
        ("sum(t) -a", over("sum", "t", neg(A))),
        ("sum(t) sum(i) a", over("sum", "t", over("sum", "i", A))),
        ("sum(t) (a + b)", over("sum", "t", total((1, A), (1, B)))),
        ("a[t-1]", ref("a", total((1, T), (-1, num(1))))),
        ("a..b by 2", Range(A, B, num(2), NOWHERE)),
        (".5e1", num(5.0)),
        ("if a < b then 1 else 2", e.IfElse(e.Compare(("<",), (A, B), NOWHERE), num(1), num(2), NOWHERE)),
        ("index", ref("index")),
        ("price + start", total((1, ref("price")), (1, ref("start")))),
        ("max(a, b)", e.Call(name("max"), (A, B), NOWHERE)),
        ('{a: 1, "x y": 2,}', e.Braces((entry(A, num(1)), entry(Text("x y", NOWHERE), num(2))), None, NOWHERE)),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: e.Expr) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 <= a <= b", e.Compare(("<=", "<="), (num(0), A, B), NOWHERE)),
        ("a => b <= 1", e.Implies(A, e.Compare(("<=",), (B, num(1)), NOWHERE), NOWHERE)),
        ("not a => b <= 1", e.Implies(e.Not(A, NOWHERE), e.Compare(("<=",), (B, num(1)), NOWHERE), NOWHERE)),
        (
            "0 <= a perp b >= 0",
            e.Perp(e.Compare(("<=",), (num(0), A), NOWHERE), e.Compare((">=",), (B, num(0)), NOWHERE), NOWHERE),
        ),
        ("a or b and c", e.Logic("or", (A, e.Logic("and", (B, C), NOWHERE)), NOWHERE)),
        ("not a == b", e.Not(e.Compare(("==",), (A, B), NOWHERE), NOWHERE)),
        ("a in b union c diff t", e.Compare(("in",), (A, e.SetOperation(OPERATIONS, (B, C, T), NOWHERE)), NOWHERE)),
    ],
)  # fmt: skip
def test_relations(text: str, expected: e.Expr) -> None:
    assert relation_of(text) == expected


def test_units() -> None:
    (statement,) = tree("param p : €/(kWh*h)^2*m^-1 = 1").statements
    assert isinstance(statement, d.ParamDecl)
    assert statement.head.unit is not None
    factors = [(f.name, f.number, f.power) for f in statement.head.unit.factors]
    assert factors == [("€", 1, 1), ("kWh", 1, -2), ("h", 1, -2), ("m", 1, -1)]
    (statement,) = tree("unit tce = 29307.6 MJ").statements
    assert isinstance(statement, d.UnitDecl)
    assert statement.definition is not None
    assert [(f.name, f.number, f.power) for f in statement.definition.factors] == [("", 29307.6, 1), ("MJ", 1, 1)]


def test_the_two_micro_signs_are_one_in_units_too() -> None:
    assert tree("param p : \u00b5s = 1") == tree("param p : \u03bcs = 1")


def test_variable_with_everything() -> None:
    text = 'player p { var x[t where t > 1] : kW integer in [a, b] start 1 starts 2 ends >= 3 cyclic "doc" tex "X" }'
    (player,) = tree(text).statements
    assert isinstance(player, d.PlayerDecl)
    assert player.body
    (x,) = player.body
    assert isinstance(x, d.VarDecl)
    assert (x.head.name.text, x.head.doc, x.head.tex, x.kind, x.cyclic) == ("x", "doc", "X", "integer", True)
    assert [(b.relation, b.value) for b in x.bounds] == [(">=", A), ("<=", B)]
    assert (x.start, x.starts) == (num(1), num(2))
    assert x.ends is not None
    assert (x.ends.relation, x.ends.value) == (">=", num(3))
    assert x.head.index is not None
    assert x.head.index.where == e.Compare((">",), (T, num(1)), NOWHERE)


def test_table_is_read_line_by_line() -> None:
    (statement,) = tree("param bid[g,t] = table {\n   1  2\n g1 0.4 -1\n g2 0.5 2\n}").statements
    assert isinstance(statement, d.ParamDecl)
    assert isinstance(statement.value, e.Table)
    assert [[getattr(c, "value", c) for c in row] for row in statement.value.rows] == [
        [1, 2],
        ["g1", 0.4, -1],
        ["g2", 0.5, 2],
    ]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_breaks_and_byte_order_mark_change_nothing(line_break: str) -> None:
    for text in TEXTS.values():
        assert tree("\ufeff" + text.replace("\n", line_break)) == tree(text)


@pytest.mark.parametrize("stem", TEXTS)
def test_whole_programs_are_read(stem: str) -> None:
    model = tree(TEXTS[stem])
    assert model.statements
    for statement in model.statements:
        assert statement.span.text == statement.span.text.strip()


def test_a_group_is_marked_with_its_parentheses() -> None:
    value = value_of("(a + b)*c")
    assert value.span.text == "(a + b)*c"
    assert isinstance(value, Product)
    assert value.factors[0].span.text == "(a + b)"


def test_words_of_the_grammar_are_names_elsewhere() -> None:
    text = 'param price = 1 param start[index] = table param default : by from "a.csv" column "b" default over'
    assert read(text.replace("= table ", "= 2 "))[1].items == []


@pytest.mark.parametrize("first", [True, False])
def test_declarations_take_their_parts_in_any_order(first: bool) -> None:
    one = 'param p[t] : kW default 0 from "a.csv" column "b" "doc" tex "P"'
    other = 'param p[t] "doc" tex "P" column "b" from "a.csv" default 0 : kW'
    assert tree(one) == tree(other)
