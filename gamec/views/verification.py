"""A kept answer, certified anew, for people and programs. In: `Verification`; out: text, a line, or plain values for
JSON (docs/json.md)."""

from __future__ import annotations

from compiler.ir.words import count
from gamec.cells import clean, wrapped
from gamec.render import as_json
from gamec.terminal import Paper
from gamec.views.certificate import certificate_lines
from grammar.diagnostics import Diagnostic
from runtime.result import certificate_json
from runtime.runs.verify import Verification
from runtime.runs.verify_comparison import ComparisonVerification

VERDICTS = {
    "confirmed": "confirmed: everything in the folder follows from its inputs, and the answer passes again",
    "changed": "NOT confirmed: the folder is not as it was written",
    "refused": "NOT confirmed: the answer does not pass the certificate",
    "no_answer": "nothing to certify: the run has no answer",
}


def verdict(found: Verification) -> str:
    """A key of `VERDICTS`."""
    if any(d.code == "G006" for d in found.findings):
        return "changed"
    if found.certificate is None:
        return "no_answer"
    return "confirmed" if found.confirmed else "refused"


def every_finding(found: Verification | ComparisonVerification) -> tuple[Diagnostic, ...]:
    """Of all cases too."""
    if isinstance(found, Verification):
        return found.findings
    return (*found.findings, *(d for one in found.cases.values() for d in one.findings))


def verification_text(found: Verification | ComparisonVerification, paper: Paper) -> str:
    if isinstance(found, ComparisonVerification):
        whole = "good" if found.confirmed else "error"
        words = "everything confirmed" if found.confirmed else "NOT everything confirmed"
        blocks = [verification_text(one, paper) for one in found.cases.values()]
        return "\n\n".join([*blocks, paper.styled(whole, words)])
    result = found.run.result
    word = verdict(found)
    style = {"confirmed": "good", "no_answer": "warning"}.get(word, "error")
    case = f", case {clean(result.case)}" if result.case else ""
    lines = [
        f"{paper.styled('strong', clean(result.game))}{case}: {result.status.value} on {clean(_day(found))}",
        f"  {paper.styled(style, VERDICTS[word])}",
        f"  {count(found.numbers, 'number')} in {count(len(found.run.manifest['files']) + 1, 'file')} compared",
    ]
    for remark in found.remarks:
        first, *rest = wrapped(remark, paper.width - 4)
        lines += [f"  {first}", *(f"    {line}" for line in rest)]
    if found.certificate is not None:
        lines += ["", *certificate_lines(found.certificate, paper, everything=False)]
    return "\n".join(lines)


def verification_line(found: Verification | ComparisonVerification) -> str:
    """One line for each case: game, case, stored status, verdict."""
    if isinstance(found, ComparisonVerification):
        return "\n".join(verification_line(one) for one in found.cases.values())
    result = found.run.result
    game = clean(result.game + (f":{result.case}" if result.case else ""))
    return f"{game} {result.status.value} {verdict(found)}"


def verification_json(found: Verification | ComparisonVerification) -> dict[str, object]:
    if isinstance(found, ComparisonVerification):
        return {
            "status": "confirmed" if found.confirmed else "changed" if found.findings else "refused",
            "cases": {case: verification_json(one) for case, one in found.cases.items()},
            "diagnostics": [as_json(d) for d in found.findings],
        }
    result = found.run.result
    return {
        "status": verdict(found),
        "stored": {"status": result.status.value, "certificate": certificate_json(result.certificate)},
        "certificate": None if found.certificate is None else certificate_json(found.certificate),
        "numbers": found.numbers,
        "remarks": list(found.remarks),
        "diagnostics": [as_json(d) for d in found.findings],
    }


def _day(found: Verification) -> str:
    return f"{found.run.record.started:%Y-%m-%d %H:%M} UTC"
