"""`gamec lsp` over its standard streams, as editors use it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gamec.conftest import ROOT, environment
from tests.gamec.language_server.client import PATIENCE, Client
from tests.gamec.language_server.cursor import MODEL

GOOD = "player a {\n  var x in [0, 5]\n  minimize cost = x\n}\n"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    client = Client(tmp_path)
    yield client
    if client.process.poll() is None:
        assert client.close() == 0
    assert client.errors == b""


def test_what_the_server_can_do(client: Client) -> None:
    can = client.server["capabilities"]
    wanted = "hover definition references documentHighlight completion documentSymbol documentFormatting codeAction"
    assert [name for name in wanted.split() if not can.get(f"{name}Provider")] == []
    assert can["positionEncoding"] == "utf-16"
    # Full: what Python takes for line breaks is not what editors do, so changes of parts would go astray.
    assert can["textDocumentSync"]["change"] == 1
    assert can["textDocumentSync"]["openClose"] is True
    assert can["textDocumentSync"]["save"]


def test_diagnostics_follow_the_typing(client: Client) -> None:
    client.open("a.game", GOOD)
    assert client.diagnostics("a.game") == []
    client.change("a.game", GOOD.replace("= x", "= y"), 2)
    [found] = client.diagnostics("a.game")
    assert (found["code"], found["severity"], found["source"]) == ("G201", 1, "gamec")
    assert found["range"] == {"start": {"line": 2, "character": 18}, "end": {"line": 2, "character": 19}}
    assert "`y` is not declared" in found["message"]
    assert "hint: " in found["message"]
    client.change("a.game", GOOD.replace("var x", "var"), 3)
    assert client.codes("a.game")[0].startswith("G1")
    client.change("a.game", GOOD, 4)
    assert client.diagnostics("a.game") == []


def test_only_the_text_that_rests_is_checked(client: Client) -> None:
    client.open("a.game", GOOD)
    assert client.diagnostics("a.game") == []
    for k in range(2, 12):
        client.change("a.game", GOOD.replace("= x", f"= y{k}"), k)
    [found] = client.diagnostics("a.game")
    assert "`y11`" in found["message"]


def test_units_and_cases_are_checked_while_typing(client: Client) -> None:
    text = "param p : kW = 1\nparam e : kWh = 1\nlet s = p + e\n" + GOOD + "case c { fix nobody = 1 }\n"
    client.open("a.game", text)
    assert client.codes("a.game") == ["G401", "G201"]


def test_data_are_checked_on_opening_and_saving(client: Client) -> None:
    (client.folder / "load.csv").write_text("t,load\n1,5\n2,x\n", encoding="utf-8")
    text = 'set T index t = 1..2\nparam load[t] from "load.csv"\n' + GOOD
    client.open("a.game", text)
    assert client.diagnostics("a.game") == []
    [found] = client.diagnostics("load.csv")
    assert found["code"] == "G504"
    assert found["range"]["start"] == {"line": 2, "character": 2}
    (client.folder / "load.csv").write_text("t,load\n1,5\n2,7\n", encoding="utf-8")
    client.save("a.game")
    assert client.diagnostics("load.csv") == []
    hover = client.at("textDocument/hover", "a.game", 1, 6)
    assert "2 values from 5 to 7" in hover["contents"]["value"]


def test_a_text_that_is_no_file_is_checked_too(client: Client) -> None:
    item = {"uri": "untitled:Untitled-1", "languageId": "game", "version": 1, "text": "player a { minimize c = z }"}
    client.tell("textDocument/didOpen", {"textDocument": item})
    client.folder = Path("/")
    client.uri = lambda name: name  # type: ignore[method-assign]
    assert client.codes("untitled:Untitled-1") == ["G201"]


def test_closing_takes_the_diagnostics_away(client: Client) -> None:
    client.open("a.game", "param q = r\n" + GOOD)
    assert client.codes("a.game") == ["G201"]
    client.tell("textDocument/didClose", {"textDocument": {"uri": client.uri("a.game")}})
    assert client.diagnostics("a.game") == []


def test_imported_files_come_from_the_editor_first(client: Client) -> None:
    (client.folder / "b.game").write_text("param from_disk = 1\n", encoding="utf-8")
    client.open("a.game", 'import "b.game"\n' + GOOD.replace("= x", "= from_editor*x"))
    assert client.codes("a.game") == ["G201"]
    client.open("b.game", "param from_editor = 1\n", write=False)
    assert client.diagnostics("b.game") == []
    client.save("b.game")
    assert client.diagnostics("a.game") == []
    found = client.at("textDocument/definition", "a.game", 3, 20)
    assert found["uri"] == client.uri("b.game")
    assert found["range"]["start"] == {"line": 0, "character": 6}
    found = client.at("textDocument/definition", "a.game", 0, 10)
    assert found["uri"] == client.uri("b.game")


def test_hover_with_value(client: Client) -> None:
    client.open("a.game", MODEL)
    assert client.diagnostics("a.game") == []
    lines = MODEL.split("\n")
    line = next(k for k, text in enumerate(lines) if text.startswith("param η"))
    hover = client.at("textDocument/hover", "a.game", line, 6)
    deadline = time.monotonic() + PATIENCE
    while "value: " not in hover["contents"]["value"] and time.monotonic() < deadline:
        # Values come with the whole check, which a busy machine finishes after the findings are out.
        hover = client.at("textDocument/hover", "a.game", line, 6)
    assert "value: 0.95" in hover["contents"]["value"]
    assert "efficiency" in hover["contents"]["value"]
    assert hover["range"] == {"start": {"line": line, "character": 6}, "end": {"line": line, "character": 7}}
    assert "**param**" in client.at("textDocument/hover", "a.game", line, 1)["contents"]["value"]
    assert client.at("textDocument/hover", "a.game", line, 8) is None


@pytest.mark.parametrize(("encodings", "unit"), [(None, 2), (["utf-8", "utf-16"], 4), (["utf-32"], 1)])
def test_positions_count_the_units_that_were_agreed_on(tmp_path: Path, encodings: list[str] | None, unit: int) -> None:
    """`𝛼` takes two units of UTF-16, four of UTF-8, one of UTF-32."""
    client = Client(tmp_path, encodings)
    client.open("a.game", "param 𝛼 = 1 param b = 𝛼 + c\n" + GOOD)
    [found] = client.diagnostics("a.game")
    start = len("param  = 1 param b =  + ") + 2 * unit
    assert found["range"]["start"]["character"] == start
    place = len("param  = 1 param b = ") + unit
    definition = client.at("textDocument/definition", "a.game", 0, place)
    assert definition["range"]["start"]["character"] == 6
    assert definition["range"]["end"]["character"] == 6 + unit
    assert client.close() == 0


def test_references_and_highlights(client: Client) -> None:
    client.open("a.game", GOOD)
    found = client.at("textDocument/references", "a.game", 1, 6, context={"includeDeclaration": True})
    assert [(f["range"]["start"]["line"], f["range"]["start"]["character"]) for f in found] == [(1, 6), (2, 18)]
    found = client.at("textDocument/references", "a.game", 1, 6, context={"includeDeclaration": False})
    assert len(found) == 1
    assert len(client.at("textDocument/documentHighlight", "a.game", 2, 18)) == 2


def test_completion_replaces_the_word(client: Client) -> None:
    client.open("a.game", GOOD.replace("= x", "= abcd + x").replace("var x", "var abcd = 1 var x"))
    client.change("a.game", "param 𝛼β = 1\n" + GOOD.replace("= x", "= 𝛼"), 2)
    found = client.at("textDocument/completion", "a.game", 3, 20)
    [item] = [i for i in found["items"] if i["label"] == "𝛼β"]
    assert item["textEdit"]["newText"] == "𝛼β"
    assert item["textEdit"]["range"] == {"start": {"line": 3, "character": 18}, "end": {"line": 3, "character": 20}}
    assert item["detail"] == "parameter"


def test_the_outline_holds_players_and_what_is_theirs(client: Client) -> None:
    client.open("a.game", MODEL)
    found = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": client.uri("a.game")}})
    names = ["CNY", "T", "K", "tariff", "η", "battery", "ess", "grid", "cheap", "cost", "gain"]
    assert [s["name"] for s in found] == names
    [grid] = [s for s in found if s["name"] == "grid"]
    assert [s["name"] for s in grid["children"]] == ["bat", "p", "own", "bill", "balance"]
    assert grid["detail"] == "microgrid"
    assert grid["range"]["start"]["line"] < grid["children"][0]["range"]["start"]["line"] < grid["range"]["end"]["line"]


def test_formatting(client: Client) -> None:
    client.open("a.game", "player a{var x<=5\nminimize c=x}")
    params = {"textDocument": {"uri": client.uri("a.game")}, "options": {"tabSize": 2, "insertSpaces": True}}
    [edit] = client.ask("textDocument/formatting", params)
    assert edit["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 13}}
    assert "var x <= 5" in edit["newText"]
    client.change("a.game", edit["newText"], 2)
    assert client.ask("textDocument/formatting", params) == []
    client.change("a.game", "player a {", 3)
    assert client.ask("textDocument/formatting", params) is None


def test_sure_hints_become_quick_fixes(client: Client) -> None:
    text = "player a {\n  var output in [0, 5]\n  minimize cost = outptu\n}\n"
    client.open("a.game", text)
    [found] = client.diagnostics("a.game")
    params = {"textDocument": {"uri": client.uri("a.game")}, "range": found["range"], "context": {"diagnostics": []}}
    [action] = client.ask("textDocument/codeAction", params)
    [edit] = action["edit"]["changes"][client.uri("a.game")]
    assert (edit["newText"], edit["range"]) == ("output", found["range"])
    assert action["title"] == "Change `outptu` to `output`"
    client.change("a.game", "\n" + text, 2)
    assert client.ask("textDocument/codeAction", params) == []


def test_questions_about_broken_texts_get_answers(client: Client) -> None:
    text = MODEL[: len(MODEL) * 2 // 3] + ' "\ud83d  } ]] player { var 𝛼 = ('
    client.open("a.game", "", write=False)
    client.change("a.game", text, 2)
    document = {"textDocument": {"uri": client.uri("a.game")}}
    for line in range(text.count("\n") + 2):
        for method in ("hover", "definition", "completion", "documentHighlight"):
            client.at(f"textDocument/{method}", "a.game", line, 7)
    client.ask("textDocument/documentSymbol", document)


def test_the_server_ends_with_its_client(tmp_path: Path) -> None:
    client = Client(tmp_path)
    client.open("a.game", GOOD)
    assert client.wait() == 1
    assert b"Traceback" not in client.errors


def test_without_pygls_it_says_what_to_install() -> None:
    program = (
        "import sys\nsys.modules['pygls'] = None\nsys.modules['lsprotocol'] = None\n"
        "from gamec.app import main\nsys.exit(main(['lsp']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), cwd=ROOT, check=False
    )
    assert ran.returncode == 1
    assert "G004" in ran.stderr
    assert 'pip install "gamec[editor]"' in ran.stderr


def test_messages_are_plain_json(client: Client) -> None:
    """Round the corner of our client: what the server says on its streams is framed JSON and nothing else."""
    client.open("a.game", "param 𝛼 = \ud800\n", write=False)
    assert json.dumps(client.diagnostics("a.game"))
