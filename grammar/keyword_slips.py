"""Words that begin no statement: misspelt keywords, words of other languages, formulas without a keyword."""

from __future__ import annotations

from grammar.diagnostics import Diagnostic, Edit, Hint, near_names
from grammar.source import Span
from grammar.tokens import Token
from grammar.trouble import OPERAND_ENDS, Repair, Slip, Trouble
from grammar.words import STATEMENT_WORDS, STATEMENTS

SYNONYMS = {
    "minimise": "minimize", "minimum": "minimize", "min": "minimize", "obj": "minimize", "objective": "minimize",
    "maximise": "maximize", "maximum": "maximize", "max": "maximize", "utility": "maximize", "profit": "maximize",
    "variable": "var", "variables": "var", "vars": "var", "decision": "var", "free": "var", "positive": "var",
    "nonnegative": "var",
    "parameter": "param", "parameters": "param", "params": "param", "constant": "param", "const": "param",
    "data": "param", "scalar": "param", "input": "param",
    "constraints": "constraint", "constr": "constraint", "con": "constraint", "equation": "constraint",
    "eq": "constraint", "st": "constraint", "require": "constraint",
    "agent": "player", "leader": "player", "follower": "player", "stakeholder": "player", "actor": "player",
    "firm": "player",
    "sets": "set", "indices": "set", "units": "unit", "scenario": "case", "define": "let", "def": "let",
    "expression": "let", "include": "import", "model": "game", "problem": "game", "output": "report",
    "print": "report", "display": "report", "figure": "plot", "clearing": "clear", "options": "solve",
    "option": "solve",
}  # fmt: skip
"""Words of other modelling languages and of papers -> the keyword that says it here."""

KINDS = ("binary", "integer", "semicontinuous")


def keyword_like(word: str) -> str | None:
    """The keyword that a word probably stands for."""
    lower = word.casefold()
    if lower in SYNONYMS:
        return SYNONYMS[lower]
    near = near_names(lower, STATEMENT_WORDS, 1) if len(word) > 3 else []
    return near[0] if near else None


def misspelt_word(t: Trouble) -> Slip | None:
    """`folows` for `follows`: close to a word that could stand here, with no statement in sight."""
    if t.token.kind != "NAME" or t.begins_line or t.keyword is None:
        return None
    word = t.written(t.token)
    words = {t.spellings[kind] for kind in t.expected - STATEMENTS if t.spellings.get(kind, "").isalpha()}
    near = near_names(word, words, 1) if len(word) > 2 else []
    if not near:
        return None
    token = Token(near[0].upper(), near[0], t.token.start, t.token.end)
    hint = Hint(f"did you mean `{near[0]}`?", Edit(t.span, near[0]))
    found = Diagnostic("G101", f"`{word}` is not expected here", t.span, hints=(hint,))
    return Slip(found, (Repair(t.position, t.position + 1, (token,)),))


def unknown_statement(t: Trouble) -> Slip | None:
    """Something where a statement ought to begin: a misspelt keyword, a word of another language, a bare formula."""
    if "PARAM" not in t.expected or t.bracket is not None or t.ends_statement:
        return None
    before = t.before
    word = t.written(t.token)
    keyword = keyword_like(word) if t.token.kind == "NAME" else None
    beside = not t.begins_line and before is not None and before.kind in OPERAND_ENDS and t.keyword is not None
    if beside and keyword is None and t.expected & {"TIMES", "COMMA"}:
        return None
    if word.casefold() in ("subject", "s"):
        slip = _subject_to(t)
        if slip is not None:
            return slip
    if word in KINDS and t.after.kind == "NAME":
        name = t.written(t.after)
        span = Span(t.source, t.token.start, t.after.end)
        hint = Hint(f"write `var {name} {word}`", Edit(span, f"var {name} {word}"))
        kinds = (("VAR", "var"), ("NAME", t.after.text))
        made = tuple(Token(kind, text, span.start, span.end) for kind, text in kinds)
        found = Diagnostic(
            "G105", f"`{word}` does not begin a statement", t.span, "a keyword is expected here", hints=(hint,)
        )
        return Slip(found, (Repair(t.position, t.position + 2, made),))
    repairs: tuple[Repair, ...] = ()
    if keyword is not None:
        hint = Hint(f"write `{keyword}`", Edit(t.span, keyword))
        repairs = (Repair(t.position, t.position + 1, (Token(keyword.upper(), keyword, t.token.start, t.token.end),)),)
    else:
        hint = Hint(_what_to_say(t, word))
    found = Diagnostic(
        "G105", f"`{word}` does not begin a statement", t.span, "a keyword is expected here", hints=(hint,)
    )
    return Slip(found, repairs)


def _subject_to(t: Trouble) -> Slip | None:
    """`subject to` and `s.t.`, as a heading or before a constraint."""
    last = t.position + 1
    if t.after.text == "to":
        last += 1
    elif [token.text for token in t.tokens[t.position + 1 : t.position + 4]] == [".", "t", "."]:
        last += 3
    else:
        return None
    span = Span(t.source, t.token.start, t.tokens[last - 1].end)
    headline, label = f"`{span.text}` does not begin a statement", "a keyword is expected here"
    following = t.tokens[last]
    if following.kind in STATEMENTS or following.kind == "COLON":
        last += following.kind == "COLON"
        whole = Span(t.source, span.start, t.tokens[last - 1].end)
        hint = Hint("leave it out: each constraint is a statement of its own, `constraint NAME: ...`", Edit(whole, ""))
        return Slip(Diagnostic("G105", headline, span, label, hints=(hint,)), (Repair(t.position, last, ()),))
    hint = Hint("write `constraint`", Edit(span, "constraint"))
    token = Token("CONSTRAINT", "constraint", span.start, span.end)
    return Slip(Diagnostic("G105", headline, span, label, hints=(hint,)), (Repair(t.position, last, (token,)),))


def _what_to_say(t: Trouble, word: str) -> str:
    if t.token.kind == "NAME" and t.after.kind in ("EQUAL", "LSQB", "COLON", "AT_LEAST", "AT_MOST"):
        return (
            f"say what it is: `param {word} ...` for data, `var {word} ...` for a decision, `let {word} ...` for an "
            f"expression, `constraint {word}: ...` for a relation"
        )
    if t.token.kind == "NAME" and t.after.kind in ("NAME", "STRING", "LBRACE"):
        return "statements begin with a word such as `param`, `set`, `player`, `var`, `minimize`, `constraint`"
    return "begin with a word that says what follows, for example `constraint NAME: ...` or `minimize NAME = ...`"
