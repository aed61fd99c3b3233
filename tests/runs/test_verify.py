"""A run that is as it was written is confirmed; whatever is changed in it is found."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from grammar.diagnostics import DiagnosticError
from runtime.runs.folder import read_run
from runtime.runs.verify import Verification, verify


def verified(run: Path) -> Verification:
    return verify(read_run(run))


def codes(found: Verification) -> set[str]:
    return {d.code for d in found.findings}


def test_a_whole_run_is_confirmed(run: Path) -> None:
    found = verified(run)
    assert found.findings == ()
    assert found.confirmed
    assert found.certificate is not None
    assert found.certificate.verified
    # Objective; 6 out, 2 late, 2 line, one; 3 lmp; 3 paid, dear_share, 2 from_two, total_cost.
    assert found.numbers == 1 + 11 + 3 + 7


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), "utf-8")


def in_array(run: Path, file: str, change: Callable[[xr.Dataset], xr.Dataset]) -> None:
    with xr.open_dataset(io.BytesIO((run / file).read_bytes()), engine="h5netcdf", decode_times=False) as found:
        data = change(found.load())
    (run / file).write_bytes(bytes(data.to_netcdf(engine="h5netcdf")))


def more(name: str, by: float = 1.0, at: int = 0) -> Callable[[xr.Dataset], xr.Dataset]:
    def change(data: xr.Dataset) -> xr.Dataset:
        values = np.array(data[name].to_numpy())
        values.flat[at] += by
        return data.assign({name: (data[name].dims, values, data[name].attrs)})

    return change


CHANGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a value in a CSV": ("values/out.csv", lambda r: edited(r / "values/out.csv", "dear,2,5", "dear,2,6")),
    "a label in a CSV": ("values/out.csv", lambda r: edited(r / "values/out.csv", "dear,2", "dear,9")),
    "a row less": ("prices/lmp.csv", lambda r: edited(r / "prices/lmp.csv", "2,30.0\n", "")),
    "a single number": ("scalars.csv", lambda r: edited(r / "scalars.csv", "value,one,5.0", "value,one,4.0")),
    "no CSV": ("values/out.csv", lambda r: (r / "values/out.csv").write_bytes(b'\xff"x') and None),
    "a value in an array": ("values.nc", lambda r: in_array(r, "values.nc", more("out"))),
    "the last digit": ("values.nc", lambda r: in_array(r, "values.nc", more("out", 1e-12, 4))),
    "a price": ("prices.nc", lambda r: in_array(r, "prices.nc", more("lmp", at=2))),
    "a report": ("reports.nc", lambda r: in_array(r, "reports.nc", more("paid", 1e-3))),
    "an element": (
        "values.nc",
        lambda r: in_array(r, "values.nc", lambda d: d.assign_coords(G=["dear", "cheap"])),
    ),
    "a unit": (
        "values.nc",
        lambda r: in_array(r, "values.nc", lambda d: d.assign(out=d.out.assign_attrs(units="kW"))),
    ),
    "an objective": ("run.json", lambda r: edited(r / "run.json", '"operator.total": 489', '"operator.total": 488')),
    "a unit in the manifest": ("run.json", lambda r: edited(r / "run.json", '"out": "MW"', '"out": "kW"')),
    "the regret": ("run.json", lambda r: in_manifest(r, ("result", "certificate", "relative_regret"), {"operator": 3})),
    "the violation": ("run.json", lambda r: in_manifest(r, ("result", "certificate", "max_violation"), 0.5)),
    "the status": ("run.json", lambda r: in_manifest(r, ("result", "status"), "local")),
    "the log": ("log.txt", lambda r: edited(r / "log.txt", "optimal", "perfect")),
    "a missing table": ("values/late.csv", lambda r: (r / "values/late.csv").unlink()),
    "a comment in the model": ("inputs/plants.game", lambda r: edited(r / "inputs/plants.game", "set T", "# \nset T")),
    "data": ("inputs/data/load.csv", lambda r: edited(r / "inputs/data/load.csv", "1,8", "1,7")),
}


def in_manifest(run: Path, place: tuple[str, ...], value: object) -> None:
    told = json.loads((run / "run.json").read_bytes())
    inner = told
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    (run / "run.json").write_text(json.dumps(told), "utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(what: str, run: Path) -> None:
    file, change = CHANGES[what]
    change(run)
    found = verified(run)
    assert not found.confirmed
    assert any(d.code == "G006" and f"{file}`" in d.headline for d in found.findings), found.findings


def test_the_message_names_the_place(run: Path) -> None:
    in_array(run, "values.nc", more("out", at=4))
    (finding,) = [d for d in verified(run).findings if "values.nc" in d.headline]
    assert "`out[dear,2]` is 6.0, the stored point gives 5.0" in finding.headline


def test_another_spelling_of_a_number_is_no_change_of_it(run: Path) -> None:
    """Its file is another one all the same, and said to be."""
    edited(run / "values" / "out.csv", "dear,2,5.0", "dear,2,5.00")
    (finding,) = verified(run).findings
    assert "it is not the file that was written" in finding.headline


def consistent(run: Path, x: Callable[[np.ndarray], np.ndarray]) -> None:
    """A forger's work: another point, and every table, array and hash made from it."""
    from dataclasses import replace

    from runtime.runs.verify import compiled_again
    from runtime.session import named_at, reports_at

    kept = read_run(run)
    assert kept.record.x is not None
    assert kept.record.claim is not None
    forged = x(kept.record.x.copy())
    compiled = compiled_again(kept)
    named = named_at(compiled, forged, kept.record.prices, reports_at(compiled, forged, kept.record.prices))
    claim = replace(kept.record.claim, x=forged, claimed={0: named.objectives["operator.total"]}, bound={})
    replace(
        kept.result,
        objectives=named.objectives,
        value_of=named.values,
        price_of=named.prices,
        report_of=named.reports,
        record=replace(kept.record, x=forged, claim=claim),
    ).save(run, force=True, figures=())


def test_a_forged_answer_does_not_pass(run: Path) -> None:
    """5 MW more of the dear plant in the second hour, 5 less of the cheap one: feasible, but 100 EUR dearer."""

    def worse(x: np.ndarray) -> np.ndarray:
        assert x[[1, 4]] == pytest.approx([10, 5], abs=1e-6)
        x[1], x[4] = 5, 10
        return x

    consistent(run, worse)
    found = verified(run)
    assert not found.confirmed
    assert "G806" in codes(found)
    assert found.certificate is not None
    assert found.certificate.regret["operator"] == pytest.approx(100, rel=1e-6)


def test_a_forged_answer_that_breaks_a_constraint_does_not_pass(run: Path) -> None:
    def short(x: np.ndarray) -> np.ndarray:
        x[4] -= 1
        return x

    consistent(run, short)
    found = verified(run)
    assert "G806" in codes(found)
    assert found.certificate is not None
    assert found.certificate.max_violation == pytest.approx(1)


def test_nothing_to_certify(run: Path, tmp_path: Path) -> None:
    import market

    from runtime.session import solve

    kept = solve(market.written(tmp_path / "model"), case="impossible").save(tmp_path / "other", figures=())
    found = verified(kept)
    assert (found.certificate, found.findings, found.confirmed) == (None, (), False)


def test_a_model_of_another_size_is_refused(run: Path) -> None:
    edited(run / "inputs" / "plants.game", "1..3", "1..2")
    with pytest.raises(DiagnosticError) as error:
        verified(run)
    assert {d.code for d in error.value.diagnostics} <= {"G005", "G503", "G305", "G304"}


def test_only_the_copies_count(run: Path, tmp_path: Path) -> None:
    """The folder is moved elsewhere, and nothing around it is what it was."""
    moved = run.rename(tmp_path / "moved")
    assert verified(moved).confirmed
