"""A symbol as the user wrote it, `tex "P^{\\mathrm{load}}_{i,t}"` -> a formula. `UnknownTexError` for what documents
cannot print: commands beyond LaTeX's own letters, accents and fonts, braces that do not match, two scripts on one
letter."""

from __future__ import annotations

import re
from collections.abc import Callable

from compiler.documents import math as m
from compiler.documents.greek import FROM_TEX

_TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|[{}^_']|\s+|.", re.DOTALL)

_FONTS: dict[str, m.Font] = {
    "mathrm": "roman", "mathit": "italic", "mathsf": "roman", "mathtt": "roman", "mathcal": "script",
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "mathbb": "blackboard", "operatorname": "roman",
    "textrm": "roman", "rm": "roman",
}  # fmt: skip
_TEXTS = ("text", "mbox", "textnormal", "textit", "textbf")
_NAMES = ("max", "min", "sup", "inf", "log", "ln", "exp", "sin", "cos", "tan", "lim", "det", "dim", "arg", "Pr", "gcd")
_SPACES = {",": 1 / 6, ":": 2 / 9, ";": 5 / 18, " ": 1 / 3, "quad": 1.0, "qquad": 2.0, "!": -1 / 6}
_SIGNS = {
    "infty": "infinity", "cdot": "cdot", "times": "times", "ast": "star", "star": "star5", "circ": "circ",
    "dagger": "dagger", "partial": "partial", "nabla": "nabla", "pm": "pm", "le": "<=", "leq": "<=", "ge": ">=",
    "geq": ">=", "ne": "!=", "in": "in", "to": "to", "rightarrow": "to", "dots": "dots", "ldots": "dots",
    "cdots": "dots", "%": "percent", "emptyset": "empty", "cup": "union", "cap": "inter", "setminus": "diff",
    "colon": "colon",
}  # fmt: skip
_CHARACTERS = {
    "+": "+", "-": "-", "=": "==", "<": "<", ">": ">", ",": ",", ";": ";", "*": "star", ":": "such that", "/": "slash",
}  # fmt: skip
_LETTERS = {"ell": "ℓ", "hbar": "ħ", "imath": "ı", "jmath": "ȷ", "Re": "ℜ", "Im": "ℑ"}


class UnknownTexError(ValueError):
    """What the document cannot print; its words say which part."""


def tex_symbol(tex: str) -> m.Math:
    """The formula that a user's symbol means. Raises `UnknownTexError`."""
    reader = _Reader(_TOKEN.findall(tex.strip().strip("$")))
    parts = reader.row(until="")
    if not parts:
        raise UnknownTexError("nothing")
    return m.row(*parts)


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = [t.strip() if t.startswith("\\") and len(t) > 2 else t for t in tokens]
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def row(self, until: str) -> list[m.Math]:
        parts: list[m.Math] = []
        while True:
            token = self.peek()
            if token == until:
                self.take()
                return parts
            if token == "":
                raise UnknownTexError("a brace that is not closed")
            if token == "}":
                raise UnknownTexError("a brace that is not opened")
            if token.isspace():
                self.take()
            elif token in "^_'":
                base = parts.pop() if parts else m.NOTHING
                parts.append(self.scripts(base))
            else:
                parts.append(self.one())

    def scripts(self, base: m.Math) -> m.Math:
        below: m.Math | None = None
        above: m.Math | None = None
        primes = 0
        if isinstance(base, m.Scripts):
            scripts = base
            base, below, above, primes = scripts.base, scripts.below, scripts.above, scripts.primes
        while self.peek() and self.peek() in "^_'":
            sign = self.take()
            if sign == "'":
                primes += 1
                continue
            while self.peek().isspace():
                self.take()
            if (below if sign == "_" else above) is not None:
                raise UnknownTexError("two scripts at one place")
            script = self.one()
            below, above = (script, above) if sign == "_" else (below, script)
        return m.Scripts(base, below, above, primes)

    def one(self) -> m.Math:
        token = self.take()
        if token == "{":
            return m.row(*self.row(until="}"))
        if token.startswith("\\"):
            return self.command(token[1:])
        if token.isdigit() or token == ".":
            text = token
            while self.peek().isdigit() or self.peek() == ".":
                text += self.take()
            return m.Digits(text)
        if token in _CHARACTERS:
            return m.Sign(_CHARACTERS[token])
        if token.isalpha():
            return m.Ident(token)
        if token and token in "()[]|!":
            return m.Ident(token, "roman")
        raise UnknownTexError(f"`{token}`" if token else "its end")

    def group(self) -> str:
        """The text of a group in braces, as it is."""
        while self.peek().isspace():
            self.take()
        if self.peek() != "{":
            return self.take().lstrip("\\")
        self.take()
        words = ""
        depth = 1
        while True:
            token = self.take()
            if token == "":
                raise UnknownTexError("a brace that is not closed")
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth == 0:
                return words
            if token.startswith("\\"):
                name = token[1:]
                if name in FROM_TEX or name in _LETTERS:
                    words += FROM_TEX.get(name) or _LETTERS[name]
                elif name in _SPACES:
                    words += " "
                elif name in _FONTS or name in _TEXTS:
                    continue  # a font within a font
                elif name in ("_", "%", "&", "#", "$", "-"):
                    words += name
                else:
                    raise UnknownTexError(f"`{token}` in `{{...}}`")
            elif token not in ("{", "}"):
                words += token

    def argument(self) -> m.Math:
        while self.peek().isspace():
            self.take()
        return self.one()

    def command(self, name: str) -> m.Math:
        if name in _FONTS:
            return self.font(_FONTS[name])
        if name in FROM_TEX:
            return m.Ident(FROM_TEX[name])
        if name in _LETTERS:
            return m.Ident(_LETTERS[name])
        if name in _SPACES:
            return m.Gap(_SPACES[name])
        if name in _SIGNS:
            return m.Sign(_SIGNS[name])
        if name in _NAMES:
            return m.Ident(name, "roman")
        if name in m.ACCENTS:
            return m.Accent(name, self.argument())
        if name in _TEXTS:
            return m.Words(self.group())
        if name == "prime":
            return m.Ident("′", "roman")
        if name in ("_", "#", "&", "$"):
            return m.Ident(name, "roman")
        builders: dict[str, Callable[[], m.Math]] = {
            "frac": lambda: m.Fraction(self.argument(), self.argument()),
            "sqrt": lambda: m.Root(self.argument()),
        }
        if name in builders:
            return builders[name]()
        raise UnknownTexError(f"`\\{name}`")

    def font(self, font: m.Font) -> m.Math:
        """Words in a font, parted at commas: `\\mathrm{dis,max}` is a list of two."""
        words = self.group()
        if font in ("bold", "blackboard", "script") and not words.isalnum():
            raise UnknownTexError(f"`{words}` in this font")
        pieces = [piece.strip() for piece in words.split(",")]
        if not all(pieces):
            raise UnknownTexError(f"`{words}`")
        return m.joined([m.Ident(piece, font) for piece in pieces])
