"""Names for readers: players by their doc strings, units as formulas."""

from __future__ import annotations

import re

from compiler.documents import math as m
from compiler.ir.game import PlayerDef

_ARTICLE = re.compile(r"^(the|a|an)\s+", re.IGNORECASE)


def player_name(player: PlayerDef) -> str:
    """What a player is called in a sentence, after `the`: its doc string if that is short, else its name."""
    if player.market:
        words = player.name.replace("_", " ")
        return words if "market" in words else f"market {words}"
    doc = _ARTICLE.sub("", player.signature.doc.strip())
    if doc and len(doc) <= 60 and not re.search(r"[.;:!?]", doc):
        return doc
    # `leader` and `retailer` are words, `p` and `firm_2` are not.
    return player.name if player.name.isalpha() and len(player.name) > 2 else f"player {player.name.replace('_', ' ')}"


def player_title(player: PlayerDef) -> str:
    """As the title of a section."""
    name = player_name(player)
    return name[:1].upper() + name[1:]


def unit_formula(text: str) -> m.Math:
    """A unit in upright letters: `kW^2*h` with its power raised and a gap for the product."""
    parts: list[m.Math] = []
    for piece in re.findall(r"[()*/]|\^\(?-?[\d.]+\)?|[^()*/^\s]+", text):
        if piece == "*":
            parts.append(m.Gap(1 / 6))
        elif piece == "/":
            parts.append(m.Sign("slash"))
        elif piece in "()":
            parts.append(m.Ident(piece, "roman"))
        elif piece.startswith("^") and parts:
            digits = piece[1:].strip("()")
            power = m.row(m.Sign("negative"), m.Digits(digits[1:])) if digits.startswith("-") else m.Digits(digits)
            parts.append(m.Scripts(parts.pop(), above=power))
        elif re.fullmatch(r"[\d.]+", piece):
            parts.append(m.Digits(piece))
        else:
            parts.append(m.Ident(piece, "roman"))
    return m.row(*parts)
