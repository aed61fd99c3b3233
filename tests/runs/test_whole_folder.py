"""A folder is written whole or not at all, whatever comes in between: a full disk, an interrupt, at every step."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grammar.diagnostics import DiagnosticError
from runtime.runs.folder import read_run
from runtime.runs.verify import verify
from runtime.runs.whole_folder import free_place, write_whole

FILES = {"run.json": b"new", "a/b.csv": b"1", "a/c.csv": b"2", "d/e/f.nc": b"3"}
ROOT = Path(__file__).resolve().parents[2]


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below, folders as None."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


def old_run(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(b"old")
    (folder / "old.csv").write_bytes(b"0")


class Nth:
    """Raises at the call number `at` of any of the patched functions."""

    def __init__(self, at: int, trouble: Callable[[], BaseException]) -> None:
        self.at, self.trouble, self.calls = at, trouble, 0

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("mkdir", "write_bytes", "rename"):
            patch.setattr(Path, name, self._counting(getattr(Path, name)))

    def _counting(self, original: Callable[..., object]) -> Callable[..., object]:
        def call(path: Path, *args: object, **options: object) -> object:
            self.calls += 1
            if self.calls == self.at:
                raise self.trouble()
            return original(path, *args, **options)

        return call


TROUBLES: dict[str, Callable[[], BaseException]] = {
    "full": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "interrupt": KeyboardInterrupt,
}


def steps(folder: Path, replaced: bool) -> Iterator[int]:
    """Numbers of the calls that one whole writing makes."""
    counter = Nth(-1, KeyboardInterrupt)
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        if replaced:
            old_run(folder / "deep" / "run")
        counter.patch(patch)
        write_whole(folder / "deep" / "run", FILES)
    return iter(range(1, counter.calls + 1))


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("replaced", [False, True], ids=["new", "replaced"])
def test_trouble_at_every_step_leaves_all_as_it_was(trouble: str, replaced: bool, tmp_path: Path) -> None:
    numbers = list(steps(tmp_path / "counted", replaced))
    assert len(numbers) > len(FILES)
    for at in numbers:
        top = tmp_path / f"{at}"
        top.mkdir()
        if replaced:
            old_run(top / "deep" / "run")
        before = tree(top)
        with pytest.MonkeyPatch.context() as patch:
            Nth(at, TROUBLES[trouble]).patch(patch)
            with pytest.raises((DiagnosticError, KeyboardInterrupt)) as error:
                write_whole(top / "deep" / "run", FILES)
        assert tree(top) == before, f"step {at}"
        if trouble == "full":
            assert isinstance(error.value, DiagnosticError)
            (found,) = error.value.diagnostics
            assert found.code == "G003"
            assert "No space left on device" in found.headline


def test_it_is_written(tmp_path: Path) -> None:
    old_run(tmp_path / "run")
    write_whole(tmp_path / "run", FILES)
    assert {k: v for k, v in tree(tmp_path / "run").items() if v is not None} == FILES
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_whole(free_place(tmp_path / "run", lambda _: False, False), FILES)
    assert (tmp_path / "run" / "run.json").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["run\0", "x" * 300])
def test_names_that_no_folder_can_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as error:
        write_whole(free_place(tmp_path / name, lambda _: False, False), FILES)
    assert error.value.diagnostics[0].code == "G003"
    assert list(tmp_path.iterdir()) == []


MODEL = "game g player p { var x in [0, 4] minimize cost = 1 - x }"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB; skipped where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def gamec(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gamec", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        timeout=300,
        check=False,
    )


def test_a_full_disk_loses_neither_the_answer_nor_the_last_run(small_disk: Path, tmp_path: Path) -> None:
    (tmp_path / "m.game").write_text(MODEL, "utf-8")
    ran = gamec("solve", "m.game", "-o", str(small_disk / "run"), cwd=tmp_path)
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "p.cost  -3" in ran.stdout
    assert "G003" in ran.stderr
    assert "No space left on device" in ran.stderr
    assert list(small_disk.iterdir()) == []
    kept = gamec("solve", "m.game", "-o", str(small_disk / "run"), "--figures", "none", cwd=tmp_path)
    assert kept.returncode == 0, kept.stderr
    before = tree(small_disk)
    again = gamec("solve", "m.game", "-o", str(small_disk / "run"), "--force", cwd=tmp_path)
    assert again.returncode == 1
    assert tree(small_disk) == before
    assert verify(read_run(small_disk / "run")).confirmed


def test_a_sweep_on_a_full_disk_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    (tmp_path / "m.game").write_text(
        MODEL.replace("game g", "game g param top = 4").replace("4] min", "top] min"), "utf-8"
    )
    place = small_disk / "swept"
    words = ["sweep", "m.game", "top=1..9:9", "-o", str(place), "--keep-runs", "--figures", "none", "--workers", "1"]
    ran = gamec(*words, cwd=tmp_path)
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert "G003" in ran.stderr
    assert "No space left on device" in ran.stderr
    done = sorted(p.name for p in (place / "points").iterdir())
    assert 0 < len(done) < 9
    assert all(name.endswith(".json") for name in done), "no part of a record"
    assert [p.name for p in (place / "runs").iterdir() if p.name.startswith(".")] == []
    shown = gamec("show", str(place), cwd=tmp_path)
    assert f"{9 - len(done)} not solved yet" in shown.stdout
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    times = {name: (place / "points" / name).stat().st_mtime_ns for name in done}
    again = gamec(*words, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert {name: (place / "points" / name).stat().st_mtime_ns for name in done} == times, "what was done stays"
    assert gamec("verify", str(place), cwd=tmp_path).returncode == 0


SLOW = """
import sys, time
from pathlib import Path
from gamec.app import main
write = Path.write_bytes
def slow(path, content):
    print("writing", file=sys.stderr, flush=True)
    time.sleep(30)
    return write(path, content)
Path.write_bytes = slow
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_ctrl_c_while_writing(tmp_path: Path) -> None:
    (tmp_path / "m.game").write_text(MODEL, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "solve", "m.game", "-o", "run", "--figures", "none"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line == "writing\n", line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "p.cost  -3" in out
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["m.game"]
