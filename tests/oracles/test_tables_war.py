"""War as a process and treaties that must outlive it, out of tables."""

from __future__ import annotations

import pytest

from offramp import theory
from offramp.game import Act, Chance, End, MoveA, MoveB, from_tables
from offramp.game._tables import State
from offramp.solution import solve_tables

NEVER = (0.0, 0.0)


def forts(p, n, held, delta=1.0, battles=600):
    states: dict[str, State] = {"A has won": End(1, 0), "B has won": End(0, 1)}
    name = {0: "B has won", n: "A has won"} | {k: f"{k} forts" for k in range(1, n)}
    for k in range(1, n):
        states[name[k]] = Chance({name[k + 1]: p, name[k - 1]: 1 - p}, later=True, at_end=NEVER)
    game = from_tables(states, name[held], periods=battles, discount=delta)
    return solve_tables(game, mode="exact"), [name[k] for k in range(1, n)]


@pytest.mark.parametrize(("p", "n", "held"), [(0.6, 10, 5), (0.5, 10, 3), (0.35, 6, 4)])
def test_the_gambler_s_ruin(p, n, held):
    solution, between = forts(p, n, held)
    said = theory.gamblers_ruin(p, n, held)
    assert solution.reach("A has won") == pytest.approx(said.win_probability, abs=1e-9)
    battles = sum(solution.reach(name) for name in between)
    assert battles == pytest.approx(said.expected_length, abs=1e-6)


@pytest.mark.parametrize(
    ("p", "n", "held", "delta"), [(0.6, 10, 5, 0.95), (0.5, 10, 3, 0.9), (0.7, 6, 1, 0.98)]
)
def test_victory_later_is_worth_less(p, n, held, delta):
    solution, _ = forts(p, n, held, delta)
    said = theory.discounted_victory(p, n, held, delta)
    assert solution.value("A", f"{held} forts") == pytest.approx(said, abs=1e-9)
    if (p, delta) == (0.6, 0.95):
        assert solution.value("A", f"{held} forts") == pytest.approx(0.39695263, abs=1e-8)


def to_the_finish(s, d, cost, delta):
    states: dict[str, State] = {
        "fighting": Chance({"prize": s, "nothing": d, "on": 1 - s - d}, flow_a=-cost, at_end=NEVER),
        "on": Chance({"fighting": 1}, later=True),
        "prize": End(1, 0),
        "nothing": End(0, 0),
    }
    game = from_tables(states, "fighting", periods=300, discount=delta)
    return solve_tables(game, mode="exact").value("A", "fighting")


@pytest.mark.parametrize(
    ("s", "d", "cost", "delta"),
    [
        (0.1, 0.1, 0.02, 0.95),
        (0.1, 0.15, 0.02, 0.95),
        (0.3, 0.05, 0.1, 0.9),
        (0.05, 0.2, 0.2, 0.99),
    ],
)
def test_fighting_to_the_finish(s, d, cost, delta):
    said = theory.fight_to_finish_value(s, d, cost, delta)
    assert to_the_finish(s, d, cost, delta) == pytest.approx(said, abs=1e-9)


def test_the_printed_fights_to_the_finish():
    """A design note prints .27826 for an own hazard of .1; it belongs to .15, and .1 gives 1/3."""
    assert to_the_finish(0.1, 0.1, 0.02, 0.95) == pytest.approx(1 / 3, abs=1e-9)
    assert to_the_finish(0.1, 0.15, 0.02, 0.95) == pytest.approx(0.27826087, abs=1e-8)


@pytest.mark.parametrize("periods", [1, 3, 8])
@pytest.mark.parametrize(
    ("prior", "strong", "weak"), [(0.5, (0.02, 0.03), (0.1, 0.2)), (0.2, (0.2, 0.1), (0.05, 0.1))]
)
def test_a_war_in_which_nobody_collapses_tells_how_strong_the_sides_are(
    periods, prior, strong, weak
):
    def by_type(k):
        return {"strong": strong[k], "weak": weak[k]}

    go_on = {"strong": 1 - sum(strong), "weak": 1 - sum(weak)}
    states: dict[str, State] = {
        "war": Chance(
            {"A has won": by_type(0), "B has won": by_type(1), "on": go_on}, at_end=(0.5, 0.5)
        ),
        "on": Chance({"war": 1}, later=True),
        "A has won": End(1, 0),
        "B has won": End(0, 1),
    }
    types = {"strong": prior, "weak": 1 - prior}
    game = from_tables(states, "war", types=types, periods=periods)
    belief = solve_tables(game, mode="exact").belief("war", periods)
    said = theory.stalemate_odds(prior / (1 - prior), strong, weak, periods)
    assert belief["strong"] / belief["weak"] == pytest.approx(said, rel=1e-12)


# --- Treaties -------------------------------------------------------------------------------------


def kept(x, powers, costs, periods=12, delta=0.9):
    """Chance that a division x outlives ``periods`` in which power wanders.

    In every period A, then B, keeps the treaty or fights for good at the odds of the day; a treaty
    that reaches the end is kept for ever. Power moves to any position with equal chance.
    """
    here = [f"power {k}" for k in range(len(powers))]
    move = Chance({name: 1 / len(here) for name in here}, later=True)
    states: dict[str, State] = {"next": move}
    for name, p, c1, c2 in zip(here, powers, *costs, strict=True):
        states |= {
            name: MoveA([Act("keep", f"{name}, B"), Act("break", f"{name}, war")], at_end=(x, 1 - x)),
            f"{name}, B": MoveB([Act("keep", f"{name}, kept"), Act("break", f"{name}, war")]),
            f"{name}, kept": Chance({"next": 1}, flow_a=(1 - delta) * x, flow_b=(1 - delta) * (1 - x)),
            f"{name}, war": End(p - c1, 1 - p - c2),
        }  # fmt: skip
    game = from_tables(states, here[0], periods=periods, discount=delta)
    solution = solve_tables(game, mode="exact")
    return sum(solution.reach(name, period=periods) for name in here)


BANDS = [
    ((0.35, 0.5, 0.6), (0.15,) * 3, (0.12,) * 3),
    ((0.3, 0.45), (0.1, 0.2), (0.2, 0.05)),
    ((0.5, 0.52, 0.55, 0.4), (0.1,) * 4, (0.15,) * 4),
]


@pytest.mark.parametrize(("powers", "costs_1", "costs_2"), BANDS)
def test_a_fixed_treaty_lasts_exactly_inside_its_band(powers, costs_1, costs_2):
    band = theory.treaty_band(powers, costs_1, costs_2)
    assert band.exists
    costs = (costs_1, costs_2)
    edge = 1e-9
    for x in (band.low + edge, (band.low + band.high) / 2, band.high - edge):
        assert kept(x, powers, costs) == pytest.approx(1, abs=1e-12)
    for x in (band.low - edge, band.high + edge, 0.2, 0.9):
        assert kept(x, powers, costs) < 0.5


def test_the_printed_band_and_one_that_is_empty():
    powers, costs = (0.35, 0.5, 0.6), ((0.15,) * 3, (0.12,) * 3)
    assert kept(0.45 + 1e-9, powers, costs) == pytest.approx(1, abs=1e-12)
    assert kept(0.47 - 1e-9, powers, costs) == pytest.approx(1, abs=1e-12)
    narrow = ((0.12,) * 3, (0.12,) * 3)
    assert not theory.fixed_treaty_exists(powers, 0.12, 0.12)
    assert max(kept(k / 50, powers, narrow) for k in range(51)) < 0.5
