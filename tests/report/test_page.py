"""What stands in the text of a page: nothing is fetched, nothing of the model runs, every number is the stored one."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gamec
from gamec.report_page.arrays import Arrays
from gamec.report_page.charts import LINES, Charts
from gamec.report_page.page import coded, report_html
from gamec.report_page.subject import subject_in, subject_of
from gamec.report_page.values import shown
from runtime.figures.chart import Chart, Kind, Line, Panel
from runtime.result import Bound, Certificate, Labelled, Result, Status
from tests.report.samples import GAMES, HOSTILE, page, solved
from tests.runs import market

VOID = {"meta", "br", "wbr", "img", "input", "link", "hr"}
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"}


ASK_THE_NETWORK = ("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "import(", "sendBeacon", "Worker")
MAKE_CODE_OF_TEXT = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "Function(")


class Read(HTMLParser):
    """The elements of a page with their attributes and texts; elements that are not closed in order are `faults`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.stack]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> in {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shared(text: str) -> dict[str, Any]:
    """The data of the page's scripts."""
    (found,) = re.findall(r'<script type="application/json" id="shared">(.*?)</script>', text, re.S)
    return dict(json.loads(found))


def numbers(data: dict[str, Any], place: int) -> np.ndarray:
    return np.frombuffer(b64decode(data["arrays"][place]), "<f8")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    result = gamec.solve(market.written(folder / "model"))
    return result.save(folder / "run", figures=())


@pytest.fixture
def run(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "run"))


@pytest.mark.parametrize("name", GAMES)
def test_nothing_is_fetched(name: str) -> None:
    read = Read(page(name))
    assert read.faults == []
    for tag, given in read.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form", "audio", "video", "image", "use")
        assert not {"src", "srcset", "action", "formaction", "poster", "data", "background", "ping"} & given.keys()
        assert not any(key.startswith("on") for key in given), given
        assert (given.get("href") or "#").startswith("#")
        for value in filter(None, given.values()):
            assert value in NAMESPACES or "://" not in value, value
    (style,) = re.findall(r"<style>(.*?)</style>", page(name), re.S)
    assert "@import" not in style
    assert "url(" not in style
    (script,) = re.findall(r"<script>(.*?)</script>", page(name), re.S)
    assert set(re.findall(r"\w+://[^\"'`\s]*", script)) == {"http://www.w3.org/2000/svg"}
    for word in (*ASK_THE_NETWORK, *MAKE_CODE_OF_TEXT):
        assert word not in script, word


@pytest.mark.parametrize("name", GAMES)
def test_no_script_but_the_page_s_own_may_run(name: str) -> None:
    read = Read(page(name))
    (policy,) = [a["content"] for tag, a in read.elements if a.get("http-equiv") == "Content-Security-Policy"]
    (script,) = re.findall(r"<script>(.*?)</script>", page(name), re.S)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy is not None
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert [a for tag, a in read.elements if tag == "script"] == [{"type": "application/json", "id": "shared"}, {}]


def test_a_doc_string_is_a_text() -> None:
    text = page("one_period")
    assert "window.hacked = 1</script>" not in text
    read = Read(text)
    assert sum(HOSTILE in t for t in read.texts) >= 3
    drawn = shared(text)["charts"].values()
    assert HOSTILE in {chart["title"] for chart in drawn}
    assert "a 'quoted' <i>place</i>" in {name for chart in drawn for name in chart["at"].get("names", ())}


def test_every_number_of_the_folder_is_in_the_page(run: Path) -> None:
    """Read from the NetCDF files, which other code wrote."""
    import xarray

    data = shared(report_html(subject_in(run)))
    held = [numbers(data, k) for k in range(len(data["arrays"]))]
    for file, names in (("values.nc", ("out", "late")), ("prices.nc", ("lmp",)), ("reports.nc", ("paid", "from_two"))):
        with xarray.open_dataset(run / file, engine="h5netcdf") as found:
            for name in names:
                for line in np.atleast_2d(found[name].transpose(..., "T").values):
                    finite = line[np.isfinite(line)]
                    assert any(np.array_equal(a[np.isfinite(a)], finite) for a in held), name


def test_the_answer_is_told(run: Path) -> None:
    words = " ".join(" ".join(Read(report_html(subject_in(run))).texts).split())
    assert "Two plants meet a demand" in words
    assert "✓ optimal, certified" in words
    assert f"operator.total {market.TOTAL:.6g} EUR cost of a day" in words
    assert "out[g,t] output 6 values from 0 to 10 MW, sum 35" in words
    assert "In the run folder: values/out.csv" in words
    assert "verified" in words
    assert sha256((run / "inputs" / "plants.game").read_bytes()).hexdigest() in words


def test_equations_are_mathml_and_references_lead_to_them(run: Path) -> None:
    read = Read(report_html(subject_in(run)))
    ids = [a["id"] for _, a in read.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    assert sum(tag == "math" for tag, _ in read.elements) > 10
    targets = {(a["href"] or "")[1:] for tag, a in read.elements if tag == "a"}
    assert targets <= set(ids)
    assert any(i is not None and i.startswith("model-1-eq-") for i in ids)


def test_the_players_are_a_diagram() -> None:
    toy = Path(__file__).resolve().parents[2] / "models" / "toy" / "toy.game"
    text = report_html(subject_of(gamec.solve(toy)))
    (diagram,) = re.findall(r'<div class="document diagram">(.*?)</div>\s*<p', text, re.S)
    assert "<strong>Leader</strong>" in diagram
    assert "<strong>Follower</strong>" in diagram
    assert 'class="leads"' in diagram


def test_headings_go_down_one_by_one() -> None:
    for name in GAMES:
        levels = [int(tag[1]) for tag, _ in Read(page(name)).elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels)), (name, levels)


def test_without_an_answer() -> None:
    text = " ".join(" ".join(Read(page("impossible")).texts).split())
    assert "✗ infeasible" in text
    assert "there is no solution" in text
    assert "Decisions" not in text
    assert "G801" in text


def test_what_the_certificate_refuses_is_not_called_good() -> None:
    refused = Result(
        "g",
        Status.OPTIMAL,
        objectives={"p.c": 1.0},
        certificate=Certificate(False, {"p": 3.0}, {"p": 0.5}, reasons=("`p` gains 3",)),
    )
    text = report_html(subject_of(refused))
    assert '<p class="status good">' not in text
    assert "not verified" in text
    assert "<p>Because <code>p</code> gains 3</p>" in text


def test_the_ledger_has_every_bound_the_nearest_first() -> None:
    bounds = tuple(Bound(f"of[{k}]", 10.0 * k, "derived" if k % 2 else "assumed", 5.0 - k) for k in range(4))
    certificate = Certificate(True, {"p": 0.0}, {"p": 0.0}, bounds=bounds)
    data = shared(
        report_html(subject_of(Result("g", Status.OPTIMAL, objectives={"p.c": 1.0}, certificate=certificate)))
    )
    (table,) = [t for t in data["tables"].values() if t["file"] == "ledger"]
    of, value, source, slack = table["columns"]
    assert [of["names"][k] for k in of["which"]] == ["of[3]", "of[2]", "of[1]", "of[0]"]
    assert numbers(data, value["numbers"]).tolist() == [30, 20, 10, 0]
    assert [source["names"][k] for k in source["which"]] == ["derived", "assumed", "derived", "assumed"]
    assert numbers(data, slack["numbers"]).tolist() == [2, 3, 4, 5]


def test_iterations() -> None:
    data = shared(page("iterated"))
    (table,) = [t for t in data["tables"].values() if t["file"] == "history"]
    heads = [c["head"] for c in table["columns"]]
    assert heads[:3] == ["iteration", "one.a", "two.b"]
    steps = solved("iterated").history
    assert numbers(data, table["columns"][0]["numbers"]).tolist() == [s.iteration for s in steps]


def test_answers_of_two_models(tmp_path: Path) -> None:
    from runtime.runs.comparison_folder import compared_runs

    folders = [solved(name).save(tmp_path / name, figures=()) for name in ("iterated", "one_period")]
    text = report_html(subject_of(compared_runs(folders)))
    read = Read(text)
    assert read.faults == []
    assert "iterated, one_period" in read.texts
    ids = [a["id"] for _, a in read.elements if a.get("id")]
    assert len(ids) == len(set(ids))
    assert {"model-1-eq-1", "model-2-eq-1"} <= set(ids)
    assert "A game: iterated" in read.texts


def test_an_answer_put_together_by_hand() -> None:
    value = Labelled(("t",), ("T",), ((1,), (2,)), np.array([1.5, -2.0]), "kW", "power")
    result = Result("by_hand", Status.LOCAL, objectives={"p.c": 1.0}, value_of={"x": value, "y": 3.0})
    text = report_html(subject_of(result))
    assert "x[t]" in text
    assert "2 values from −2 to 1.5 kW, sum −0.5" in text


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1 / 3, "0.333333"),
        (-2.5, "−2.5"),
        (123456.7, "123457"),
        (1234567.891, "1234568"),
        (-2.9e9, "−2900000000"),
        (1e-5, "1e−5"),
        (1.5e18, "1.5e18"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (-float("inf"), "−∞"),
    ],
)
def test_numbers_are_written_for_people(value: float, words: str) -> None:
    assert shown(value) == words


def test_names_in_backquotes_are_code_and_nothing_else_is() -> None:
    assert coded("`a<b` < c") == "<code>a&lt;b</code> &lt; c"


def chart(places: int, lines: int, kind: Kind = Kind.LINES) -> Chart:
    values = np.arange(places * lines, dtype=float).reshape(lines, places)
    panel = Panel(kind, "kW", tuple(Line(f"l{k}", v) for k, v in enumerate(values)))
    return Chart("c", "Title", "hour", tuple(range(places)), (panel,))


def test_an_array_is_held_once() -> None:
    arrays = Arrays()
    a, b = np.array([1.0, np.nan, np.inf]), np.array([2.0])
    assert [arrays.place_of(v) for v in (a, b, a.copy())] == [0, 1, 0]
    assert np.array_equal(np.frombuffer(b64decode(arrays.texts[0]), "<f8"), a, equal_nan=True)
    assert not Arrays(2).room_for(3)


def test_what_has_no_room_comes_as_means_and_says_so() -> None:
    arrays = Arrays(most=10_000)
    charts = Charts(arrays)
    first, second = charts.add(chart(2000, 4)), charts.add(chart(2400, 4))
    assert charts.drawn[first]["note"] == ""
    assert "means over" in str(charts.drawn[second]["note"])
    assert [charts.drawn[name]["means"] for name in (first, second)] == [False, True]


def test_lines_beyond_what_a_panel_holds_are_told() -> None:
    charts = Charts(Arrays())
    drawn = charts.drawn[charts.add(chart(3, LINES + 7))]
    assert drawn["note"] == f"the first {LINES} of {LINES + 7} lines are shown"
    (panel,) = drawn["panels"]  # type: ignore[misc]
    assert len(panel["lines"]) == LINES


def test_a_chart_without_numbers_is_none() -> None:
    assert (
        Charts(Arrays()).add(Chart("c", "t", "", (1,), (Panel(Kind.LINES, "", (Line("l", np.array([np.nan])),)),)))
        == ""
    )


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "run.json").unlink(),
        lambda folder: (folder / "values.nc").unlink(),
        lambda folder: (folder / "values.nc").write_bytes(b"none"),
        lambda folder: (folder / "run.json").write_text((folder / "run.json").read_text("utf-8")[:300], "utf-8"),
        lambda folder: (folder / "run.json").write_text(
            (folder / "run.json").read_text("utf-8").replace('"format": 1', '"format": 99'), "utf-8"
        ),
        lambda folder: (folder / "inputs" / "data" / "load.csv").unlink(),
        shutil.rmtree,
    ],
    ids=["no manifest", "no values", "no NetCDF", "cut off", "of a later version", "an input is missing", "no folder"],
)
def test_what_is_no_run_is_told_as_show_tells_it(harm: Callable[[Path], object], run: Path, tmp_path: Path) -> None:
    harm(run)
    with pytest.raises(gamec.DiagnosticError) as by_show:
        gamec.read_run(run)
    with pytest.raises(gamec.DiagnosticError) as by_report:
        gamec.report(run, tmp_path / "r.html")
    told = [(d.code, d.headline, d.hints) for d in by_show.value.diagnostics]
    assert [(d.code, d.headline, d.hints) for d in by_report.value.diagnostics] == told
    assert not (tmp_path / "r.html").exists()


def test_the_command(run: Path, gamec_main: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = gamec_main("report", str(run))
    page = run.with_name("run.html")
    assert (code, out) == (0, "")
    assert err.strip() == f"written to {page}"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert [p.name for p in run.parent.iterdir() if p.name.startswith(".")] == []
    assert gamec_main("report", str(run))[0] == 0  # a report is replaced
    page.write_text("<p>mine</p>", "utf-8")
    code, _, err = gamec_main("report", str(run))
    assert code == 1
    assert "G003" in err
    assert page.read_text("utf-8") == "<p>mine</p>"
    code, _, err = gamec_main("report", str(run), "-o", str(run / "no" / "such.html"))
    assert (code, "G003" in err) == (1, True)
    code, _, err = gamec_main("report", str(run), "-o", "x.pdf")
    assert (code, "G807" in err) == (2, True)
    code, out, _ = gamec_main("report", str(run), "-o", "-")
    assert code == 0
    assert out == report_html(subject_in(run))


def test_a_disk_that_is_full_leaves_the_old_page(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "r.html"
    gamec.report(run, target)
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gamec.text_files.os.replace", full)
    with pytest.raises(gamec.DiagnosticError, match="G003"):
        gamec.report(run, target)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_an_answer_in_hand_gives_the_page_of_its_folder(run: Path, tmp_path: Path) -> None:
    result = gamec.read_run(run)
    assert isinstance(result, Result)
    assert gamec.report(result, tmp_path / "r.html") == tmp_path / "r.html"
    by_hand, by_folder = shared((tmp_path / "r.html").read_text("utf-8")), shared(report_html(subject_in(run)))
    assert by_hand["charts"] == by_folder["charts"]
    assert by_hand["arrays"] == by_folder["arrays"]
