"""A JSON-RPC client of our own, so that what is tested is what goes over the wire; it runs `gamec lsp` as editors
do."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.gamec.conftest import environment

PATIENCE = 60
"""Seconds to wait for a message, on a busy machine."""


class Client:
    """Starts the server; `ask` a question, `tell` a notification, `diagnostics` waits for the next for a file."""

    def __init__(self, folder: Path, encodings: list[str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gamec", "lsp", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=folder,
        )
        self.folder = folder
        self.errors = b""
        self._messages: queue.Queue[Any] = queue.Queue()
        self._shown: dict[str, list[Any]] = {}
        self._number = 0
        self._threads = [threading.Thread(target=t, daemon=True) for t in (self._listen, self._listen_to_errors)]
        for thread in self._threads:
            thread.start()
        capabilities = {"general": {"positionEncodings": encodings}} if encodings else {}
        self.server = self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        self.tell("initialized", {})

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, write: bool = True) -> None:
        if write:
            (self.folder / name).write_text(text, encoding="utf-8")
        item = {"uri": self.uri(name), "languageId": "game", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def change(self, name: str, text: str, version: int) -> None:
        document = {"uri": self.uri(name), "version": version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def save(self, name: str) -> None:
        self.tell("textDocument/didSave", {"textDocument": {"uri": self.uri(name)}})

    def at(self, method: str, name: str, line: int, character: int, **more: Any) -> Any:
        position = {"line": line, "character": character}
        return self.ask(method, {"textDocument": {"uri": self.uri(name)}, "position": position, **more})

    def diagnostics(self, name: str) -> list[Any]:
        """The next diagnostics published for a file."""
        uri = self.uri(name)
        while not self._shown.get(uri):
            self._take(self._messages.get(timeout=PATIENCE))
        found: list[Any] = self._shown[uri].pop(0)
        return found

    def codes(self, name: str) -> list[str]:
        return [d["code"] for d in self.diagnostics(name)]

    def ask(self, method: str, params: Any) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._messages.get(timeout=PATIENCE)
            if message.get("id") == self._number and "method" not in message:
                assert "error" not in message, message
                return message["result"]
            self._take(message)

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def close(self) -> int:
        """End the server as editors do; its exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        return self.wait()

    def wait(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(timeout=PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        return code

    def _take(self, message: Any) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self._shown.setdefault(params["uri"], []).append(params["diagnostics"])

    def _send(self, message: Any) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
                header = stream.readline()
            self._messages.put(json.loads(stream.read(length)))

    def _listen_to_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()
