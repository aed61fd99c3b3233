"""A syntax error -> the one diagnostic for it, in the user's words, with what to type instead.

`SLIPS` lists what is recognised; the first that fits speaks. A slip that is sure carries an edit, and the repair with
which the parser reads on.
"""

from __future__ import annotations

from collections.abc import Callable

from grammar.bracket_slips import bracket_before_value, closer, end_of_file, missing_brace, statement_in_brackets
from grammar.diagnostics import Diagnostic, Hint
from grammar.head_slips import (
    constraint_without_name,
    import_without_quotes,
    missing_name,
    objective_without_name,
    reserved_name,
    sign_before_block,
    without_parentheses,
)
from grammar.keyword_slips import misspelt_word, unknown_statement
from grammar.odd import odd_token
from grammar.relation_slips import equal_for_relation, equals_for_value, relation_in_value, value_of_a_variable
from grammar.separator_slips import comma, foreign_comment, semicolon, side_by_side
from grammar.trouble import OPERANDS, RELATIONS, Slip, Trouble
from grammar.word_slips import colon_range, for_all, if_parts, lonely_operator, option_sign, use_argument
from grammar.words import END, STATEMENTS

SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    odd_token,
    foreign_comment,
    end_of_file,
    import_without_quotes,
    equals_for_value,
    objective_without_name,
    constraint_without_name,
    reserved_name,
    statement_in_brackets,
    missing_name,
    if_parts,
    semicolon,
    bracket_before_value,
    sign_before_block,
    option_sign,
    value_of_a_variable,
    relation_in_value,
    equal_for_relation,
    colon_range,
    comma,
    closer,
    without_parentheses,
    use_argument,
    missing_brace,
    for_all,
    lonely_operator,
    misspelt_word,
    unknown_statement,
    side_by_side,
)
"""What is recognised, the surest first."""


def describe(trouble: Trouble, forgiven: bool = False) -> Slip:
    """What to say about an error; `forgiven` says that a closing brace too many is no news."""
    if forgiven and trouble.token.kind == "RBRACE":
        return Slip(None, (trouble.drop(),))
    for recognise in SLIPS:
        slip = recognise(trouble)
        if slip is not None:
            return slip
    return _anything_else(trouble)


def _anything_else(t: Trouble) -> Slip:
    word, wanted = t.written(t.token), wanted_words(t)
    if t.token.kind in STATEMENTS and t.statement:
        headline = f"`{t.keyword_text}` is not finished before the next statement"
    else:
        headline = f"`{word}` is not expected here"
    hints: tuple[Hint, ...] = ()
    if t.expected == {"AS"}:
        hints = (Hint("each use gets a name of its own: `use COMPONENT(...) as NAME`"),)
    elif t.token.kind == "UNIT_SYMBOL":
        hints = (Hint(f"`{word}` may stand in units, after a colon"),)
    return Slip(Diagnostic("G101", headline, t.span, f"expected {wanted}" if wanted else "", hints=hints))


def wanted_words(t: Trouble) -> str:
    """The expected terminals as people write them, groups of them by name."""
    expected = set(t.expected)
    shown: list[str] = []
    if {"NAME", "NUMBER", "LPAR", "MINUS"} <= expected:
        shown.append("an expression")
        expected -= OPERANDS | {"MINUS", "PLUS", "IF", "TABLE"}
    if {"PLUS", "MINUS", "TIMES"} <= expected:
        shown.append("an operator")
        expected -= {"PLUS", "MINUS", "TIMES", "OVER_SIGN", "POWER", "DOTS", "UNION", "INTER", "DIFF", "LSQB", "LPAR"}
        expected -= {"AND", "OR", "IMPLIES", "PERP", "IN", "DOT"} | RELATIONS
    statements = len(expected & STATEMENTS) > 1
    if statements:
        expected -= STATEMENTS
    if len(expected) > 1:
        expected -= {"UNIT_SYMBOL", END}
    names = {"NAME": "a name", "NUMBER": "a number", "STRING": 'a "quoted text"', END: "the end of the file"}
    some = sorted(names.get(kind) or f"`{t.spellings.get(kind, kind)}`" for kind in expected)
    shown += some[:7] + ["..."] * (len(some) > 7) + ["the next statement"] * statements
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
