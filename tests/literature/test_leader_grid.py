"""The known answers once more, by walking over the leader's decisions (`leader_grid`): nothing of gamec takes part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from leader_grid import least, read

FILES = {f.stem: f for f in sorted(Path(__file__).parent.glob("*.game"))}
ELSEWHERE = {
    "an_etal_2009": "the follower is not convex",
    "mitsos_barton_2007_9": "the follower is not convex",
    "mitsos_barton_2007_14": "the follower is not convex",
    "moore_bard_1990": "whole numbers",
    "colson_2002_5": "no answer is expected",
    "dempe_1992": "a curved constraint; y = min(3, sqrt(x)), so (x - 3.5)^2 + (sqrt(x) + 4)^2 at x = 1",
    "mitsos_barton_2007_8": "one feasible decision only, x = -exp(x), which no grid meets",
    "bard_falk_1982_1": "linear, two variables of the leader: all vertices are listed",
    "bard_falk_1982_2": "as before",
    "candler_townsley_1982": "as before",
    "savard_1989": "as before",
    "tuy_etal_1994": "as before",
    "glackin_etal_2009": "as before",
    "bard_1988_2": "four variables of the leader",
    "calamai_vicente_1994_2": "four variables of the leader, two of which stand alone: below",
    "dempe_lohse_2011": "three variables of the leader; a bound by hand in the file",
    "stackelberg_5_followers": "closed form; 638 active sets",
}


def test_the_rest_is_checked_elsewhere_for_a_reason() -> None:
    assert set(ELSEWHERE) < set(FILES)
    many = {name for name, file in FILES.items() if len(read(file)[0].names) > 2}
    assert many <= set(ELSEWHERE)


@pytest.mark.parametrize("name", [n for n in FILES if n not in ELSEWHERE])
def test_grid(name: str) -> None:
    told = next(line for line in FILES[name].read_text("utf-8").splitlines() if line.startswith("# Optimum: "))
    optimum = told.removeprefix("# Optimum: ").partition(" or ")[0]
    found = least(FILES[name])
    if optimum == "infeasible":
        assert np.isinf(found)
        return
    sense = read(FILES[name])[0].sign
    scale = max(1.0, abs(float(optimum)))
    # Feasible decisions with exact answers: none beats the optimum, and the last grid is fine.
    assert -2e-6 * scale <= sense * (found - float(optimum)) <= 2e-4 * scale


def test_grid_where_two_of_four_variables_stand_alone(tmp_path: Path) -> None:
    """x3 and x4 are in squares of their own only, least at 1."""
    text = FILES["calamai_vicente_1994_2"].read_text("utf-8")
    held = tmp_path / "held.game"
    held.write_text(text.replace("x3 in [-10, 10]", "x3 in [1, 1]").replace("x4 in [-10, 10]", "x4 in [1, 1]"), "utf-8")
    assert least(held) == pytest.approx(5 / 16, abs=1e-6)
