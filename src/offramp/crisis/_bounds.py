"""What numbers can be, by what they mean: shares, discount factors, sizes, shifts.

Cross-checks hold every number of a file against its bounds, and so does every override: a
probability of 1.3 is refused, not clipped. Those who sample ask :data:`BOUNDS` beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from offramp.crisis import _actors, _beliefs, _pressure, _readings, _setting
from offramp.crisis._quantity import Frozen, Quantity


class Bounds(NamedTuple):
    """The least and the most that a number may be, and whether the ends are allowed."""

    low: float
    high: float
    what: str
    open: bool = False

    def hold(self, value: float) -> bool:
        """Whether ``value`` is inside."""
        if self.open:
            return self.low < value < self.high
        return self.low <= value <= self.high

    def broken_by(self, number: Quantity) -> str | None:
        """What a number outside would have to be and is not; None if all of it is inside."""
        for word, value in (("", number.value), ("low ", number.low), ("high ", number.high)):
            if value is not None and not self.hold(value):
                return f"{self.what}; its {word}value is {value:g}"
        return None


_INFINITE = float("inf")
SHARE = Bounds(0.0, 1.0, "a share or probability, so it lies between 0 and 1")
DISCOUNT = Bounds(0.0, 1.0, "a monthly discount factor, so it lies strictly between 0 and 1", True)
SIZE = Bounds(0.0, _INFINITE, "a size, so it is not negative")
SHIFT = Bounds(-1.0, 1.0, "a shift of a probability, so it lies between -1 and 1")
POSITIVE = Bounds(0.0, _INFINITE, "a duration or ratio, so it is more than 0", True)

_BY_FIELD: tuple[tuple[Bounds, type[Frozen], str], ...] = (
    (DISCOUNT, _actors.Bloc, "patience"),
    (DISCOUNT, _actors.Actor, "patience"),
    (SHARE, _actors.Audience, "vagueness"),
    (SHARE, _actors.FeltBy, "elite public budget military"),
    (
        SHARE,
        _actors.Bloc,
        "office_hazard threat_credibility double_down escalation_aversion direct_war_appetite",
    ),
    (SHARE, _actors.Issue, "open"),
    (SHARE, _actors.RedLine, "penalty"),
    (SHARE, _actors.Election, "hostile"),
    (SHARE, _actors.Member, "threat exposure dissent stays"),
    (SHARE, _actors.Outsider, "offset support"),
    (SHARE, _actors.Broker, "backstop sides_with_b easing"),
    (SHARE, _pressure.Lever, "lift_if_comply lift_if_defy"),
    (SHARE, _pressure.Rung, "accident"),
    (SHARE, _pressure.Ladder, "exposure"),
    (SHARE, _pressure.Guarantee, "detection response wider_link host_consent"),
    (SHARE, _pressure.Relief, "comply defy clarity"),
    (SHARE, _pressure.PlanRelief, "comply clarity"),
    (SHARE, _pressure.Plan, "credibility followed"),
    (SHARE, _actors.Commitment, "level decay"),
    (SHARE, _beliefs.EvidenceChannel, "reliability"),
    (
        SHARE,
        _pressure.Coalition,
        "fracture preagreement threat_unity substitution casualty_tolerance odds_loss "
        "floor_from_territory",
    ),
    (SHARE, _setting.Clock, "recognition"),
    (SHARE, _setting.Decisive, "odds_b"),
    (SHARE, _setting.Offensive, "success too_far"),
    (SHARE, _setting.War, "intensity step_favours_b collapse"),
    (SHARE, _setting.Ceasefire, "cost_share breakdown collapse_share"),
    (SHARE, _setting.Standoff, "invasion_prior trigger_response package_unity"),
    (SHARE, _setting.Event, "hazard"),
    (SHARE, _setting.Effect, "probability"),
    (SHARE, _setting.Conversions, "backer_share"),
    (SHARE, _beliefs.Kind, "prior ripens_in_war ripens_in_pause"),
    (SHARE, _beliefs.Hypotheses, "unmodelled"),
    (SHARE, _beliefs.EvidenceRules, "hindsight"),
    (SHARE, _readings.Forecast, "probability"),
    (SHARE, _readings.Elicitation, "shares"),
    (SIZE, _actors.Audience, "cost"),
    (SIZE, _actors.Preference, "weight"),
    (SIZE, _actors.Broker, "aid"),
    (SIZE, _pressure.Lever, "lag ramp exhaustion audience_cost size_thousand"),
    (SIZE, _pressure.Guarantee, "loss"),
    (SIZE, _pressure.Ladder, "cost"),
    (SIZE, _pressure.Plan, "slowest_ramp"),
    (SIZE, _pressure.Coalition, "collapse_gain"),
    (SIZE, _setting.Decisive, "cost"),
    (SIZE, _setting.War, "cost exhaustion"),
    (SIZE, _setting.Standoff, "cost attack_cost"),
    (SIZE, _setting.Settlement, "renege_weight breach_cost"),
    (
        SIZE,
        _setting.Weights,
        "hold propose ceasefire escalate de_escalate activate commit fight_out",
    ),
    (SIZE, _setting.Conversions, "pain_to_stake fracture_to_terms"),
    (SIZE, _beliefs.EvidenceRules, "acts_over_words"),
    (POSITIVE, _pressure.Lever, "adaptation_half_life decay_months substitution_months"),
    (SHIFT, _pressure.Lever, "step_shift response_gain third_party_shift"),
    (SHIFT, _actors.Outsider, "step_shift"),
)

BOUNDS: Mapping[tuple[type[Frozen], str], Bounds] = {
    (model, name): bounds for bounds, model, names in _BY_FIELD for name in names.split()
}
"""What a quantity can be, by the field that holds it. Other quantities may be any number."""
