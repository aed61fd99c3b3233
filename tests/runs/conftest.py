"""A run of the market, solved once; each test that changes it has a copy."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import market

from runtime.result import Result
from runtime.session import solve


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solve(market.written(tmp_path_factory.mktemp("market") / "model"))


@pytest.fixture(scope="session")
def _kept(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return result.save(tmp_path_factory.mktemp("kept") / "run", xlsx=True, figures=("svg",))


@pytest.fixture
def run(_kept: Path, tmp_path: Path) -> Path:
    """A whole run folder."""
    return Path(shutil.copytree(_kept, tmp_path / "run"))
