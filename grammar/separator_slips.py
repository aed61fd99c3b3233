"""Slips between the parts: `;`, commas too many or missing, comments of other languages, two operands side by side."""

from __future__ import annotations

from dataclasses import replace

from grammar.diagnostics import Diagnostic, Edit, Hint
from grammar.keyword_slips import keyword_like
from grammar.source import LINE_BREAK, Span
from grammar.trouble import CLOSER, OPERAND_ENDS, OPERANDS, Repair, Slip, Trouble
from grammar.words import END, STATEMENTS


def foreign_comment(t: Trouble) -> Slip | None:
    """`// to the end of the line` and `/* to the other end */`."""
    first, tokens = t.position, t.tokens
    if t.token.kind in ("OVER_SIGN", "TIMES") and t.before is not None and t.before.end == t.token.start:
        first -= 1
    if tokens[first].kind != "OVER_SIGN" or tokens[first + 1].kind not in ("OVER_SIGN", "TIMES"):
        return None
    text, start = t.source.text, tokens[first].start
    begin = Span(t.source, start, start + 2)
    if begin.text == "//":
        broken = LINE_BREAK.search(text, start)
        end = broken.start() if broken else len(text)
    elif begin.text == "/*":
        closed = text.find("*/", start)
        end = closed + 2 if closed >= 0 else len(text)
    else:
        return None
    last = next(k for k in range(first, len(tokens)) if tokens[k].start >= end or tokens[k].kind == END)
    hint = Hint("a comment begins with `#` and ends with the line", Edit(begin, "#") if begin.text == "//" else None)
    found = Diagnostic("G101", f"`{begin.text}` does not begin a comment", begin, hints=(hint,))
    return Slip(found, (Repair(first, last, ()),))


def semicolon(t: Trouble) -> Slip | None:
    if t.token.kind != "SEMICOLON":
        return None
    if t.bracket is not None and "COMMA" in t.expected:
        hint = Hint("write `,`", Edit(t.span, ","))
        return Slip(
            Diagnostic("G101", "items are separated by `,`, not by `;`", t.span, hints=(hint,)), (t.replace("COMMA"),)
        )
    hint = Hint("leave it out", t.removal())
    label = "every statement begins with a keyword instead"
    return Slip(Diagnostic("G101", "statements need no `;`", t.span, label, hints=(hint,)), (t.drop(),))


def comma(t: Trouble) -> Slip | None:
    """`param a = 1,`, `var x, y >= 0`, `drop c, d`, `a 1, b 2` in a table."""
    if t.token.kind != "COMMA":
        return None
    if t.bracket is not None:
        if t.expected <= {"NAME", "STRING", "NUMBER", "MINUS", "RBRACE"}:
            hint = Hint("leave it out", t.removal())
            found = Diagnostic("G101", "the cells of a table are separated by blanks", t.span, hints=(hint,))
            return Slip(found, (t.drop(),))
        return None
    if t.after.kind in STATEMENTS or t.after.kind in ("RBRACE", END):
        hint = Hint("leave it out", t.removal())
        return Slip(Diagnostic("G101", "statements are not separated by commas", t.span, hints=(hint,)), (t.drop(),))
    word = t.keyword_text
    if word not in ("var", "param", "set", "let", "drop", "fix", "use") or t.after.kind != "NAME":
        return None
    headline = f"each `{word}` names one thing"
    hint = Hint(f"begin a new statement: `{word} {t.written(t.after)}`", Edit(t.span, f" {word}"))
    return Slip(Diagnostic("G101", headline, t.span, hints=(hint,)), (t.replace(t.statement),))


def side_by_side(t: Trouble) -> Slip | None:
    """Two operands with nothing between: a comma or an operator is missing, or a unit follows a number."""
    before = t.before
    if before is None or t.token.kind not in OPERANDS or before.kind not in OPERAND_ENDS:
        return None
    if t.begins_line and t.bracket is None:
        return None
    word, left = t.written(t.token), t.written(before)
    bracket = t.bracket
    if bracket is not None and t.begins_line and t.token.kind == "NAME" and keyword_like(word):
        closing = t.spellings[CLOSER[bracket.kind]]
        hint = Hint(f"add `{closing}` before `{word}`", Edit(t.behind(before), closing))
        headline = f"`{bracket.text}` is not closed before the next statement"
        found = Diagnostic("G103", headline, t.span_of(bracket), "opened here", hints=(hint,))
        return Slip(found, (replace(t.insert(CLOSER[bracket.kind]), sure=True),))
    number = before.kind == "NUMBER" and t.token.kind == "NAME"
    if number and "TIMES" in t.expected and t.after.kind != "COLON":
        hints = (
            Hint(f"a unit is no part of a number: leave `{word}` out, units follow a colon in the declaration"),
            Hint(f"for a product write `{left}*{word}`"),
        )
        found = Diagnostic(
            "G101", f"`{word}` stands behind the number {left}", t.span, "a unit or a factor?", hints=hints
        )
        return Slip(found, (t.drop(), t.insert("TIMES")))
    if "COMMA" in t.expected:
        hint = Hint("separate them by `,`", Edit(t.behind(before), ","))
        found = Diagnostic("G101", f"`,` is missing between `{left}` and `{word}`", t.span, hints=(hint,))
        return Slip(found, (t.insert("COMMA"),))
    if "TIMES" in t.expected and t.token.kind != "STRING":
        hint = Hint(f"for a product write `{left}*{word}`", Edit(Span(t.source, before.end, t.token.start), "*"))
        found = Diagnostic("G101", f"an operator is missing between `{left}` and `{word}`", t.span, hints=(hint,))
        return Slip(found, (t.insert("TIMES"),))
    return None
