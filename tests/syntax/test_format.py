"""`format_text`: the tree stays, comments stay, twice is once, and the style is that of the language page."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.syntax.format import format_text
from grammar.diagnostics import DiagnosticError
from grammar.tables import load_tables
from grammar.tokens import tokenize
from tests.syntax.random_programs import random_program
from tests.syntax.texts import TEXTS, read, tree


def comments(text: str) -> list[str]:
    bare = re.sub(r'"[^"\n]*"', '""', text)
    return [match.rstrip() for match in re.findall(r"#[^\r\n]*", bare)]


def check(text: str) -> str:
    """Format, and check what holds for every right program."""
    formatted = format_text(text)
    assert tree(formatted) == tree(text)
    assert format_text(formatted) == formatted
    assert comments(formatted) == comments(text)
    assert all(line == line.rstrip() for line in formatted.split("\n"))
    assert "\t" not in re.sub(r'"[^"\n]*"|#.*', "", formatted)
    assert "\n\n\n" not in formatted
    assert not formatted.startswith("\n")
    assert formatted == "" or (formatted.endswith("\n") and not formatted.endswith("\n\n"))
    return formatted


@pytest.mark.parametrize("stem", TEXTS)
def test_whole_programs(stem: str) -> None:
    check(TEXTS[stem])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_random_programs(seed: int) -> None:
    text = random_program(seed)
    if not read(text)[1].items:  # a part may come twice by chance
        check(text)


def test_random_programs_are_mostly_right() -> None:
    right = [not read(random_program(seed))[1].items for seed in range(300)]
    assert sum(right) > 150


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 10**9))
def test_blanks_written_otherwise(stem: str, seed: int) -> None:
    """The same tokens with other blanks, line breaks and comments between them (tables are read line by line)."""
    numbers = random.Random(seed)
    text, written = TEXTS[stem], []
    in_table = False
    for token in tokenize(text, load_tables())[:-1]:
        word = text[token.start : token.end]
        in_table = word == "table" or (in_table and word != "}")
        gaps = ["\n"] if in_table else [" ", "  ", "\n", "\n\n\n", " # c\n", "\n\n  # c \n\n# d\n", "\r\n"]
        written += [word, numbers.choice(gaps)]
    check("".join(written))


def test_without_line_breaks_the_style_is_the_same() -> None:
    """All on one line, or every token on its own where the writer's breaks do not count: one canonical form."""
    written = (
        'player a{var x>=0"d" minimize z:kW=2 * x+ 3\nconstraint c [ i , t ] :x [ t - 1 ]<=sum( i , t )a[i]*- b / 2}'
    )
    assert check(written + "\n") == (
        "player a {\n"
        '  var x >= 0  "d"\n'
        "  minimize z : kW = 2*x + 3\n"
        "  constraint c[i,t]: x[t-1] <= sum(i,t) a[i]*-b/2\n"
        "}\n"
    )


STYLE = {
    "param p:kW=  - 3": "param p : kW = -3\n",
    "set K index k={WT,PV}": "set K index k = {WT, PV}\n",
    "set L in K*T from \"l.csv\"": "set L in K * T from \"l.csv\"\n",
    "param p[k,t]={(a,1):2}": "param p[k,t] = {(a, 1): 2}\n",
    "param p=a-b- -c+(d)*(-e)^-2": "param p = a - b - -c + (d)*(-e)^-2\n",
    "param p=sum(t)-x[t]+prev(t,2)": "param p = sum(t) -x[t] + prev(t, 2)\n",
    "param p=sum( u in T ,k where u>1 ) x": "param p = sum(u in T, k where u > 1) x\n",
    "param p=if a<b then c else d": "param p = if a < b then c else d\n",
    "set Y index y=2025 .. 2050 by 5": "set Y index y = 2025..2050 by 5\n",
    "unit tce=29307.6  MJ": "unit tce = 29307.6 MJ\n",
    "param p : kW / ( m * s ) ^ 2": "param p : kW/(m*s)^2\n",
    "component b(P:kW,e=.9){}": "component b(P : kW, e = .9) { }\n",
    "case c{fix x[t]=0 drop y}": "case c { fix x[t] = 0  drop y }\n",
    "plot p \"t\" :a[t],b over t": "plot p \"t\": a[t], b over t\n",
    "param a=1 \n\n\n\nparam b=2\n\n": "param a = 1\n\nparam b = 2\n",
    "# only a comment": "# only a comment\n",
    "": "",
    "param a = {\n1: 2, # first\n  3: 4}": "param a = {\n  1: 2,  # first\n  3: 4}\n",
    "let z = a +\n b": "let z = a +\n  b\n",
    "param p[g,t]=table{ 1 22\n g1 -3 4\n longer 5 6 }": (
        "param p[g,t] = table {\n           1  22\n  g1      -3   4\n  longer   5   6\n}\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("written", STYLE)
def test_style(written: str) -> None:
    assert check(written) == STYLE[written]


def test_a_long_block_is_not_kept_on_one_line() -> None:
    inside = " ".join(f"fix variable{k} = 0" for k in range(8))
    assert check(f"case c {{ {inside} }}").count("\n") == 10


def test_a_program_with_errors_is_refused() -> None:
    with pytest.raises(DiagnosticError) as caught:
        format_text("param p = = 3")
    assert caught.value.diagnostics[0].code == "G101"
