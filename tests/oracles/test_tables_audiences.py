"""Publics that punish backing down: Fearon (1994) and Fearon (1997), played out of tables."""

from __future__ import annotations

import numpy as np
import pytest

from offramp import theory
from offramp.game import Act, Chance, End, MoveB, MoveBoth, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables

# --- The race of audience costs ---------------------------------------------------------------

PRINTED = [((1, 1), (2, 2), (1, 1)), ((2, 1), (2, 2), (1, 1))]
OTHERS = [((1.5, 1), (3, 1.5), (1, 2))]
KINDS = 60
PRECISION = 1000.0


def race(costs, worst, prizes, steps, horizon):
    """Both sides choose when to quit, at one of ``steps`` times before ``horizon``, or never.

    Nothing happens before somebody quits, so a plan is a time. Each side's worth of war is private:
    one of ``KINDS`` points of the uniform distribution on [-C, 0]. Side 1 is A, side 2 is B. Times
    share one prior weight, like their measure, and a tie is decided by a coin.
    """
    at = horizon * np.arange(steps) / steps
    own, other = np.append(at, np.inf)[:, None], np.append(at, np.inf)[None, :]
    time = np.append(at, 0.0)[:, None]
    pay = []
    for i in (0, 1):
        quits, wins = -costs[i] * time, prizes[i]
        plain = np.where(own < other, quits, np.where(own > other, wins, (quits + wins) / 2))
        table = np.repeat(plain[None], KINDS, axis=0)
        table[:, -1, -1] = -worst[i] * (np.arange(KINDS) + 0.5) / KINDS
        pay.append(table)
    names = [[f"{i} quits at {t:.4f}" for t in at] + [f"{i} stands"] for i in (1, 2)]
    kinds = [{f"{i}.{k}": 1 / KINDS for k in range(KINDS)} for i in (1, 2)]
    weights = [1 / steps] * steps + [1.0]
    states: dict[str, State] = {
        "race": MoveBoth(
            names[0], names[1], "over", pay[0], pay[1].transpose(0, 2, 1), kinds[0], kinds[1],
            row_weights=weights, column_weights=weights,
        ),
        "over": End(0, 0),
    }  # fmt: skip
    solution = solve_tables(from_tables(states, "race"), PRECISION)
    assert solution.met
    laws = [np.array([solution.chance("race", n) for n in side]) for side in names]
    return at, laws[0], laws[1]


def backs_down(mine, theirs):
    """Chance of being the one that quits."""
    later = theirs[::-1].cumsum()[::-1]
    return float(mine[:-1] @ (later[:-1] - theirs[:-1] / 2))


def outcome(costs, worst, prizes, steps):
    said = theory.audience_race(costs, worst, prizes)
    at, one, two = race(costs, worst, prizes, steps, 1.4 * said.horizon)
    stood = np.array([one[-1], two[-1]])
    found = {
        "horizon": stood * worst / np.array(costs),
        "war": one[-1] * two[-1],
        "stand": stood,
        "backs down": np.array([backs_down(one, two), backs_down(two, one)]),
    }
    expected = {
        "horizon": np.array([said.horizon] * 2),
        "war": said.war,
        "stand": np.array(said.stand),
        "backs down": np.array(said.backs_down),
    }
    return found, expected, (at, one, two, said)


@pytest.mark.parametrize(("costs", "worst", "prizes"), [*PRINTED, *OTHERS])
def test_how_long_publics_bind_how_likely_war_is_and_who_backs_down(costs, worst, prizes):
    found, expected, (at, one, two, said) = outcome(costs, worst, prizes, 60)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=0.02), name
    # Nobody quits after t*, and some do until shortly before it.
    for law in (one, two):
        assert law[:-1][at > said.horizon + 0.02].sum() < 1e-4
        assert law[:-1][at > 0.9 * said.horizon].sum() > 1e-3


def test_the_printed_numbers():
    even = outcome(*PRINTED[0], 60)[0]
    assert even["war"] == pytest.approx(0.25, abs=0.02)
    assert even["horizon"] == pytest.approx([1, 1], abs=0.02)
    found = outcome(*PRINTED[1], 60)[0]
    assert found["horizon"] == pytest.approx([0.61803399] * 2, abs=0.02)
    assert found["war"] == pytest.approx(0.19098301, abs=0.02)
    assert found["backs down"] == pytest.approx([0.18314384, 0.62587316], abs=0.02)


def test_the_side_with_the_stronger_public_backs_down_less():
    found = outcome(*PRINTED[1], 40)[0]
    assert found["backs down"][0] < found["backs down"][1] - 0.3


def test_the_side_with_the_weaker_public_gives_in_at_once_with_the_printed_chance():
    _, _, (_, one, two, said) = outcome(*PRINTED[1], 60)
    assert two[0] == pytest.approx(said.quits_at_once[1], abs=0.02)
    assert two[0] == pytest.approx(0.30901699, abs=0.02)
    assert one[0] < 1e-3


def test_shorter_steps_come_nearer_to_continuous_time():
    errors = []
    for steps in (5, 20, 60):
        found, expected, _ = outcome(*PRINTED[0], steps)
        errors.append(abs(found["war"] - expected["war"]))
    assert errors[2] < errors[1] < errors[0]
    assert errors[2] < 0.005


# --- Tied hands and sunk costs ------------------------------------------------------------------


def signal(cost, tied, reckless, fight, values):
    """A defender of each value, equally likely, signals at a cost or not.

    A challenger comes whatever happens with probability ``reckless``, otherwise only where there was
    no signal. Tied hands cost on backing down, sunk costs always. Ties go to the signal and to
    fighting, which come first.
    """
    at_once, on_retreat = (0.0, cost) if tied else (cost, 0.0)
    worth = {f"v{k}": float(v) for k, v in enumerate(values)}
    fought = {name: v - fight for name, v in worth.items()}
    states: dict[str, State] = {
        "opening": MoveB([Act("signal", "signalled", b=-at_once), Act("quiet", "challenged")]),
        "signalled": Chance({"challenged after all": reckless, "left alone": 1 - reckless}),
        "left alone": End(0, worth),
        "challenged after all": MoveB(
            [Act("fight", "war"), Act("back down", "lost", b=-on_retreat)]
        ),
        "challenged": MoveB([Act("fight", "war"), Act("concede", "lost")]),
        "war": End(0, fought),
        "lost": End(0, 0),
    }
    prior = {name: 1 / len(worth) for name in worth}
    return solve_tables(from_tables(states, "opening", types=prior), mode="exact")


PAIRS = [(0.25, 0.4), (0.5, 0.3), (0.1, 0.7)]


def midpoints(count=1000):
    return (np.arange(count) + 0.5) / count


@pytest.mark.parametrize(("reckless", "fight"), PAIRS)
@pytest.mark.parametrize("tied", [True, False])
def test_who_signals_how_often_war_comes_and_what_it_is_worth(reckless, fight, tied):
    said = (theory.tie_hands if tied else theory.sink_costs)(reckless, fight)
    solution = signal(said.cost, tied, reckless, fight, midpoints())
    signalled = solution.chance("opening", "signal")
    assert signalled == pytest.approx(1 - said.lowest_signaller, abs=1e-9)
    war_after_signal = solution.chance("challenged after all", "fight")
    assert reckless * signalled * war_after_signal == pytest.approx(said.war, abs=1e-9)
    assert solution.value("B", "opening") == pytest.approx(said.mean_payoff, abs=1e-9)
    assert solution.reach("war") == pytest.approx(said.war, abs=1e-9)


def test_the_printed_case():
    tied = signal(0.3, True, 0.25, 0.4, midpoints())
    sunk = signal(0.3, False, 0.25, 0.4, midpoints())
    assert tied.reach("war") == pytest.approx(0.225, abs=1e-9)
    assert sunk.reach("war") == pytest.approx(0.15, abs=1e-9)
    assert tied.value("B", "opening") == pytest.approx(0.405, abs=1e-9)
    assert sunk.value("B", "opening") == pytest.approx(0.18, abs=1e-9)


@pytest.mark.parametrize(("reckless", "fight"), PAIRS)
@pytest.mark.parametrize("tied", [True, False])
def test_the_lowest_type_that_signals(reckless, fight, tied):
    said = (theory.tie_hands if tied else theory.sink_costs)(reckless, fight)
    low, high = 0.0, 1.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        sent = signal(said.cost, tied, reckless, fight, [middle]).chance("opening", "signal")
        low, high = (low, middle) if sent else (middle, high)
    assert high == pytest.approx(said.lowest_signaller, abs=1e-9)


@pytest.mark.parametrize(("reckless", "fight"), PAIRS)
def test_the_least_cost_at_which_tied_hands_do_not_bluff(reckless, fight):
    """The type r c is the last to bluff as the cost rises."""
    low, high = 0.0, fight
    while high - low > 1e-11:
        middle = (low + high) / 2
        solution = signal(middle, True, reckless, fight, [reckless * fight])
        bluffs = solution.chance("opening", "signal") and solution.chance(
            "challenged after all", "back down"
        )
        low, high = (middle, high) if bluffs else (low, middle)
    assert high == pytest.approx(theory.tie_hands(reckless, fight).cost, abs=1e-9)
