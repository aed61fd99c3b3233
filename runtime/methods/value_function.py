"""A leader over followers some of whom decide on whole numbers: their value functions, one answer after the other.

Solves: one leader with real and whole numbers; followers that follow it directly. Those with whole numbers are MILPs
in their own columns and see nobody but the leader, whose decisions may stand anywhere in their rows and objectives;
the others are as `kkt` takes them.
Proves: a global optimum up to the gap, ties among answers as the leader likes (optimistic). The master problem
(`compiler.reformulations.value_function`) bounds it from below, each of its decisions, answered exactly, from above.
Stops: when both meet within the gap; at the time limit; or where the leader's best value is approached but not attained
(G809): a real decision may come as near as it likes to one at which an answer that it fears becomes possible. Then the
best decision is given that stays `MARGIN` away, with the true gap.
Reference: Zeng and An, "Solving bilevel mixed integer program by reformulations and decomposition" (2014); Yue, Gao,
    Zeng and You, J. Glob. Optim. 73 (2019) 27; for values that are not attained, Vicente, Savard and Judice, J. Optim.
    Theory Appl. 89 (1996) 597.
"""

from __future__ import annotations

import numpy as np

from runtime.methods.exact_answers import ExactAnswers
from runtime.methods.integer_findings import integer_findings, mixed_followers
from runtime.methods.kkt import follower_findings
from runtime.methods.method import Found, Refusal, Request
from runtime.methods.setting import Setting, nobodys_rows, price_findings
from runtime.methods.value_search import ValueSearch


class ValueFunction:
    """See the module."""

    name = "value_function"

    def refuses(self, setting: Setting) -> Refusal | None:
        if setting.leader < 0:
            reason = (
                "nobody follows anybody" if not setting.followers.any() else "there is not just one leader on one level"
            )
            return Refusal(reason, False)
        mixed = mixed_followers(setting)
        if not mixed.any():
            return Refusal("no follower decides on whole numbers", False)
        if setting.gloomy().any():
            return Refusal("a follower is pessimistic: here ties fall as the leader likes best", False)
        found = integer_findings(setting, mixed)
        plain = setting.followers & ~mixed
        found = found or follower_findings(setting, np.flatnonzero(plain).tolist()) + nobodys_rows(setting)
        found = found or price_findings(setting, plain)
        return Refusal(found[0].headline, True, found) if found else None

    def run(self, setting: Setting, request: Request) -> Found:
        return ValueSearch(setting, request, ExactAnswers(setting, mixed_followers(setting), request)).found()
