"""A kept answer, certified anew, for people and programs. In: `Verification`; out: text, a line, or plain values for
JSON (docs/json.md)."""

from __future__ import annotations

from compiler.ir.words import count
from gamec.cells import clean, wrapped
from gamec.render import as_json
from gamec.terminal import Paper
from gamec.views.certificate import certificate_lines
from gamec.views.numbers import number
from grammar.diagnostics import Diagnostic
from runtime.result import certificate_json
from runtime.runs.verify import Verification
from runtime.runs.verify_comparison import ComparisonVerification
from runtime.sweeps.verify import SweepVerification

Found = Verification | ComparisonVerification | SweepVerification

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


SWEPT = {
    "confirmed": "confirmed: every answer passes again, and every number follows from the kept answers",
    "changed": "NOT confirmed: the folder is not as it was written",
    "refused": "NOT confirmed: not every answer passes the certificate",
    "not_kept": "NOT certified anew: numbers are kept here, answers are not",
}


def swept_verdict(found: SweepVerification) -> str:
    """A key of `SWEPT`."""
    if found.findings or any(verdict(one) == "changed" for one in found.points.values()):
        return "changed"
    if found.without or not found.points:
        return "not_kept"
    return "confirmed" if found.confirmed else "refused"


def every_finding(found: Found) -> tuple[Diagnostic, ...]:
    """Of all cases and points too."""
    if isinstance(found, Verification):
        return found.findings
    parts = found.cases if isinstance(found, ComparisonVerification) else found.points
    return (*found.findings, *(d for one in parts.values() for d in one.findings))


def verification_text(found: Found, paper: Paper) -> str:
    if isinstance(found, SweepVerification):
        return _swept_text(found, paper)
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


def _swept_text(found: SweepVerification, paper: Paper) -> str:
    sweep, word = found.folder.sweep, swept_verdict(found)
    style = {"confirmed": "good", "not_kept": "warning"}.get(word, "error")
    over = ", ".join(f"{clean(axis.name)} ({len(axis.values)})" for axis in sweep.axes)
    lines = [
        f"{paper.styled('strong', clean(sweep.game))}: {count(len(sweep.outcomes), 'point')} over {over}",
        f"  {paper.styled(style, SWEPT[word])}",
        f"  {count(found.numbers, 'number')} compared",
    ]
    notes = []
    if found.without:
        notes.append(
            f"{count(len(found.without), 'answer')} not kept, so only the tables were compared with the records of the "
            "points; `gamec sweep ... --keep-runs` into this folder solves them again and keeps what certifying takes"
        )
    if found.folder.missing:
        notes.append(f"{count(found.folder.missing, 'point')} not solved yet")
    worst = max(
        (
            (regret, number)
            for number, one in found.points.items()
            if one.certificate is not None
            for regret in one.certificate.relative_regret.values()
        ),
        default=None,
    )
    if worst is not None:
        kept = count(sum(v.certificate is not None for v in found.points.values()), "answer")
        notes.append(f"{kept} certified anew; largest relative regret {number(worst[0])}, at point {worst[1]}")
    notes += [f"point {k}: {VERDICTS[verdict(v)]}" for k, v in found.points.items() if not _fine(v)]
    for note in [*notes, *dict.fromkeys(remark for v in found.points.values() for remark in v.remarks)]:
        first, *rest = wrapped(note, paper.width - 4)
        lines += [f"  {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines)


def _fine(one: Verification) -> bool:
    return verdict(one) in ("confirmed", "no_answer")


def verification_line(found: Found) -> str:
    """One line for each case or point: game, case or place, stored status, verdict."""
    if isinstance(found, SweepVerification):
        sweep = found.folder.sweep
        lines = []
        for o in sweep.outcomes:
            at = ",".join(f"{name}={value}" for name, value in o.at.items())
            word = (
                verdict(found.points[o.number])
                if o.number in found.points
                else "not_kept"
                if o.objectives
                else "no_answer"
            )
            lines.append(f"{clean(sweep.game)}:{clean(at)} {o.status} {word}")
        return "\n".join(lines)
    if isinstance(found, ComparisonVerification):
        return "\n".join(verification_line(one) for one in found.cases.values())
    result = found.run.result
    game = clean(result.game + (f":{result.case}" if result.case else ""))
    return f"{game} {result.status.value} {verdict(found)}"


def verification_json(found: Found) -> dict[str, object]:
    if isinstance(found, SweepVerification):
        return {
            "status": swept_verdict(found),
            "points": {str(number): verification_json(one) for number, one in found.points.items()},
            "without": list(found.without),
            "numbers": found.numbers,
            "diagnostics": [as_json(d) for d in found.findings],
        }
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
