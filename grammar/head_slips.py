"""Slips in the head of a statement: a missing or reserved name, `:` and `=` of objectives and constraints."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Edit, Hint
from grammar.source import LINE_BREAK, Span
from grammar.tokens import Token
from grammar.trouble import REDUCERS, RELATIONS, Repair, Slip, Trouble
from grammar.words import END, RESERVED, STATEMENTS

NAMED = STATEMENTS - {"FIX", "DROP", "IMPORT", "SOLVE"}
"""Statements whose keyword is followed by the name that they declare (or, for `use`, of a component)."""

CONTINUES = RELATIONS | {"EQUAL", "PLUS", "MINUS", "TIMES", "OVER_SIGN", "POWER", "DOT", "LPAR"}
"""After a name: signs that make it an operand, not the name of a declaration."""


def objective_without_name(t: Trouble) -> Slip | None:
    """`minimize x + y`, `minimize: x`, `minimize cost: x`, `minimize x`."""
    since = t.since_keyword
    if t.statement not in ("MINIMIZE", "MAXIMIZE") or t.keyword is None or any(s.kind == "EQUAL" for s in since):
        return None
    word, new = t.keyword_text, "cost" if t.statement == "MINIMIZE" else "profit"
    if len(since) > 1 and since[1].kind == "COLON":
        colon = t.span_of(since[1])
        hint = Hint(f"write `{word} {t.written(since[0])} = ...`", Edit(colon, "="))
        found = Diagnostic("G101", "the objective follows `=`; a colon begins its unit", colon, hints=(hint,))
        mended = (since[0], Token("EQUAL", "=", colon.start, colon.end), *since[2:])
        return Slip(found, (Repair(t.keyword + 1, t.position, mended),))
    if t.ends_statement:
        if not since or (t.token.kind in RESERVED and t.after.kind in ("EQUAL", "COLON")):
            return None
    elif (since and t.token.kind not in CONTINUES) or t.token.kind in RESERVED - REDUCERS - {"IF", "NOT"}:
        return None
    begin = t.tokens[t.keyword + 1]
    sign = not since and t.token.kind in ("EQUAL", "COLON", "EQUALS")
    place = Span(t.source, begin.start, begin.end if sign else begin.start)
    gap = " " if begin.start == t.tokens[t.keyword].end else ""
    hint = Hint(f"give it a name, for example `{word} {new} = ...`", Edit(place, f"{gap}{new} =" + " " * (not sign)))
    headline = f"`{word}` is followed by the name of the objective"
    found = Diagnostic("G101", headline, t.span_of(begin), "a name and `=` are missing", hints=(hint,))
    made = (Token("NAME", new, begin.start, begin.start), Token("EQUAL", "=", begin.start, begin.start))
    return Slip(found, (Repair(t.keyword + 1, t.position + sign, (*made, *since)),))


def constraint_without_name(t: Trouble) -> Slip | None:
    """`constraint x <= 3`, `constraint: x <= 3`, `constraint c x <= 3`, `constraint c = x <= 3`."""
    since = t.since_keyword
    if t.statement not in ("CONSTRAINT", "CLEAR", "SHARED") or t.keyword is None or t.ends_statement:
        return None
    if any(s.kind == "COLON" for s in since) or t.bracket is not None:
        return None
    word = t.keyword_text
    if since and t.token.text == "price":
        hint = Hint(f"write `{word} {t.written(since[0])}: ... price NAME`")
        return Slip(Diagnostic("G101", "the price follows the relation", t.span, hints=(hint,)))
    continues = t.token.kind in CONTINUES - {"LPAR", "MINUS"}
    relation_follows = any(token.kind in RELATIONS | {"EQUAL"} for token in t.rest())
    if since and (("COLON" in t.expected and not continues) or (t.token.kind == "EQUAL" and relation_follows)):
        return _without_colon(t, since)
    if (since and t.token.kind not in CONTINUES) or (t.token.kind in RESERVED and t.after.kind in ("COLON", "LSQB")):
        return None
    begin = t.tokens[t.keyword + 1]
    colon = t.token.kind == "COLON"
    gap = " " if begin.start == t.tokens[t.keyword].end else ""
    edit = Edit(Span(t.source, begin.start, begin.start), f"{gap}limit" if colon else f"{gap}limit: ")
    hint = Hint(f"give it a name: `{word} NAME: ...`", edit)
    headline = f"`{word}` is followed by its name and `:`"
    found = Diagnostic("G101", headline, t.span_of(begin), "a name is missing", hints=(hint,))
    kinds = (("NAME", "limit"),) if colon else (("NAME", "limit"), ("COLON", ":"))
    made = tuple(Token(kind, text, begin.start, begin.start) for kind, text in kinds)
    return Slip(found, (Repair(t.keyword + 1, t.position, (*made, *since)),))


def _without_colon(t: Trouble, since: list[Token]) -> Slip:
    word, last = t.keyword_text, since[-1]
    named = t.source.text[since[0].start : last.end]
    replaces = t.token.kind == "EQUAL"
    edit = Edit(Span(t.source, last.end, t.token.end), ":") if replaces else Edit(t.behind(last), ":")
    hint = Hint(f"write `{word} {named}: ...`", edit)
    found = Diagnostic("G101", f"`:` is missing after the name of the {word}", t.span, hints=(hint,))
    return Slip(found, (Repair(t.position, t.position + replaces, t.made("COLON")),))


def reserved_name(t: Trouble) -> Slip | None:
    """`var report`, `param case = 1`, `3 + sum`: a reserved word where a name is declared or used."""
    before, kind = t.before, t.token.kind
    if kind not in RESERVED or before is None or "NAME" not in t.expected:
        return None
    if kind in STATEMENTS and (t.begins_line or t.after.kind in ("NAME", "STRING", "NUMBER")):
        return None
    if kind not in STATEMENTS and t.expected != {"NAME"}:
        return None
    word = t.token.text
    hint = Hint(f"choose another name, for example `{word}_`", Edit(t.span, f"{word}_"))
    found = Diagnostic("G101", f"`{word}` is a word of the language and cannot be a name", t.span, hints=(hint,))
    name = Token("NAME", f"{word}_", t.token.start, t.token.end)
    return Slip(found, (Repair(t.position, t.position + 1, (name,)),))


def missing_name(t: Trouble) -> Slip | None:
    """`player {`, `var >= 0`, `set 3 = ...`: the keyword is not followed by a name."""
    before = t.before
    if before is None or before.kind not in NAMED or t.keyword != t.position - 1 or "NAME" not in t.expected:
        return None
    word = t.spellings[before.kind]
    hint = Hint(f"write `{word} NAME ...`: a name begins with a letter or `_`")
    found = Diagnostic(
        "G101", f"`{word}` is followed by a name", t.span, "a name is missing before this", hints=(hint,)
    )
    repairs = [t.insert("NAME")]
    if t.token.kind in ("NUMBER", "STRING"):
        repairs.append(t.replace("NAME"))
    return Slip(found, tuple(repairs))


def import_without_quotes(t: Trouble) -> Slip | None:
    """`import devices.game`: everything up to the end of the line is the file."""
    if t.statement != "IMPORT" or t.keyword is None or (t.begins_line and t.since_keyword):
        return None
    text, first = t.source.text, t.keyword + 1
    broken = LINE_BREAK.search(text, t.tokens[t.keyword].end)
    last = first
    while t.tokens[last].kind != END and t.tokens[last].start < (broken.start() if broken else len(text)):
        last += 1
    if last == first:
        return None
    span = Span(t.source, t.tokens[first].start, t.tokens[last - 1].end)
    quoted = f'"{span.text}"'
    hint = Hint(f"write `import {quoted}`", Edit(span, quoted))
    found = Diagnostic("G101", "the name of a file stands in quotes", span, hints=(hint,))
    return Slip(found, (Repair(first, last, (Token("STRING", quoted, span.start, span.end),)),))


def without_parentheses(t: Trouble) -> Slip | None:
    """`sum t x`, `sum{t} x`, `component battery {`, `use battery as b`."""
    before = t.before
    if before is None or t.expected != {"LPAR"}:
        return None
    word = t.written(before)
    if before.kind in REDUCERS:
        hint = Hint(f"write `{word}(...)`: for example `{word}(t in T) x[t]`")
        return Slip(Diagnostic("G101", f"the indices of `{word}` stand in parentheses", t.span, hints=(hint,)))
    hint = Hint(f"write `{word}()`, with what it needs inside", Edit(t.behind(before), "()"))
    found = Diagnostic("G101", f"the parameters of `{word}` stand in parentheses", t.span_of(before), hints=(hint,))
    return Slip(found, (t.insert("LPAR", "RPAR"),))


def sign_before_block(t: Trouble) -> Slip | None:
    """`case low = {`, `player a: {`."""
    if t.token.kind not in ("EQUAL", "COLON") or "LBRACE" not in t.expected:
        return None
    hint = Hint("leave it out", t.removal())
    return Slip(Diagnostic("G101", f"no `{t.token.text}` stands before a block", t.span, hints=(hint,)), (t.drop(),))
