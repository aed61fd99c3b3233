"""Convexity that is proved of functions as they were written, against midpoints of random pairs of points."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from compiler.ground.hidden_convexity import hidden_convexity
from compiler.ground.outward import EVERYTHING, Interval
from compiler.ground.shapes import no_negative_eigenvalue
from compiler.pipeline import compile_file
from grammar.diagnostics import DiagnosticError

BOX = "var y in [-2, 2] var z in [-2, 2]"


def proved(folder: Path, text: str, box: str = BOX, x: str = "[0, 2]") -> bool:
    path = folder / "m.game"
    path.write_text(
        f"player L {{ var x in {x} minimize goal = x }} player f follows L {{ {box} minimize cost = {text} }}", "utf-8"
    )
    return hidden_convexity(compile_file(path).ground, 1) is not None


@pytest.mark.parametrize(
    "text",
    [
        "(4 - x)/(y + 3)",
        "y^2/(z + 3)",
        "(y - x)^2/(y + z + 5)",
        "(y^2 + z^2 + 1)/(z + 2.5)",
        "(y + 3)^3*(z + 3)^(-2)",
        "1/(y + 2.2)/(z + 2.2)",
        "-sqrt((y + 2.1)*(z + 3))",
        "-(y + 2.2)^0.3*(z + 2.2)^0.7",
        "log(exp(y) + exp(z) + exp(x))",
        "log(1 + exp(y - x))",
        "sqrt(y^2 + z^2 + 1)",
        "exp(y + 2*z - x) + exp(y^2 + z^2)",
        "(y + 3)*log(y + 3) + y",
        "(y + 2.2)*log((y + 2.2)/(z + 2.3))",
        "-(z + 2.3)*log((y + 2.2)/(z + 2.3))",
        "(z + 2.5)*exp(y/(z + 2.5))",
        "(z + 2.5)*((y - x)/(z + 2.5))^4",
        "x*y*z + y^2 + z^2",
        "(x + 1)*y^2 + x*y*z + z^2",
        "y*exp((y + 2)/4)",
        "5*cos(y/2) + 2*y^2",
        "y^4 - y^2/9 + z^2 + y^2/4",
        "(y/9 + 1)^2*exp(z/9) + z^2 + y^2",
    ],
)
def test_what_is_convex_is_proved(tmp_path: Path, text: str) -> None:
    assert proved(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "y*z",
        "1.01*x*y*z + y^2 + z^2",
        "y^2 - z^2/99 + z",
        "exp(-y^2)",
        "log(y + 3)",
        "y^3",
        "y^2*z^2",
        "y^2/(z + 3) - z^2/99",
        "(x - 1)/(y + 3)",
        "-sqrt((y + 2.1)*(z + 3)) + log(y + 3)",
        "(y + 2.2)^0.5*(z + 2.2)^0.7",
        "-(y + 2.2)^0.5*(z + 2.2)^0.7",
        "(y + 2.2)*log((y + 2.4)/(z + 2.3))",
        "(z + 2.5)*exp(y/(z + 2.7))",
        "log(1 + y^2)",
        "y^4 - y^2/9",
        "5*cos(y/2) + y^2/2",
        "sqrt(1 + exp(-y))*z",
    ],
)
def test_what_is_not_convex_is_not_proved(tmp_path: Path, text: str) -> None:
    assert not proved(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "box", "convex"),
    [
        ("1/(z + 3)^2", "var z >= 0", True),
        ("1/(y + z + 3)^2", "var y in [-1, 5] var z >= 0", True),
        ("x/(3 - z)^3 + 1/(3 - z)^2", "var z <= 2", True),
        ("-((z + 3)^2)^0.5 + z^2/9", "var z >= 0", True),
        ("-((z + 3)^2)^0.6", "var z >= 0", False),
        ("1/(1 + z^2)", "var z >= 0", False),
        ("-((z + 3)^2 + 1)^0.5", "var z >= 0", False),
    ],
)
def test_without_an_upper_bound(tmp_path: Path, text: str, box: str, convex: bool) -> None:
    assert proved(tmp_path, text, box) is convex


def test_constraints_are_looked_at_too(tmp_path: Path) -> None:
    """Convex where the constraint bounds a convex set, from the side that it bounds."""
    for row, expected in [
        ("y^2/(z + 3) <= 1", True),
        ("y^2/(z + 3) >= 1", False),
        ("sqrt((y + 3)*(z + 3)) >= 1", True),
        ("sqrt((y + 3)*(z + 3)) <= 1", False),
        ("log(exp(y) + exp(z)) == 1", False),
    ]:
        assert proved(tmp_path, f"y + z constraint c: {row}") is expected, row


# ------------------------------------------------------------ random functions


def drawn(rng: random.Random, depth: int) -> str:
    """An expression in y, z and x; its roots and logarithms of what is above zero by a margin, mostly."""
    number = rng.choice(["0.5", "1", "2", "3", "0.1"])
    if depth == 0:
        return rng.choice(["y", "z", "y", "z", "x", number])
    inner = lambda: drawn(rng, depth - 1)  # noqa: E731
    low = lambda: f"({inner()} + {rng.choice([3, 5, 9, 20])})"  # noqa: E731
    return rng.choice(
        [
            lambda: f"({inner()} + {inner()})",
            lambda: f"({inner()} + {number}*{inner()})",
            lambda: f"({inner()} - {inner()})",
            lambda: f"({inner()})*({inner()})",
            lambda: f"({inner()})^2",
            lambda: f"({inner()})^{rng.choice([3, 4])}/9",
            lambda: f"exp(({inner()})/3)",
            lambda: f"log({low()})",
            lambda: f"sqrt({low()})",
            lambda: f"{low()}^{rng.choice([1.5, 0.3, 0.7])}",
            lambda: f"({inner()})/{low()}",
            lambda: f"({inner()})^2/{low()}",
            lambda: f"-sqrt({low()}*{low()})",
            lambda: f"log(exp({inner()}) + exp({inner()}))",
            lambda: f"{low()}*log({low()}/{low()})",
            lambda: f"cos(({inner()})/4)",
            lambda: f"tanh(({inner()})/2)",
            lambda: f"{number}*(y^2 + z^2)",
        ]
    )()


def midpoints_agree(folder: Path, seed: int) -> bool | None:
    """Whether the function is above no chord where it is said to be convex; None where nothing is said."""
    rng = random.Random(seed)
    text = drawn(rng, rng.choice([1, 2, 2, 3]))
    ends = sorted(rng.uniform(-2, 2) for _ in range(2)), sorted(rng.uniform(-2, 2) for _ in range(2))
    sign = rng.choice(["", "-"])
    box = " ".join(f"var {name} in [{a!r}, {b!r}]" for name, (a, b) in zip("yz", ends, strict=True))
    try:
        if not proved(folder, f"{sign}({text})", box):
            return None
    except DiagnosticError:
        return None
    points = np.random.default_rng(seed)
    draw = lambda a, b: points.choice([0, 1, points.uniform(0, 1)], 2000) * (b - a) + a  # noqa: E731
    y, z = (np.stack([draw(*e), draw(*e)]) for e in ends)
    x = points.uniform(0, 2, 2000)
    near = points.random(2000) < 0.5
    y[1], z[1] = np.where(near, y[0] + (y[1] - y[0]) * 0.05, y[1]), np.where(near, z[0] + (z[1] - z[0]) * 0.05, z[1])
    names = {f: getattr(np, f) for f in ("exp", "log", "sqrt", "cos", "tanh")}

    def f(y: np.ndarray, z: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            value = eval(text.replace("^", "**"), names | {"x": x, "y": y, "z": z})
        return np.broadcast_to(np.asarray(value if sign == "" else -value, np.float64), x.shape)

    ends_mean, middle = (f(y[0], z[0]) + f(y[1], z[1])) / 2, f(y.mean(axis=0), z.mean(axis=0))
    defined = np.isfinite(ends_mean) & np.isfinite(middle)
    slack = 1e-12 * (1 + np.abs(f(y[0], z[0])) + np.abs(f(y[1], z[1])) + np.abs(middle))
    assert not np.any(defined & (middle > ends_mean + slack)), f"{seed}: {sign}({text}) {box}"
    return True


def test_random_functions(tmp_path: Path) -> None:
    """And enough of them are said to be convex for this to be a test."""
    said = [midpoints_agree(tmp_path, seed) for seed in range(80)]
    assert sum(s is True for s in said) >= 25


@pytest.mark.slow
def test_many_random_functions(tmp_path: Path) -> None:
    for seed in range(1000, 6000):
        midpoints_agree(tmp_path, seed)


def test_interval_matrices_against_samples() -> None:
    """What is said to have no negative eigenvalue has none at random members; what is not has one at some vertex."""
    rng = np.random.default_rng(5)
    said = 0
    for _ in range(400):
        n = int(rng.integers(1, 13))
        middle = rng.normal(size=(n, n + 2))
        middle = middle @ middle.T
        radius = np.abs(rng.normal(size=(n, n))) * rng.choice([0, 0.01, 0.1, 0.5])
        radius = (radius + radius.T) / 2
        pairs = [(i, j) for i in range(n) for j in range(i, n)]
        bends: dict[tuple[int, int], Interval] = {
            (i, j): (middle[i, j] - radius[i, j], middle[i, j] + radius[i, j]) for i, j in pairs
        }
        yes = no_negative_eigenvalue(bends)
        said += yes
        signs = rng.choice([-1.0, 1.0], (200, n))
        members = middle - signs[:, :, None] * radius * signs[:, None, :]
        least = np.linalg.eigvalsh(members)[:, 0].min()
        if yes:
            assert least >= -1e-9
        elif n <= 5:
            # 200 draws hit all of at most 16 vertices.
            assert least <= 1e-9
    assert 50 < said < 350
    assert not no_negative_eigenvalue({(0, 0): (1.0, 2.0), (0, 1): EVERYTHING, (1, 1): (1.0, 1.0)})
