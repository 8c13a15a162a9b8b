"""The clock, the war, ceasefire and settlement, events.

Position k counts battlefield steps towards B from today's line; one step moves the issues marked
``moves_with_war`` by ``step_size``. Each month a step happens with probability ``intensity`` and
favours B with probability ``step_favours_b`` (moved by levers, tiers and production), unless
one side collapses first (hazards ``collapse``).

War pays side i the flow W_i(status quo at k) - cost_i; a ceasefire costs ``cost_share`` of that.
Units: flows in stake-equivalents if sustained for ever; hazards per month; lumps in stake units.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from offramp.crisis._quantity import Frozen, Quantity, Sources, Text, assumed, assumed_both


class Clock(Frozen):
    """Time: horizon, rounds, who speaks when, what happens at the end."""

    horizon_months: int = Field(default=24, ge=1, le=1200, description="Months that are reported.")
    padding_months: int = Field(
        default=6, ge=0, le=120, description="Months solved beyond the horizon and not shown."
    )
    round_months: float = Field(
        default=3.0, gt=0, description="Mean months between negotiation rounds."
    )
    recognition: dict[Literal["A", "B"], Quantity] = Field(
        default_factory=lambda: assumed_both(
            0.45, 0.3, 0.5, "either side may move in most rounds", "probability"
        ),
        description="Chance that a side has the initiative in a round.",
    )
    protocol: Literal["random", "alternating"] = Field(
        default="random",
        description="`random`: by recognition chances; `alternating`: A first, then B, in turn.",
    )
    at_the_end: Literal["stalemate"] | dict[Literal["A", "B"], float] = Field(
        default="stalemate",
        description=(
            "Value of no agreement at the end: `stalemate` (the same goes on without talks) or "
            "numbers."
        ),
    )


class Pair(Frozen):
    """One number for each side."""

    A: Quantity = Field(description="Bloc A.")
    B: Quantity = Field(description="Bloc B.")


def _pair(value: float, low: float, high: float, why: str, unit: str) -> Pair:
    return Pair(A=assumed(value, low, high, why, unit), B=assumed(value, low, high, why, unit))


class Decisive(Frozen):
    """All-out war as an outside option: an immediate lottery at the current position.

    The attacker's side gets B's share ``odds_b`` (at the current position) of the full stake: A is
    left with W_A(all B's ends) with probability odds_b and W_A(all A's ends) otherwise, and each
    side pays its cost once.
    """

    available_to: tuple[Literal["A", "B"], ...] = Field(description="Who can force it.")
    odds_b: Quantity = Field(description="Chance that B wins at the starting position.")
    odds_b_per_step: float = Field(default=0.0, description="Change of that chance per step.")
    cost: Pair = Field(description="Cost to each side (stake units, lump).")


class Offensive(Frozen):
    """An offensive of A: success, the window, and going too far."""

    success: Quantity = Field(description="Chance of a gain of two steps.")
    too_far: Quantity = Field(description="Chance that B climbs a rung when the gain is too large.")
    start: str = Field(default="", description="Expected month.")
    outcomes: dict[str, float] = Field(
        default_factory=dict, description="Outcome -> probability; they sum to 1."
    )
    rule: Text = Field(default="", description="What counts as the window.")


class War(Frozen):
    """The war that moves while the sides talk."""

    cost: Pair = Field(
        default_factory=lambda: _pair(0.2, 0.1, 0.35, "war costs a fifth of the stake", "flow"),
        description="Flow cost of war to each bloc.",
    )
    step_size: float = Field(default=0.125, gt=0, le=1, description="Issue units per step.")
    reach: int = Field(default=2, ge=0, le=200, description="Steps kept on either side of today.")
    intensity: Quantity = Field(
        default_factory=lambda: assumed(0.1, 0.05, 0.2, "a slow front", "probability per month"),
        description="Chance that the front moves one step in a month.",
    )
    step_favours_b: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.4, 0.6, "an even fight", "probability"),
        description="Chance that a step favours B.",
    )
    ends_decide: bool = Field(
        default=False, description="Whether the last positions mean that a side has won the war."
    )
    collapse: Pair = Field(
        default_factory=lambda: _pair(
            0.004, 0.001, 0.01, "a war ends in collapse rarely", "per month"
        ),
        description="Monthly hazard that a side collapses.",
    )
    exhaustion: Pair = Field(
        default_factory=lambda: _pair(
            0.0, 0.0, 0.02, "not modelled unless stated", "stock per month"
        ),
        description="Monthly growth of a side's exhaustion; a stock of 1 doubles its cost of war.",
    )
    production: Quantity = Field(
        default_factory=lambda: assumed(
            0.0, -0.02, 0.02, "no trend in strength", "logit per month"
        ),
        description="Monthly gain of A's relative strength (logit of battle odds).",
    )
    observed_drift: Quantity | None = Field(
        default=None, description="Observed drift of territory, units per month: checked, not used."
    )
    decisive: Decisive | None = Field(default=None, description="All-out war as outside option.")
    offensive: Offensive | None = Field(default=None, description="An offensive of A.")


class Ceasefire(Frozen):
    """A pause: cheaper than war, with risks of its own."""

    possible: bool = Field(default=True, description="Whether it can be proposed at all.")
    cost_share: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.3, 0.7, "mobilised forces still cost", "share"),
        description="Share of the war cost that goes on.",
    )
    breakdown: Quantity = Field(
        default_factory=lambda: assumed(0.02, 0.01, 0.05, "pauses fail now and then", "per month"),
        description="Monthly hazard that it breaks down.",
    )
    collapse_share: Quantity = Field(
        default_factory=lambda: assumed(0.2, 0.0, 0.5, "collapse is rarer in a pause", "share"),
        description="Share of the war's collapse hazards that goes on.",
    )


class Standoff(Frozen):
    """Before a war: who can start it and what the wait costs."""

    attackers: tuple[Literal["A", "B"], ...] = Field(default=("B",), description="Who can attack.")
    cost: Pair = Field(
        default_factory=lambda: _pair(0.02, 0.0, 0.05, "readiness costs a little", "flow"),
        description="Flow cost of the stand-off.",
    )
    attack_cost: Pair = Field(
        default_factory=lambda: _pair(0.0, 0.0, 0.1, "no lump unless stated", "lump"),
        description="Lump paid by each side when the attack comes.",
    )
    invasion_prior: Quantity | None = Field(
        default=None, description="Judged chance of an attack within 30 days (audit only)."
    )
    trigger_response: Quantity | None = Field(
        default=None, description="Chance that the attacker acts when its stated trigger occurs."
    )
    concession_drift: Quantity | None = Field(
        default=None, description="Monthly drift of the other side's offer under pressure."
    )
    package_unity: Quantity | None = Field(
        default=None, description="Share of the strongest package that survives objections."
    )
    rally: Quantity | None = Field(default=None, description="Leader's payoff from rallying.")


class Settlement(Frozen):
    """How settlements live and die."""

    binding: bool = Field(
        default=False, description="True: never re-decided (textbook cases only)."
    )
    renege_weight: Quantity = Field(
        default_factory=lambda: assumed(
            0.05, 0.01, 0.2, "breaking a deal is not the default", "per month"
        ),
        description="Prior weight of reneging per month against keeping.",
    )
    breach_cost: Quantity = Field(
        default_factory=lambda: assumed(0.02, 0.0, 0.05, "breaking a deal costs standing", "lump"),
        description="Lump lost by whoever breaks it.",
    )


class Weights(Frozen):
    """Prior weights of acts against the default (control-cost logit)."""

    hold: Quantity = Field(
        default_factory=lambda: assumed(1.0, 1.0, 1.0, "the default act", "weight"),
        description="Doing nothing.",
    )
    propose: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.5, 2.0, "talking is as near as silence", "weight"),
        description="All offers together, per round.",
    )
    ceasefire: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.1, 1.0, "half as near as an offer", "weight"),
        description="Proposing a ceasefire, per round.",
    )
    escalate: Quantity = Field(
        default_factory=lambda: assumed(0.25, 0.05, 0.5, "a departure from routine", "per month"),
        description="Escalating, per month.",
    )
    de_escalate: Quantity = Field(
        default_factory=lambda: assumed(0.25, 0.05, 0.5, "a departure from routine", "per month"),
        description="Stepping down, per month.",
    )
    activate: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.5, 2.0, "as near as an offer", "weight"),
        description="Beginning the next stage of an adaptive plan, per round.",
    )
    commit: Quantity = Field(
        default_factory=lambda: assumed(0.25, 0.05, 0.5, "a departure from routine", "per month"),
        description="Committing itself in public where a side can, per month.",
    )
    fight_out: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.5, 2.0, "as near as an offer", "weight"),
        description="Forcing all-out war where that is possible, per round.",
    )


class Effect(Frozen):
    """What an event does, in terms the game knows."""

    kind: Literal[
        "cohesion", "position", "rung", "parameter", "lever_off", "contract", "consent", "regime"
    ] = Field(description="What changes.")
    steps: int = Field(default=0, description="Steps (position towards B, tiers down, rungs up).")
    path: str = Field(default="", description="Parameter path that changes.")
    change: Quantity | None = Field(default=None, description="By how much.")
    months: float | None = Field(default=None, gt=0, description="For how long, if not for ever.")
    target: str = Field(default="", description="Lever, contract, member or regime concerned.")
    probability: Quantity | None = Field(default=None, description="Chance given the event.")


class Event(Frozen):
    """Something nobody in the game decides."""

    name: str = Field(description="Name that readers see.")
    hazard: Quantity = Field(
        description=(
            "Monthly hazard while its condition holds; of a dated event, the chance that it happens."
        )
    )
    when: str = Field(
        default="always",
        description=(
            "`always`, or a condition such as `war`, `ceasefire`, `settlement`, `force_deployed`."
        ),
    )
    date: str = Field(
        default="", description="Date, for dated events: a year (its middle), a month or a day."
    )
    tracked: bool = Field(
        default=False,
        description=(
            "Whether both sides see it happen, once, and reckon with it from then on. Otherwise the "
            "changes of parameters are averaged over the chance that it has happened."
        ),
    )
    effects: tuple[Effect, ...] = Field(default=(), description="What it changes.")
    note: Text = Field(default="", description="In words.")
    source: Sources = Field(default=())


class Conversions(Frozen):
    """The two numbers with no data behind them: sweep them early."""

    pain_to_stake: Quantity = Field(
        default_factory=lambda: assumed(
            1.0, 0.4, 3.0, "no data link from pain to stake", "multiplier"
        ),
        description="Multiplier on every stick's cost to its target.",
    )
    fracture_to_terms: Quantity = Field(
        default_factory=lambda: assumed(
            0.2, 0.05, 0.5, "no data link from unity to terms", "stake"
        ),
        description="Fall of the acceptance floor when cohesion goes from 1 to 0.",
    )
    backer_share: Quantity = Field(
        default_factory=lambda: assumed(0.6, 0.3, 0.9, "what backers can cover at all", "share"),
        description="Share of leaking sanctions that third-party backers could offset in full.",
    )
