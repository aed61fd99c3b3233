"""Slips inside expressions and lists that concern one word or sign: `forall`, `then`, `1:24`, `+ *`, `method = kkt`."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Edit, Hint
from grammar.trouble import CLOSER, OPERANDS, RELATIONS, Slip, Trouble

OPERATORS = RELATIONS | {"PLUS", "MINUS", "TIMES", "OVER_SIGN", "POWER", "DOTS", "AND", "OR", "NOT", "EQUAL"}


def if_parts(t: Trouble) -> Slip | None:
    """`if c a else b`, `if c then a`."""
    before = t.before
    if (
        before is None
        or not t.expected & {"THEN", "ELSE"}
        or not (t.ends_statement or t.token.kind in OPERANDS | {"ELSE"})
    ):
        return None
    word = "then" if "THEN" in t.expected else "else"
    hint = Hint("write `if CONDITION then VALUE else VALUE`")
    found = Diagnostic(
        "G101", f"an `if` has no `{word}`", t.span_of(before), f"`{word}` is missing after this", hints=(hint,)
    )
    return Slip(found, (t.insert("THEN"),) if word == "then" and t.token.kind in OPERANDS else ())


def for_all(t: Trouble) -> Slip | None:
    """`constraint c: x[t] >= 1 forall t in T`."""
    if t.written(t.token).casefold() not in ("forall", "for", "∀") or t.keyword is None or t.begins_line:
        return None
    word = t.keyword_text
    hint = Hint(f"write `{word} NAME[t]: ...`, or `{word} NAME[t in T where ...]: ...`")
    return Slip(
        Diagnostic("G101", f"the indices of a `{word}` stand in brackets after its name", t.span, hints=(hint,))
    )


def colon_range(t: Trouble) -> Slip | None:
    """`set T index t = 1:24`."""
    if t.token.kind != "COLON" or t.statement != "SET" or not any(token.kind == "EQUAL" for token in t.since_keyword):
        return None
    hint = Hint("write `..`", Edit(t.span, ".."))
    return Slip(Diagnostic("G101", "a range is written with `..`", t.span, hints=(hint,)), (t.replace("DOTS"),))


def lonely_operator(t: Trouble) -> Slip | None:
    """`1 +`, `1 + * 3`."""
    before = t.before
    if before is None or before.kind not in OPERATORS or not {"NAME", "NUMBER"} <= t.expected:
        return None
    if t.ends_statement or t.token.kind in CLOSER.values():
        label = "an expression is missing after this"
        return Slip(Diagnostic("G101", f"nothing follows `{before.text}`", t.span_of(before), label))
    if t.token.kind not in OPERATORS:
        return None
    hint = Hint("remove one of the two", Edit(t.span, ""))
    headline, label = f"`{t.token.text}` cannot follow `{before.text}`", "an expression is missing before this"
    return Slip(Diagnostic("G101", headline, t.span, label, hints=(hint,)), (t.drop(),))


def option_sign(t: Trouble) -> Slip | None:
    """`solve { method = kkt }`."""
    if t.statement != "SOLVE" or t.token.kind not in ("EQUAL", "COLON"):
        return None
    hint = Hint("leave it out", t.removal())
    found = Diagnostic("G101", f"no `{t.token.text}` stands between an option and its value", t.span, hints=(hint,))
    return Slip(found, (t.drop(),))


def use_argument(t: Trouble) -> Slip | None:
    """`use battery(50) as b`."""
    if t.statement != "USE" or t.bracket is None or t.token.kind not in OPERANDS or "NAME" not in t.expected:
        return None
    name, word = t.written(t.since_keyword[0]), t.written(t.token)
    hint = Hint(f"write `{name}(PARAMETER = {word})`, with the name from `component {name}(...)`")
    return Slip(Diagnostic("G101", "what a component needs is given by name", t.span, hints=(hint,)))
