"""Limits and interruptions: certifying ends in time and says so; Ctrl-C ends SCIP at once and without a word."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from small_games import GameBuilder

import runtime.answer as module
from runtime.answer import answer
from runtime.certify import Claim, certify
from runtime.methods.method import Request
from runtime.result import Status

ROOT = Path(__file__).parents[2]


def hard() -> GameBuilder:
    """A product of everything with everything: no solver proves its optimum within a second."""
    rng = np.random.default_rng(0)
    names = [f"x{k}_" for k in range(45)]
    builder = GameBuilder().player("p")
    for name in names:
        builder.var("p", name, -5, 5)
    builder.minimize("p", {(a, b): float(rng.normal()) for k, a in enumerate(names) for b in names[: k + 1]})
    return builder


def test_what_cannot_be_solved_again_in_time_is_not_verified() -> None:
    game = hard().build()
    before = time.perf_counter()
    certificate = certify(game, Claim(Status.OPTIMAL, np.zeros(game.columns), allowance=0.5))
    assert time.perf_counter() - before < 5
    assert not certificate.verified


def test_a_limit_without_proof_is_not_solved_again() -> None:
    before = time.perf_counter()
    found = answer(hard().build(), Request(time_limit=1.0))
    assert time.perf_counter() - before < 8
    assert found.status is Status.LIMIT
    assert [d.code for d in found.diagnostics] == ["G805"]
    assert found.certificate.regret["p"] > 0


def test_certifying_has_what_is_left_of_the_limit(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    told: list[Claim] = []
    monkeypatch.setattr(module, "certify", lambda game, claim: told.append(claim) or certify(game, claim))
    builder = GameBuilder().player("p").var("p", "x", 0, 4).maximize("p", {"x": 1})
    for limit in (None, 5.0, 1000.0):
        answer(builder.build(), Request(time_limit=limit))
    first, second, third = (claim.allowance for claim in told)
    assert first is None
    assert second == 10
    assert third is not None
    assert 990 < third < 1000


INTERRUPTED = """
import os, signal, threading
from test_limits import hard
from runtime.answer import answer
from runtime.methods.method import Request
threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    answer(hard().build(), Request(time_limit=60))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_scip_is_interrupted_without_a_word() -> None:
    before = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert time.perf_counter() - before < 20
    assert done.stdout == "interrupted\n", done.stderr
