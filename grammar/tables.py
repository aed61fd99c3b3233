"""`game.lark` -> the LALR tables as plain data. Lark makes them once (half a second); a cache file keeps them.

The cache is only ever a shortcut: one that is missing, damaged, of another version or not writable costs time and
nothing else. It holds JSON, so that reading it runs no code.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FORMAT = 1
"""Raised whenever the meaning of the fields of `Tables` changes."""


@dataclass(frozen=True, eq=False)
class Tables:
    """An LALR(1) automaton.

    `actions[state][terminal]` is the next state, or `~rule` for a reduction by that rule; `gotos[state][symbol]` the
    state after a reduction to `symbol`. `rules[k]` is (symbol, number of parts). `spellings` gives the text of each
    terminal that is a word or sign, `patterns` the regular expression of the others.
    """

    start: int
    end: int
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[str, int]]
    spellings: dict[str, str]
    patterns: dict[str, str]


def grammar_text() -> str:
    """The text of `game.lark`."""
    return files("grammar").joinpath("game.lark").read_text("utf-8")


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The tables of the language, from the cache file if there is a good one."""
    text = grammar_text()
    path = cache_path(text)
    tables = None if path is None else _read(path)
    if tables is None:
        tables = build_tables(text)
        if path is not None:
            _write(path, tables)
    return tables


def build_tables(text: str, **options: Any) -> Tables:
    """Let Lark analyse a grammar; `options` go to Lark. Raises Lark's GrammarError when the grammar is wrong."""
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import PatternStr

    lark = Lark(text, parser="lalr", lexer="basic", keep_all_tokens=True, maybe_placeholders=False, **options)
    conf = lark.parse_interactive("").parser_state.parse_conf
    numbers = {state: k for k, state in enumerate(conf.states)}
    rules: dict[Rule, int] = {}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    terminals = {terminal.name for terminal in lark.terminals} | {"$END"}
    for row in conf.states.values():
        actions.append({})
        gotos.append({})
        for symbol, (_, argument) in row.items():
            if isinstance(argument, Rule):
                actions[-1][symbol] = ~rules.setdefault(argument, len(rules))
            elif symbol in terminals:
                actions[-1][symbol] = numbers[argument]
            else:
                gotos[-1][symbol] = numbers[argument]
    return Tables(
        numbers[conf.start_state],
        numbers[conf.end_state],
        actions,
        gotos,
        [(str(rule.origin.name), len(rule.expansion)) for rule in rules],
        {t.name: t.pattern.value for t in lark.terminals if isinstance(t.pattern, PatternStr)},
        {t.name: t.pattern.value for t in lark.terminals if not isinstance(t.pattern, PatternStr)},
    )


def cache_path(text: str) -> Path | None:
    """The cache file for this grammar, Lark, Python and format; None where there is no folder for it."""
    python = ".".join(platform.python_version_tuple()[:2])
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    try:
        return _cache_folder() / f"grammar-{key}-lark{_lark_version()}-py{python}-{FORMAT}.json"
    except RuntimeError:  # no home folder
        return None


def _lark_version() -> str:
    """As Lark's own file states it: to load Lark, or the metadata of packages, takes longer than to check a model."""
    lark = find_spec("lark")
    try:
        text = Path(lark.origin).read_text("utf-8") if lark is not None and lark.origin else ""
    except OSError:
        text = ""
    found = re.search(r'^__version__\b.*"([\w.+-]+)"', text, re.MULTILINE)
    return found[1] if found else "unknown"


def _cache_folder() -> Path:
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(given) if given else Path.home() / ".cache") / "gamec"


def _read(path: Path) -> Tables | None:
    try:
        digest, _, content = path.read_text("ascii").partition("\n")
        if hashlib.sha256(content.encode()).hexdigest() != digest:
            return None
        fields = json.loads(content)
        fields["rules"] = [(symbol, size) for symbol, size in fields["rules"]]
        return Tables(**fields)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, tables: Tables) -> None:
    """Write whole or not at all: another process may be reading or writing the same file."""
    content = json.dumps(asdict(tables))
    digest = hashlib.sha256(content.encode()).hexdigest()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{digest}\n{content}")
            os.replace(name, path)
        except OSError:
            with suppress(OSError):
                os.unlink(name)
