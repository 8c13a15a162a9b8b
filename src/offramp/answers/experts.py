"""What did the people who were asked back, does it hold for a whole plan, and inside their own conditions?

Definitions. An elicitation reports words ("consensus", "most", "some"); each stands for a share p_i of
respondents, with a range. A plan that uses items 1..m has the *joint support* of those who back them all,

    max(0, sum p_i - (m - 1))  <=  P(all)  <=  min p_i        (Frechet and Hoeffding; both are reached)
    P(all) = prod p_i  if answers were independent,

and the least correlation of a common factor at which a majority backs the whole
(:mod:`offramp.estimation.joint`). *Disagreement* on an item: 2 p (1 - p).

*Scope*: the answers hold under the respondents' conditions. Those that can be checked against public state
are checked in every regime where a plan would use the answers (:mod:`._experts_conditions`); a use outside
one is a warning, the rest is listed as unchecked.

*Several experts, one number*: the file's rule beside the mixture of densities, the average of quantiles, and,
with seed questions, Cooke's performance weights (:mod:`offramp.estimation.pooling`).

Units: shares; values in the number's own unit. Classical comparator: independence, and Cooke (1991) for
weights. No game is solved; given a solution, the answer adds the chance that its plan leaves the
conditions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offramp.answers._answer import Answer, Trace
from offramp.answers._experts_conditions import (
    ACTIVE,
    Breach,
    breaches_of,
    conditions_of,
    may_lapse,
    uses_of,
)
from offramp.answers._experts_facts import (
    Board,
    Package,
    boards_of,
    numbers_of,
    packages_of,
)
from offramp.answers._experts_views import (
    board_table,
    conditions_table,
    numbers_table,
    performance_table,
    plain_of,
    shares_chart,
    support_chart,
    support_table,
)
from offramp.answers._experts_words import (
    flips_of,
    headline_of,
    paragraphs_of,
    warnings_of,
)
from offramp.answers._facts import percent, quoted, supports
from offramp.crisis import Crisis
from offramp.estimation.pooling import Seed, performance
from offramp.solution import Solution

MONTH = 12
"""Month at which the chance of a ceasefire is read (or the horizon, if it is shorter)."""
CEASEFIRE = 2
"""Column of the ceasefire in the probabilities of regimes."""
QUESTION = "What did those who were asked back, and does it carry over to a plan?"
FORMULA = (
    "max(0, sum p - (m - 1)) <= P(all) <= min p; prod p if independent; "
    "differ = 2 p (1 - p); w = calibration x information"
)


def experts(
    crisis: Crisis,
    *,
    plan: str | None = None,
    regime: str | None = None,
    conditions: Mapping[str, str] | None = None,
    seeds: Sequence[Seed] = (),
    solution: Solution | None = None,
) -> Answer:
    """The elicitation board, the joint support of each plan, the scope of the answers, and pooled numbers.

    Args:
        crisis: The crisis.
        plan: The plan to which the answers are to be applied; left out, every plan.
        regime: The regime in which they are to be applied; left out, the crisis's own.
        conditions: Expressions for conditions that are texts, such as ``{"no truce": "not ceasefire"}``.
        seeds: Questions with known answers, for performance weights.
        solution: A solution of the plan: adds the chance that the conditions lapse.

    Raises:
        KeyError: for an unknown plan, or a text that is no condition.
        ValueError: for an unknown regime, a solution of another plan, or seeds that not everybody answered.
    """
    if plan is not None and plan not in crisis.plans:
        raise KeyError(f"there is no plan {plan!r}; the plans are {', '.join(crisis.plans)}")
    if regime is not None and regime not in ACTIVE:
        raise ValueError(f"a plan begins in one of {', '.join(ACTIVE)}; got {regime!r}")
    if solution is not None and plan is not None and solution.game.plan_id != plan:
        raise ValueError(f"the solution is of {solution.game.plan_id!r}, not of {plan!r}")
    where = regime or crisis.regime
    plans = (plan,) if plan is not None else tuple(crisis.plans)
    boards = boards_of(crisis)
    packages = packages_of(crisis, boards, plans)
    scope = conditions_of(boards, conditions)
    uses = tuple(
        u
        for b in boards
        for p in plans
        for u in uses_of(crisis, b, p, where, applied=regime is not None or plan is not None)
    )
    breaches, later = breaches_of(scope, uses), may_lapse(scope, uses)
    found = performance(seeds) if seeds else None
    numbers = numbers_of(crisis, found.weights if found else None)
    lapse = _lapse(solution, later)
    apart = [n.path for n in numbers if n.apart]
    tables = [
        board_table(boards) if boards else None,
        support_table(crisis, packages),
        conditions_table(crisis, scope, uses, where),
        numbers_table(numbers),
        performance_table(found),
    ]
    charts = [
        shares_chart(boards, _shares_title(boards)),
        support_chart(crisis, packages, _support_title(crisis, packages)),
    ]
    return Answer(
        name="experts",
        question=QUESTION,
        headline=headline_of(crisis, boards, packages, breaches, numbers),
        paragraphs=paragraphs_of(crisis, boards, packages, scope, breaches, where, numbers, found),
        tables=tuple(t for t in tables if t is not None) or (board_table(boards),),
        charts=tuple(c for c in charts if c is not None),
        evidence_trace=Trace(
            formula=FORMULA,
            supports=supports(
                crisis,
                [
                    *(
                        (f"elicitation.{b.id}.shares.{w}", "what the word stands for")
                        for b in boards
                        for w in dict.fromkeys(b.source.answers.values())
                    ),
                    *((n.path, "several experts") for n in numbers),
                ],
            ),
            certificate=(
                "No game is solved for this answer: bounds and products are exact."
                if solution is None
                else solution.certificate.summary(),
            ),
            met=True if solution is None else solution.certificate.met,
            settings=(("plan", plan or "all"), ("regime", where)),
        ),
        flips=flips_of(crisis, packages),
        warnings=warnings_of(crisis, boards, packages, scope, breaches, later, lapse, found, apart),
        data=plain_of(boards, packages, scope, breaches, later, where, numbers, found, lapse),
    )


def _lapse(solution: Solution | None, later: Sequence[Breach]) -> dict[str, tuple[int, float]]:
    """Month and chance of being in a ceasefire then, for the solved plan if its use may lapse."""
    if solution is None or all(b.use.plan != solution.game.plan_id for b in later):
        return {}
    game = solution.game
    month = min(MONTH, game.shown)
    return {game.plan_id: (month, float(solution.futures.regime[month, CEASEFIRE]))}


def _shares_title(boards: Sequence[Board]) -> str:
    shares = [i.share.value for b in boards for i in b.items]
    if not shares:
        return "Nobody was asked"
    if min(shares) == max(shares):
        return f"Every item is backed by {percent(max(shares))}"
    return f"Items are backed by {percent(min(shares))} to {percent(max(shares))}"


def _support_title(crisis: Crisis, packages: Sequence[Package]) -> str:
    able = [p for p in packages if p.support is not None]
    if not able:
        return "No plan uses what was asked about"
    p = max(able, key=lambda x: len(x.asked))
    s = p.support
    assert s is not None
    name = quoted(crisis.plans[p.plan].name)
    return f"All of {name}: {percent(s.low)} to {percent(s.high)}, and {percent(s.independent)} if independent"
