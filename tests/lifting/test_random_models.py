"""Random small models of lifted values, nested and mixed, against every combination of their pieces."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pieces_reference import (
    Piece,
    Value,
    absolute,
    affine,
    best,
    curve,
    largest,
    plus,
    smallest,
    tiered,
    times,
)

from runtime.result import Status
from runtime.session import solve

SMALL = st.integers(-3, 3)
Made = tuple[str, Value]


@st.composite
def affines(draw: st.DrawFn) -> Made:
    a, b, c = draw(SMALL), draw(SMALL), draw(SMALL)
    return f"({a}*x + {b}*y + {c})", affine(a, b, c)


@st.composite
def values(draw: st.DrawFn, depth: int) -> Made:
    """An expression in x and y, as text and as pieces."""
    kind = draw(st.sampled_from(["abs", "max", "min", "piecewise", "tiers"])) if depth else "affine"
    if kind == "affine":
        return draw(affines())
    inner = affines() if draw(st.booleans()) else values(depth - 1)
    text, value = draw(inner)
    match kind:
        case "abs":
            return f"abs({text})", absolute(value)
        case "max" | "min":
            others = draw(st.lists(affines(), min_size=1, max_size=2))
            texts, parts = [text, *(o[0] for o in others)], [value, *(o[1] for o in others)]
            return f"{kind}({', '.join(texts)})", (largest if kind == "max" else smallest)(*parts)
        case "piecewise":
            x = sorted(draw(st.lists(st.integers(-5, 5), min_size=3, max_size=4, unique=True)))
            points = [(k, draw(SMALL)) for k in x]
            return f"piecewise({text}; {', '.join(f'({a}, {b})' for a, b in points)})", curve(value, points)
        case _:
            limits = sorted(draw(st.lists(st.integers(1, 5), min_size=1, max_size=2, unique=True)))
            rates = [draw(SMALL) for _ in range(len(limits) + 1)]
            rows = [f"{n}: {r}" for n, r in zip(limits, rates[:-1], strict=True)]
            return f"tiers({text}; {', '.join(rows)}, rest: {rates[-1]})", tiered(value, limits, rates)


@st.composite
def models(draw: st.DrawFn) -> tuple[str, float]:
    """A model with one binary, its text and its optimum."""
    sense = draw(st.sampled_from([1, -1]))
    one, two, three = draw(affines()), draw(values(2)), draw(values(1))
    weight = draw(st.sampled_from([-2, -1, 1, 2]))
    bonus = draw(SMALL)
    switched = draw(affines())
    bound = draw(st.integers(-2, 4))
    semicontinuous = draw(st.booleans())
    place = draw(st.sampled_from(["row", "on", "off", "none"]))
    head = {"row": "c:", "on": "c: b =>", "off": "c: not b =>"}
    constraint = f"constraint {head[place]} {three[0]} <= {bound}" if place != "none" else ""
    word = "minimize" if sense == 1 else "maximize"
    text = f"""game random
player p {{
  var x {"semicontinuous in [1, 4]" if semicontinuous else "in [-2, 4]"}
  var y in [-3, 3]
  var b binary
  {word} value = {one[0]} + {weight}*{two[0]} + {bonus}*b + b*{switched[0]}
  {constraint}
}}
"""
    found = []
    for b in (0, 1):
        applies = place == "row" or (place == "on" and b == 1) or (place == "off" and b == 0)
        objective = plus(one[1], times(weight, two[1]), affine(0, 0, bonus * b), times(b, switched[1]))
        rows = [plus(three[1], affine(0, 0, -bound))] if applies else []
        if place in ("on", "off") and not applies:
            # The subject of tiers is at least zero where it stands, whether the relation applies or not.
            rows = [[Piece(np.array([0.0, 0.0, -1.0]), p.conditions) for p in three[1]]]
        boxes = ((1, 4), (0, 0)) if semicontinuous else ((-2, 4),)
        found += [best(objective, rows, [box, (-3, 3)], sense) for box in boxes]
    return text, sense * min(sense * f for f in found)


@settings(
    max_examples=70,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(models())
def test_optimum_is_that_of_the_best_combination_of_pieces(model: tuple[str, float]) -> None:
    text, expected = model
    with TemporaryDirectory() as folder:
        path = Path(folder) / "random.game"
        path.write_text(text, "utf-8")
        result = solve(path)
    if math.isinf(expected):
        assert result.status is Status.INFEASIBLE, text
    else:
        assert result.status is Status.OPTIMAL, (text, result.status)
        assert math.isclose(result.objectives["p.value"], expected, rel_tol=1e-5, abs_tol=1e-5), (
            text,
            result.objectives,
            expected,
        )
