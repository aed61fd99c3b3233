"""A certificate for people. In: `Certificate`; out: lines: regret, violation, ties, bounds."""

from __future__ import annotations

from gamec.cells import clean, wrapped
from gamec.terminal import Paper
from gamec.views.grid import aligned
from gamec.views.numbers import number
from runtime.result import Certificate

PLAYERS = 12
"""Regrets of so many players are listed, the largest first, unless everything is asked for."""


def certificate_lines(certificate: Certificate, paper: Paper, everything: bool) -> list[str]:
    verdict = paper.styled("good", "verified") if certificate.verified else paper.styled("error", "NOT verified")
    lines = [f"{paper.styled('strong', 'certificate')}: {verdict}"]
    for reason in certificate.reasons:
        lines += _remark(f"because {reason}", paper)
    lines += _regrets(certificate, paper, everything)
    if certificate.regret or certificate.verified:
        scaled = f" (scaled {number(certificate.scaled_violation)})" if certificate.scaled_violation else ""
        lines.append(f"  largest violation {number(certificate.max_violation)}{scaled}")
    for tie in certificate.ties:
        broken = ", and a constraint of the leader would be violated" if tie.breaks_constraints else ""
        lines += _remark(
            f"followers have several best answers: {tie.player} gets {number(tie.optimistic)} at best and "
            f"{number(tie.pessimistic)} at worst{broken}",
            paper,
        )
    for note in certificate.notes:
        lines += _remark(note, paper)
    if certificate.bounds:
        lines += _bounds(certificate, paper, everything)
    return lines


def _regrets(certificate: Certificate, paper: Paper, everything: bool) -> list[str]:
    worst_first = sorted(certificate.regret.items(), key=lambda item: -item[1])
    shown = worst_first if everything else worst_first[:PLAYERS]
    rows = [
        [
            "regret" if k == 0 else "",
            clean(player),
            number(regret),
            f"({number(certificate.relative_regret[player])} relative)"
            if player in certificate.relative_regret
            else "",
        ]
        for k, (player, regret) in enumerate(shown)
    ]
    lines = aligned(rows, (False, False, True, False), paper.width)
    hidden = len(worst_first) - len(shown)
    return [*lines, f"  and {hidden} players with no more (--all shows them)"] if hidden else lines


def _bounds(certificate: Certificate, paper: Paper, everything: bool) -> list[str]:
    """The ledger in short: how many bounds of each source, and the one that is nearest to its value."""
    sources: dict[str, int] = {}
    for bound in certificate.bounds:
        sources[bound.source] = sources.get(bound.source, 0) + 1
    counts = ", ".join(f"{count} {clean(source)}" for source, count in sources.items())
    lines = [f"  bounds the proof rests on: {counts}"]
    nearest = certificate.bounds if everything else sorted(certificate.bounds, key=lambda b: b.slack)[:1]
    rows = [[clean(b.of), number(b.value), clean(b.source), f"slack {number(b.slack)}"] for b in nearest]
    return lines + aligned(rows, (False, True, False, False), paper.width, "    ")


def _remark(text: str, paper: Paper) -> list[str]:
    first, *rest = wrapped(text, paper.width - 4)
    return [f"  {first}", *(f"    {line}" for line in rest)]
