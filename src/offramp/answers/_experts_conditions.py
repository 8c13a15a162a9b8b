"""Whether respondents' conditions hold where their answers are used.

A condition of an elicitation is a text. It can be checked if it is written as an expression over public
state (``not ceasefire``), if the caller gives one for it, or if its words are on a short list
(:data:`READ_AS`); the answer shows which, and how the words were read. Everything else is listed as
unchecked. What is checked: the regime now, and each regime in which a stage of a plan can begin or stay in
force. A condition may speak of the regimes and of ``force_deployed`` (a settlement with a force behind it).

Verdicts: *holds*, *does not hold* (an answer is then used outside the respondents' conditions), *unchecked*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from offramp.answers._experts_facts import Board
from offramp.crisis import Crisis
from offramp.crisis import _expressions as ex
from offramp.crisis._check_conditions import REGIMES, START

Verdict = Literal["holds", "does not hold", "unchecked"]
How = Literal["written as an expression", "given by the caller", "read from its words", ""]

NAMES: dict[str, ex.Kind] = {**dict.fromkeys(REGIMES, "truth"), "force_deployed": "truth"}
"""What a condition may speak of, to be checked here."""
ACTIVE = ("standoff", "war", "ceasefire")
"""Regimes in which a stage can begin."""

READ_AS: tuple[tuple[str, str], ...] = (
    (r"talks (?:have |had )?(?:fail|collaps|broken down|been broken off)", "war or standoff"),
    (r"no (?:full )?(?:ceasefire|truce)|without an? (?:ceasefire|truce)", "war or standoff"),
    (r"(?:after|during|under|given|once there is) an? (?:ceasefire|truce)", "ceasefire"),
    (r"(?:ceasefire|truce) (?:holds|is in force|has been agreed|exists)", "ceasefire"),
    (
        r"(?:no|without an?) (?:mandate|peacekeep\w+|peace force|force on the ground)",
        "not force_deployed",
    ),
    (r"(?:war|fighting) (?:goes on|continues)|while (?:the )?(?:war|fighting)", "war"),
    (r"(?:after|under|given) a (?:settlement|peace agreement)", "settlement"),
    (r"no (?:war|fighting)\b|before (?:a|the) war\b", "standoff"),
)
"""Words -> expression. Deliberately few: what is not here is unchecked, not guessed."""
TURNED = re.compile(
    r"\b(?:not|never|nor|cannot|unless|until|till|except|whether|even|regardless)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Words that turn what follows round, or into something else: a text that has one is not read."""


@dataclass(frozen=True)
class Condition:
    """A condition of a board, and the expression it is checked by, if any."""

    board: str
    text: str
    expression: str
    how: How

    @property
    def checkable(self) -> bool:
        """Whether it can be checked against the state of the game."""
        return bool(self.expression)


@dataclass(frozen=True)
class Use:
    """Answers of a board used in a regime: ``when`` says by what."""

    board: str
    plan: str
    regime: str
    when: str


@dataclass(frozen=True)
class Breach:
    """A use outside a condition."""

    condition: Condition
    use: Use


def conditions_of(
    boards: Sequence[Board], given: Mapping[str, str] | None = None
) -> tuple[Condition, ...]:
    """Conditions of all boards, with how each can be checked.

    Raises:
        ExpressionError: for a given expression that does not parse or names what is unknown here.
        KeyError: for a given text that is no condition of any board.
    """
    texts = {text for board in boards for text in board.source.conditions}
    for text in given or {}:
        if text not in texts:
            raise KeyError(f"{text!r} is no condition of an elicitation")
    return tuple(
        _condition(board.id, text, given or {}) for board in boards for text in board.source.conditions
    )  # fmt: skip


def _condition(board: str, text: str, given: Mapping[str, str]) -> Condition:
    if text in given:
        wrong = ex.check(ex.parse(given[text]), NAMES, result="truth")
        if wrong:
            raise wrong[0]
        return Condition(board, text, given[text], "given by the caller")
    if _speaks_of_state(text):
        return Condition(board, text, text, "written as an expression")
    for pattern, expression in () if TURNED.search(text) else READ_AS:
        if re.search(rf"\b{pattern}", text, re.IGNORECASE):
            return Condition(board, text, expression, "read from its words")
    return Condition(board, text, "", "")


def _speaks_of_state(text: str) -> bool:
    try:
        rule = ex.parse(text)
    except ex.ExpressionError:
        return False
    return not ex.check(rule, NAMES, result="truth")


def verdict(condition: Condition, regime: str, force: bool = False) -> Verdict:
    """Whether a condition holds in a regime."""
    if not condition.checkable:
        return "unchecked"
    values = {**{r: r == regime for r in REGIMES}, "force_deployed": force}
    return "holds" if ex.evaluate(ex.parse(condition.expression), values) else "does not hold"


# --- Where a plan uses what was asked ----------------------------------------------------------


def uses_of(
    crisis: Crisis, board: Board, plan: str, regime: str, applied: bool = False
) -> tuple[Use, ...]:
    """Regimes in which a plan uses items of a board.

    Args:
        crisis: The crisis.
        board: The board.
        plan: The plan.
        regime: The regime that rules now.
        applied: The plan is applied now, whatever its triggers say.
    """
    p = crisis.plans[plan]
    items = {i.id for i in board.items}
    found: dict[str, str] = {}
    staged = [stage for stage in p.stages if any(use.lever in items for use in stage.on)]
    for stage in staged:
        for where in _begins_in(crisis, stage.trigger, regime):
            found.setdefault(where, f"{stage.name} begins in it")
    if any(lever in items for lever in p.on_ceasefire):
        found.setdefault("ceasefire", "the plan uses it in a ceasefire")
    if applied and staged:
        found.setdefault(regime, "the plan is applied in it")
    return tuple(Use(board.id, plan, where, when) for where, when in found.items())


def reachable(regime: str) -> tuple[str, ...]:
    """Regimes in which a stage can begin, from this one on: a stand-off does not come back."""
    return ACTIVE if regime == "standoff" else ("war", "ceasefire")


def _begins_in(crisis: Crisis, trigger: str, regime: str) -> tuple[str, ...]:
    """Regimes in which a trigger can be true; today's for a stage that begins with the plan."""
    if trigger == START:
        return (regime,)
    rule = ex.parse(trigger)
    used = {name for name, _ in ex.names(rule)}
    if used - {*REGIMES, "months", "months_without_ceasefire"}:
        # Beliefs, positions and cohesion take any value in any regime: only named regimes exclude one.
        return tuple(r for r in reachable(regime) if not _excluded(rule, r))
    return tuple(
        r for r in reachable(regime) if any(_true(rule, x) for x in _states(crisis, rule, r))
    )


def _states(crisis: Crisis, rule: ex.Expression, regime: str) -> Iterator[dict[str, object]]:
    """States that decide a trigger: months at, and one beside, each number that it names."""
    end = crisis.clock.horizon_months
    named = [part.value for part in ex.walk(rule) if isinstance(part, ex.Number)]
    months = sorted({0, end, *(m for x in named for m in range(int(x) - 1, int(x) + 3))})
    months = [m for m in months if 0 <= m <= end]
    for month, count in product(months, months):
        # The counter stands at 0 in a ceasefire: it counts months without one.
        if count <= (0 if regime == "ceasefire" else month):
            yield {
                **{r: r == regime for r in REGIMES},
                "months": float(month),
                "months_without_ceasefire": float(count),
            }


def _true(rule: ex.Expression, values: Mapping[str, object]) -> bool:
    return bool(ex.evaluate(rule, values))


def _excluded(rule: ex.Expression, regime: str) -> bool:
    """Whether a conjunct of the trigger names a regime other than this one, or denies this one."""
    parts = rule.operands if isinstance(rule, ex.Logic) and rule.operator == "and" else (rule,)
    for part in parts:
        if {name for name, _ in ex.names(part)} <= set(REGIMES) and not _true(
            part, {r: r == regime for r in REGIMES}
        ):
            return True
    return False


def breaches_of(conditions: Sequence[Condition], uses: Sequence[Use]) -> tuple[Breach, ...]:
    """Uses outside a condition that can be checked."""
    return tuple(
        Breach(c, use)
        for use in uses
        for c in conditions
        if c.board == use.board and verdict(c, use.regime) == "does not hold"
    )


def may_lapse(conditions: Sequence[Condition], uses: Sequence[Use]) -> tuple[Breach, ...]:
    """Uses that begin inside the conditions and would stand outside them if a ceasefire followed."""
    found = []
    for use in uses:
        if use.regime == "ceasefire":
            continue
        after = Use(use.board, use.plan, "ceasefire", "what is in force stays in force")
        found += [
            Breach(c, after)
            for c in conditions
            if c.board == use.board
            and verdict(c, use.regime) == "holds"
            and verdict(c, "ceasefire") == "does not hold"
        ]
    return tuple(dict.fromkeys(found))
