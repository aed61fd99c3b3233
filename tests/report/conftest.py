"""Runs the command line inside this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gamec.app import main


@pytest.fixture
def gamec_main(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Arguments in; exit code, standard output and standard error out."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run
