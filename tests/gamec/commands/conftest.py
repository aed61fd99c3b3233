"""A folder with the game of `shop_sweeps`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gamec.commands.shop_sweeps import MODEL


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gains `price*top` where `top` is 1 or more; one share is a quarter, the other three quarters."""
    (tmp_path / "shop.game").write_text(MODEL, encoding="utf-8")
    (tmp_path / "shares.csv").write_text("g,share\none,0.25\ntwo,0.75\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shop.game"
