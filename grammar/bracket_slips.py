"""Slips of brackets: not closed, closed by another, closing nothing, a block without its brace."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Edit, Hint, Label
from grammar.source import Span
from grammar.tokens import Token
from grammar.trouble import CLOSER, Slip, Trouble
from grammar.words import BLOCK_STATEMENTS, END, STATEMENTS, TOP_STATEMENTS

OPENER = {closing: opening for opening, closing in CLOSER.items()}


def end_of_file(t: Trouble) -> Slip | None:
    """The file ends inside a block, a bracket or a statement."""
    if t.token.kind != END:
        return None
    if not t.opened:
        if t.before is None or {"NAME", "NUMBER"} <= t.expected:
            hint = "an expression is missing after this"
        else:
            hint = "a name is missing after this" if "NAME" in t.expected else "something is missing after this"
        last = Span(t.source, 0, 0) if t.before is None else t.span_of(t.before)
        return Slip(Diagnostic("G101", "the file ends in the middle of a statement", last, hint))
    opened = t.opened[-1]
    sign, closing = opened.text, t.spellings[CLOSER[opened.kind]]
    others: tuple[Label, ...] = ()
    hint = f"add `{closing}` where it ends"
    outsider = _first_outsider(t, opened) if opened.kind == "LBRACE" else None
    if outsider is not None:
        line = t.source.line_column(outsider.start)[0]
        others = (Label(t.span_of(outsider), "this belongs outside the braces"),)
        hint = f"add `{closing}` before `{outsider.text}` in line {line}"
    headline = f"`{sign}` is not closed before the end of the file"
    return Slip(
        Diagnostic("G103", headline, t.span_of(opened), "opened here", others, hints=(Hint(hint),)), unbalanced=True
    )


def _first_outsider(t: Trouble, opened: Token) -> Token | None:
    """The first statement directly inside a block that only stands at the top of a file."""
    level = 0
    first = next(k for k, token in enumerate(t.tokens) if token is opened)
    for token in t.tokens[first:]:
        if level == 1 and token.kind in TOP_STATEMENTS:
            return token
        level += (token.kind == "LBRACE") - (token.kind == "RBRACE")
    return None


def statement_in_brackets(t: Trouble) -> Slip | None:
    """`var x in [0, 8` and then the next statement."""
    bracket, before = t.bracket, t.before
    if t.token.kind not in STATEMENTS or bracket is None or before is None or bracket is before:
        return None
    closing, word = t.spellings[CLOSER[bracket.kind]], t.token.text
    found = Diagnostic(
        "G103",
        f"`{bracket.text}` is not closed before the next statement",
        t.span_of(bracket),
        "opened here",
        (Label(t.span, f"`{word}` begins a new statement"),),
        hints=(Hint(f"add `{closing}` before `{word}`", Edit(t.behind(before), closing)),),
    )
    return Slip(found, (t.insert(CLOSER[bracket.kind]),))


def bracket_before_value(t: Trouble) -> Slip | None:
    """`param load[t = 5`: the `=` of the declaration, with the index still open."""
    bracket, before = t.bracket, t.before
    if t.token.kind != "EQUAL" or bracket is None or before is None:
        return None
    takes_value = ("SET", "PARAM", "LET", "MINIMIZE", "MAXIMIZE", "FIX", "REPORT", "COMPARE")
    if t.statement not in takes_value or any(s.kind == "EQUAL" for s in t.since_keyword):
        return None
    kind = CLOSER[bracket.kind]
    if any(token.kind == kind for token in t.rest()):
        return None
    closing = t.spellings[kind]
    hint = Hint(f"add `{closing}` before `=`", Edit(t.behind(before), closing))
    headline = f"`{bracket.text}` is not closed before `=`"
    return Slip(Diagnostic("G103", headline, t.span_of(bracket), "opened here", hints=(hint,)), (t.insert(kind),))


def closer(t: Trouble) -> Slip | None:
    """A closing bracket that does not fit."""
    kind, sign = t.token.kind, t.token.text
    if kind not in OPENER:
        return None
    matching = [token for token in t.opened if token.kind == OPENER[kind]]
    if not t.opened or (not matching and t.opened[-1].kind == "LBRACE"):
        return _closes_nothing(t)
    opened = t.opened[-1]
    if opened.kind != OPENER[kind]:
        return _closed_by_another(t, opened, bool(matching))
    before = t.before
    if before is not None and before.kind == "COMMA":
        hint = Hint("leave the comma out", Edit(t.span_of(before), ""))
        return Slip(Diagnostic("G101", f"nothing follows the comma before `{sign}`", t.span_of(before), hints=(hint,)))
    return None


def _closed_by_another(t: Trouble, opened: Token, wanted_later: bool) -> Slip:
    """`[0, 8)`, `(x + 1 }`; `wanted_later` says that an outer bracket waits for this sign."""
    sign, closing = t.token.text, t.spellings[CLOSER[opened.kind]]
    if wanted_later:
        hint = Hint(
            f"add `{closing}` before this `{sign}`", Edit(Span(t.source, t.token.start, t.token.start), closing)
        )
        repairs = (t.insert(CLOSER[opened.kind]),)
    else:
        hint = Hint(f"write `{closing}`", Edit(t.span, closing))
        repairs = (t.replace(CLOSER[opened.kind]),)
    others = (Label(t.span_of(opened), "opened here"),)
    found = Diagnostic("G103", f"`{opened.text}` is closed by `{sign}`", t.span, "closed here", others, hints=(hint,))
    return Slip(found, (*repairs, t.drop()))


def _closes_nothing(t: Trouble) -> Slip:
    sign = t.token.text
    label = f"no `{t.spellings[OPENER[t.token.kind]]}` is open here"
    if sign != "}":
        hint = Hint("remove it", Edit(t.span, ""))
        return Slip(Diagnostic("G101", f"`{sign}` closes nothing", t.span, label, hints=(hint,)), (t.drop(),))
    head = _head_without_brace(t)
    if head is None:
        hint = Hint("remove it, or an earlier `}` that closed its block too soon")
        found = Diagnostic("G101", f"`{sign}` closes nothing", t.span, label, hints=(hint,))
    else:
        name = t.tokens[head + 1]
        written = f"{t.written(t.tokens[head])} {t.written(name)}"
        hint = Hint(f"write `{written} {{`", Edit(t.behind(name), " {"))
        others = (Label(t.span, "the block ends here"),)
        headline = f"`{{` is missing after `{written}`"
        found = Diagnostic("G103", headline, t.span_of(name), "its block begins after this", others, hints=(hint,))
    return Slip(found, (t.drop(),), unbalanced=True)


def _head_without_brace(t: Trouble) -> int | None:
    """Position of the last `player` before a stray `}` if its head is not followed by `{`."""
    level = 0
    for k in range(t.position - 1, -1, -1):
        kind = t.tokens[k].kind
        level += (kind == "RBRACE") - (kind == "LBRACE")
        if kind == "PLAYER" and level == 0:
            head = t.tokens[k + 1 : t.position]
            end = next((j for j, token in enumerate(head) if token.kind in STATEMENTS), len(head))
            return k if end and not any(token.kind == "LBRACE" for token in head[:end]) else None
    return None


def missing_brace(t: Trouble) -> Slip | None:
    """`case a param p = 1 }`: the block of a case or component has no `{`."""
    before = t.before
    if "LBRACE" not in t.expected or t.statement not in BLOCK_STATEMENTS or before is None:
        return None
    if t.token.kind not in STATEMENTS and t.statement != "SOLVE":
        return None
    hint = Hint("add `{`", Edit(t.behind(before), " {"))
    headline = f"`{{` is missing: a {t.keyword_text} has a block"
    found = Diagnostic("G103", headline, t.span_of(before), "its block begins after this", hints=(hint,))
    return Slip(found, (t.insert("LBRACE"),), unbalanced=True)
