"""What is said to a model that uses a component wrongly: one message, at the model's own text."""

from __future__ import annotations

import re

import pytest

from compiler import library
from compiler.pipeline import check_source
from compiler.syntax import declarations
from grammar.diagnostics import Diagnostic, DiagnosticError
from grammar.source import Source
from tests.library.reference import components_of

COMPONENTS = [(name, c) for name in library.library_names() for c in components_of(name)]
IDS = [c.head.name.text for _, c in COMPONENTS]
FIT = {"v_in": 3, "v_rated": 12, "v_out": 25, "P_0": 0, "P_1": 1, "P_2": 2, "P_3": 3, "η": 0.5, "loss": 0.1}
"""Values that go together; what is not here is 4."""


def no_files(name: str) -> bytes:
    raise FileNotFoundError(name)


def found(text: str) -> tuple[Diagnostic, ...]:
    try:
        return tuple(check_source(Source("model.game", text), no_files).warnings)
    except DiagnosticError as error:
        return error.diagnostics


def model(name: str, component: declarations.ComponentDecl, heading: str, changed: dict[str, str] | None = None) -> str:
    """A model that uses the component with all that it demands, `changed` arguments apart."""
    arguments = {p.head.name.text: str(FIT.get(p.head.name.text, 4)) for p in component.parameters if p.value is None}
    given = ", ".join(f"{k} = {v}" for k, v in {**arguments, **(changed or {})}.items())
    first = next(s.head.name.text for s in component.body if isinstance(s, declarations.VarDecl))
    priced = any(s.head.name.text == "cost" for s in component.body if isinstance(s, declarations.LetDecl))
    return f"""import std.{name}
unit CNY
{heading}
player park {{
  use {component.head.name.text}({given}) as device
  minimize bill : CNY = {"device.cost" if priced else "0"}
  constraint most[t]: device.{first}[t] <= 1
}}
case free {{ drop park.most }}
case still {{ fix device.{first}[t] = 0 }}
report all = sum(t) device.{first}[t]
"""


PERIODS = "set T index t = 1..3"
LENGTH = "param dt : h = 1"


@pytest.mark.parametrize(("name", "component"), COMPONENTS, ids=IDS)
def test_a_right_use_says_nothing(name: str, component: declarations.ComponentDecl) -> None:
    assert found(model(name, component, f"{PERIODS}\n{LENGTH}")) == ()


@pytest.mark.parametrize(("name", "component"), COMPONENTS, ids=IDS)
@pytest.mark.parametrize("missing", ["t", "dt"])
def test_what_a_component_needs_is_said_once(name: str, component: declarations.ComponentDecl, missing: str) -> None:
    text = model(name, component, LENGTH if missing == "t" else PERIODS)
    if missing == "t":  # the model's own uses of the letter are another matter
        text = re.sub(r"  constraint most.*\n|^case.*\n|^report.*\n", "", text, flags=re.MULTILINE)
    said = found(text)
    assert [d.code for d in said] == ["G201"]
    assert said[0].headline == f"component `{component.head.name.text}` needs `{missing}`, not declared here"
    assert said[0].span is not None
    assert (said[0].span.source.path, said[0].span.text) == ("model.game", component.head.name.text)
    assert any(("set T index t" if missing == "t" else LENGTH) in hint.text for hint in said[0].hints)


def test_both_needs_are_one_message() -> None:
    said = found("import std.battery\nplayer p { use battery(P = 1, E = 1, η_ch = 1, η_dis = 1) as b minimize c = 0 }")
    assert [d.headline for d in said] == ["component `battery` needs `t` and `dt`, not declared here"]


WITH_UNIT = [
    pytest.param(name, c, p.head.name.text, id=f"{c.head.name.text}-{p.head.name.text}")
    for name, c in COMPONENTS
    for p in c.parameters
]


@pytest.mark.parametrize(("name", "component", "parameter"), WITH_UNIT)
def test_an_argument_in_a_wrong_unit_is_told_in_the_model(
    name: str, component: declarations.ComponentDecl, parameter: str
) -> None:
    text = model(name, component, f"{PERIODS}\n{LENGTH}\nparam odd : K = 4", {parameter: "odd"})
    said = found(text)
    assert {d.code for d in said} == {"G401"}
    spans = [d.span for d in said if d.span is not None]
    assert any(s.source.path == "model.game" for s in spans)
    formal = next(p for p in component.parameters if p.head.name.text == parameter)
    if formal.head.unit is not None:
        assert len(said) == 1
        unit = formal.head.unit.span.text
        assert said[0].headline == f"`device.{parameter}` is declared in {unit}, its value is in K"
        assert (spans[0].source.path, spans[0].text) == ("model.game", "odd")


def test_a_slip_inside_a_component_names_its_uses() -> None:
    """Two prices that do not fit together are found where the component adds them."""
    said = found(
        f"""import std.gas_boiler
unit CNY
{PERIODS}
{LENGTH}
param gas : CNY/kWh = 3
param care : CNY/kWh = 1
player park {{
  use gas_boiler(Q = 5, η = 0.9, L = 10, gas_price = gas, om = care) as gb
  minimize bill : CNY = 0
}}"""
    )
    assert [d.code for d in said] == ["G401"]
    assert said[0].span is not None
    assert said[0].span.source.path == "std/gas_boiler.game"
    used = said[0].others[-1]
    assert (used.text, used.span.source.path, used.span.text) == ("used here", "model.game", "gas_boiler")


@pytest.mark.parametrize("wrong", ["battery(P = 1, E = 1, η_ch = 1)", "battery(P = 1, E = 1, η = 1)", "batterie()"])
def test_what_leans_on_a_failed_use_is_not_repeated(wrong: str) -> None:
    said = found(
        f"""import std.battery
{PERIODS}
{LENGTH}
player park {{
  use {wrong} as ess
  var grid[t] in [0, ess.P]
  let net[t] = ess.dis[t] - ess.ch[t]
  minimize bill = sum(t) grid[t] + ess.cost
  constraint balance[t]: grid[t] + net[t] == ess.soc[t]  price value
}}
report worth = sum(t) value[t]
case without {{ drop park.balance }}
case still {{ fix ess.ch[t] = 0 }}
plot content: ess.soc[t] over t"""
    )
    assert len(said) == 1
    assert said[0].code in ("G201", "G207")


def test_an_unknown_file_of_the_library_names_near_ones() -> None:
    said = found("import std.batery\nplayer p { var x in [0, 1] minimize c = x }")
    assert [d.code for d in said] == ["G201"]
    assert [hint.text for hint in said[0].hints] == ["did you mean `std.battery`?"]
