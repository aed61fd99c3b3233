"""A TextMate grammar, as far as ours goes (match, begin/end, captures, include), run with `re`: text -> scopes.

Checked against vscode-textmate with Oniguruma on the programs under tests/syntax/programs, models and templates: the
same scope for every character.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).resolve().parents[2] / "editors" / "vscode" / "syntaxes" / "game.tmLanguage.json"

Rule = dict[str, Any]


def load() -> Rule:
    grammar: Rule = json.loads(GRAMMAR.read_text(encoding="utf-8"))
    return grammar


def scopes(grammar: Rule, text: str) -> list[str]:
    """The innermost scope of each character; "" where no rule gives one."""
    found = [""] * len(text)
    stack: list[Rule] = [{"patterns": grammar["patterns"]}]
    at = 0
    for line in text.splitlines(keepends=True):
        _line(grammar, line, found, at, stack)
        at += len(line)
    return found


def patterns(rules: list[Rule]) -> list[str]:
    """Every regular expression in the grammar."""
    own = [rule[key] for rule in rules for key in ("match", "begin", "end") if key in rule]
    return own + [p for rule in rules for p in patterns(rule.get("patterns", []))]


def _line(grammar: Rule, line: str, found: list[str], at: int, stack: list[Rule]) -> None:
    position = 0
    while position <= len(line):
        top = stack[-1]
        best: tuple[int, int, re.Match[str], Rule] | None = None
        rules = [{"match": top["end"], "captures": top.get("endCaptures", {}), "pop": True}] if "end" in top else []
        for k, rule in enumerate([*rules, *_expanded(grammar, top["patterns"])]):
            match = _compiled(rule.get("match") or rule["begin"]).search(line, position)
            if match is not None and (best is None or match.start() < best[0]):
                best = (match.start(), k, match, rule)
        if best is None:
            return
        _, _, match, rule = best
        _mark(grammar, match, rule, found, at)
        if rule.get("pop"):
            stack.pop()
        elif "begin" in rule:
            stack.append(rule)
        position = max(match.end(), position + (match.end() == match.start()))


def _mark(grammar: Rule, match: re.Match[str], rule: Rule, found: list[str], at: int) -> None:
    name = rule.get("name", "")
    found[at + match.start() : at + match.end()] = [name] * (match.end() - match.start())
    for number, capture in (rule.get("captures") or rule.get("beginCaptures") or {}).items():
        start, end = match.span(int(number))
        if start < 0:
            continue
        if "name" in capture:
            found[at + start : at + end] = [capture["name"]] * (end - start)
        if "patterns" in capture:
            # Seen from inside, what stands before and after the capture is not there.
            inner = [""] * (end - start)
            _line(grammar, match.string[start:end], inner, 0, [{"patterns": capture["patterns"]}])
            found[at + start : at + end] = inner


def _expanded(grammar: Rule, rules: list[Rule]) -> list[Rule]:
    out: list[Rule] = []
    for rule in rules:
        if "include" in rule:
            out += _expanded(grammar, grammar["repository"][rule["include"].removeprefix("#")]["patterns"])
        else:
            out.append(rule)
    return out


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
