"""`=` and `==` in each other's place, relations where a value is given, a value where none can be."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Edit, Hint
from grammar.trouble import RELATIONS, Slip, Trouble

VALUED = ("PARAM", "LET", "REPORT", "COMPARE", "MINIMIZE", "MAXIMIZE", "FIX", "SET")


def equals_for_value(t: Trouble) -> Slip | None:
    """`param p == 3`."""
    if t.token.kind != "EQUALS" or "EQUAL" not in t.expected:
        return None
    hint = Hint("write `=`", Edit(t.span, "="))
    found = Diagnostic("G112", "a value is given with `=`, not with `==`", t.span, hints=(hint,))
    return Slip(found, (t.replace("EQUAL"),))


def equal_for_relation(t: Trouble) -> Slip | None:
    """`constraint c: x = 3`, `sum(t where t = 1)`."""
    if t.token.kind != "EQUAL" or "EQUALS" not in t.expected:
        return None
    hint = Hint("write `==`", Edit(t.span, "=="))
    found = Diagnostic("G104", "a relation is written with `==`, not with `=`", t.span, hints=(hint,))
    return Slip(found, (t.replace("EQUALS"),))


def relation_in_value(t: Trouble) -> Slip | None:
    """`let p = q <= 3`, `param a = b = 3`."""
    if t.token.kind not in RELATIONS | {"EQUAL"} or t.statement not in VALUED or t.bracket is not None:
        return None
    if not any(token.kind == "EQUAL" for token in t.since_keyword):
        return None
    if t.token.kind == "EQUAL":
        headline, hint = f"a `{t.keyword_text}` has one `=`", "give each name its value in a statement of its own"
    else:
        headline = f"the value of a `{t.keyword_text}` is no relation"
        hint = "put a condition in parentheses, or write `constraint NAME: ...` for a relation that must hold"
    return Slip(Diagnostic("G101", headline, t.span, f"`{t.token.text}` compares", hints=(Hint(hint),)))


def value_of_a_variable(t: Trouble) -> Slip | None:
    """`var x = 3`."""
    if t.statement != "VAR" or t.token.kind not in ("EQUAL", "EQUALS", "FROM") or t.bracket is not None:
        return None
    hints = (
        Hint("for a number that is given write `param`, for a first guess `start 3`"),
        Hint("for a variable that must have this value write `constraint NAME: x == 3`"),
    )
    return Slip(Diagnostic("G101", "a variable has no value of its own", t.span, "the solver decides it", hints=hints))
