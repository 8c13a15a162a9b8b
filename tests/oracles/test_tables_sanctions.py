"""Relief moves a target by as much as it depends on compliance, and by no more."""

from __future__ import annotations

import pytest

from offramp import theory
from offramp.game import Act, Chance, End, MoveB, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables


def under(sticks, carrots, cost, precision):
    """B complies at a cost or defies; then every lever comes off or arrives with its own chance."""
    states: dict[str, State] = {
        "target": MoveB([Act("comply", "comply 0", b=-cost), Act("defy", "defy 0")]),
        "end": End(0, 0),
    }
    levers = [(x, True) for x in sticks] + [(x, False) for x in carrots]
    for choice in ("comply", "defy"):
        for k, (lever, stick) in enumerate(levers):
            onward = f"{choice} {k + 1}" if k + 1 < len(levers) else "end"
            chance = lever.if_comply if choice == "comply" else lever.if_defy
            well, ill = f"{choice} {k} good", f"{choice} {k} bad"
            states[f"{choice} {k}"] = Chance({well: chance, ill: 1 - chance})
            states[well] = Chance({onward: 1}, flow_b=0.0 if stick else lever.size)
            states[ill] = Chance({onward: 1}, flow_b=-lever.size if stick else 0.0)
    game = from_tables(states, "target")
    return solve_tables(game, precision).chance("target", "comply")


Lever = theory.ConditionalLever
CASES = [
    ([Lever(0.3, 0.9, 0.2)], [], 0.2),
    ([Lever(0.3, 0.2, 0.2)], [], 0.2),
    ([Lever(0.4, 0.8, 0.1), Lever(0.2, 0.3, 0.6)], [Lever(0.5, 0.7, 0.0)], 0.4),
    ([Lever(1.5, 0.5, 0.5)], [Lever(0.3, 0.9, 0.1), Lever(0.2, 1.0, 1.0)], 0.1),
]


@pytest.mark.parametrize(("sticks", "carrots", "cost"), CASES)
@pytest.mark.parametrize("precision", [1.0, 8.0, 30.0])
def test_what_compliance_changes_is_what_counts(sticks, carrots, cost, precision):
    leverage = theory.coercive_leverage(sticks, carrots)
    said = theory.comply_probability(leverage, cost, precision)
    assert under(sticks, carrots, cost, precision) == pytest.approx(said, abs=1e-12)


def test_the_printed_leverage():
    assert theory.coercive_leverage(CASES[0][0]) == pytest.approx(0.21, abs=1e-12)
    assert under(*CASES[0], float("inf")) == 1
    assert under(*CASES[1], float("inf")) == 0


@pytest.mark.parametrize("lifted", [0.0, 0.3, 1.0])
def test_pain_that_compliance_does_not_lift_has_no_leverage_at_all(lifted):
    without = under([Lever(0.0, lifted, lifted)], [], 0.2, 8.0)
    for pain in (0.1, 1.0, 25.0):
        assert under([Lever(pain, lifted, lifted)], [], 0.2, 8.0) == pytest.approx(
            without, abs=1e-12
        )
