"""Values that the command line gives to parameters. In: `--set` words and a `--data` file; out: name -> value.

Values are JSON: numbers, true, false, strings, arrays, objects; in `--set` also a bare word, which is a string. What
shapes a parameter takes is for the compiler to say.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

from gamec.text_files import read_text
from grammar.diagnostics import DiagnosticError, Findings
from grammar.source import Source, Span

_SET = re.compile(r"\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*=(.*)", re.DOTALL)

_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)", re.ASCII | re.IGNORECASE)


def overrides(sets: Iterable[str] | None, data: str | None) -> dict[str, object]:
    """Parameters by name; `--set` wins over the file. Raises DiagnosticError (G507; for the file G001, G002, G5xx)."""
    values = {} if data is None else data_file(data)
    findings = Findings()
    given: set[str] = set()
    for words in sets or ():
        found = _SET.fullmatch(words)
        if found is None:
            findings.add(
                "G507",
                f"`--set {words}` is not of the form NAME=VALUE",
                hints=("write it as `--set P_max=500`; many values at once come from `--data FILE.json`",),
            )
            continue
        name, text = found[1], found[2].strip()
        if name in given:
            findings.add("G507", f"`--set` gives `{name}` twice", hints=("keep one of them",))
        given.add(name)
        if not text:
            findings.add("G507", f"`--set {name}=` gives no value", hints=(f"write it as `--set {name}=500`",))
            continue
        try:
            values[name] = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except (ValueError, RecursionError):
            number = _number(text)
            if number is not None and not math.isfinite(number):
                findings.add("G504", f"`--set {words}`: {text} is no finite number")
            else:
                values[name] = text if number is None else number
    findings.raise_errors()
    return values


def data_file(path: str) -> dict[str, object]:
    """The object of a JSON file. Raises DiagnosticError with the place in the file: bad JSON (G506), a name given twice
    (G502), a number that is not finite (G504).
    """
    source = read_text(path)
    text = source.text.removeprefix("\ufeff")
    shift = len(source.text) - len(text)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        at = min(error.pos + shift, len(source.text))
        raise _failed("G506", f"`{path}` is no JSON: {error.msg}", source, at, at) from None
    except _TwiceError as twice:
        raise _failed(
            "G502", f"`{path}` gives `{twice.name}` twice", source, *_second(source.text, twice.name)
        ) from None
    except _NotFiniteError as constant:
        at = source.text.find(constant.name)
        raise _failed(
            "G504", f"`{path}` holds {constant.name}, which is no finite number", source, at, at + len(constant.name)
        ) from None
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number with too many digits
        raise _failed("G506", f"`{path}` cannot be read: {error}", source, 0, 0) from None
    if not isinstance(value, dict):
        raise _failed(
            "G506",
            f"`{path}` does not hold a JSON object",
            source,
            shift,
            shift,
            'write {"NAME": value, "OTHER": value}, one entry for each parameter',
        )
    return value


class _TwiceError(Exception):
    def __init__(self, name: str) -> None:
        self.name = name


class _NotFiniteError(ValueError):
    def __init__(self, name: str) -> None:
        self.name = name


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _refuse(name: str) -> float:
    raise _NotFiniteError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _NotFiniteError(text)
    return value


def _number(text: str) -> float | None:
    """A number that JSON writes otherwise or has not: `+5`, `.5`, `5.`, `nan`, `inf`; None for what is none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def _second(text: str, name: str) -> tuple[int, int]:
    """The last place where a key of this name stands: near enough to find the doubled entry."""
    key = json.dumps(name, ensure_ascii=False)
    at = max(text.rfind(key), 0)
    return at, at + len(key)


def _failed(code: str, headline: str, source: Source, start: int, end: int, hint: str = "") -> DiagnosticError:
    findings = Findings()
    findings.add(code, headline, Span(source, start, end), hints=(hint,) if hint else ())
    return DiagnosticError(findings.items)
