"""Games given as tables: what is checked, what is refused, and play against literal enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from offramp import theory
from offramp.game import (
    Act,
    Chance,
    CompileError,
    End,
    MoveA,
    MoveB,
    MoveBoth,
    Proposal,
    from_tables,
)
from offramp.game._tables import State
from offramp.solution import solve_tables
from offramp.solution._choice import stake_precision

TWO = {"strong": 0.3, "weak": 0.7}


def signalling(steps=2000, nests=None, top=1.0, scale=1.0, shift=0.0, seed=3, types=None):
    """B sends one of three messages, A answers each in two ways; payoffs are drawn."""
    rng = np.random.default_rng(seed)
    types = TWO if types is None else types
    nests = {} if nests is None else nests
    states: dict[str, State] = {}
    acts = []
    weights = (0.3, 0.7, 1.2)
    for m in range(3):
        nest = "talk" if nests and m < 2 else None
        lumps = {
            t: scale * float(x) for t, x in zip(types, rng.normal(size=len(types)), strict=True)
        }
        acts.append(Act(f"message {m}", f"heard {m}", weights[m], b=lumps, nest=nest))
        answers = []
        for k in range(2):
            pay = rng.normal(size=len(types) + 1)
            worth = {t: scale * float(x) + shift for t, x in zip(types, pay[1:], strict=True)}
            states[f"end {m}{k}"] = End(scale * float(pay[0]), worth)
            # What A gets depends on B's type through a last move of B's.
            last = {
                t: scale * float(x) for t, x in zip(types, rng.normal(size=len(types)), strict=True)
            }
            answers.append(Act(f"answer {k}", f"after {m}{k}", 1.0 + k))
            states[f"after {m}{k}"] = MoveB(
                [Act("fight", f"fought {m}{k}", b=last), Act("yield", f"end {m}{k}")]
            )
            states[f"fought {m}{k}"] = End(-scale * float(rng.random()), worth)
        states[f"heard {m}"] = MoveA(answers)
    states["opening"] = MoveB(acts, nests=nests, top=top)
    return from_tables(states, "opening", types=types, belief_steps=steps)


def literal(game, lam, nested_weight=None, top=1.0):
    """The same game by damped iteration on B's policy, with lists and loops."""
    node = {n.name: n for n in game.nodes}
    types, prior = len(game.types), game.prior.tolist()
    sigma = [[1 / 3] * 3 for _ in range(types)]
    for _ in range(4000):
        new, alphas = [], []
        value = [[0.0] * 3 for _ in range(types)]
        for m in range(3):
            total = sum(prior[j] * sigma[j][m] for j in range(types))
            mu = [prior[j] * sigma[j][m] / total for j in range(types)]
            worth_a, worth_b = [], []
            for k in range(2):
                a = b = None
                fought, ended = node[f"fought {m}{k}"], node[f"end {m}{k}"]
                lump = node[f"after {m}{k}"].lump_b[:, 0]
                b, a = [], 0.0
                for j in range(types):
                    q = (fought.end_b[j] + lump[j], ended.end_b[j])
                    p = theory.logit_shares(q, lam)
                    b.append(p[0] * q[0] + p[1] * q[1])
                    a += mu[j] * (p[0] * fought.end_a + p[1] * ended.end_a)
                worth_a.append(a)
                worth_b.append(b)
            alpha = theory.logit_shares(worth_a, lam, (1.0, 2.0))
            alphas.append(alpha)
            for j in range(types):
                lump_b = node["opening"].lump_b[j, m]
                value[j][m] = lump_b + alpha[0] * worth_b[0][j] + alpha[1] * worth_b[1][j]
        for j in range(types):
            if nested_weight is None:
                new.append(theory.logit_shares(value[j], lam, (0.3, 0.7, 1.2)))
            else:
                nests = [theory.Nest(tuple(value[j][:2]), (0.3, 0.7)), theory.Nest((value[j][2],))]
                pair, single = theory.nested_shares(nests, lam, top * lam, (nested_weight, 1.2))
                new.append((*pair, *single))
        sigma = [
            [0.8 * old + 0.2 * now for old, now in zip(sigma[j], new[j], strict=True)]
            for j in range(types)
        ]
    return sigma, alphas


# --- Play ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", [0.5, 1.5])
@pytest.mark.parametrize("seed", [3, 8])
@pytest.mark.parametrize("trace", [False, True])
def test_signals_and_answers_are_those_of_literal_iteration(precision, seed, trace):
    game = signalling(seed=seed)
    solution = solve_tables(game, precision, trace=trace)
    sigma, alphas = literal(game, precision)
    for j, theta in enumerate(game.types):
        for m in range(3):
            said = solution.chance("opening", f"message {m}", theta)
            assert said == pytest.approx(sigma[j][m], abs=1e-6)
    for m in range(3):
        found = solution.chance(f"heard {m}", "answer 0")
        assert found == pytest.approx(alphas[m][0], abs=1e-6)
    assert solution.met


@pytest.mark.parametrize("top", [0.4, 1.0, 1.6])
def test_signals_may_be_nested(top):
    game = signalling(nests={"talk": 0.9}, top=top)
    solution = solve_tables(game, 1.2)
    sigma, _ = literal(game, 1.2, nested_weight=0.9, top=top)
    for j, theta in enumerate(game.types):
        found = [solution.chance("opening", f"message {m}", theta) for m in range(3)]
        assert found == pytest.approx(sigma[j], abs=1e-6)
    assert solution.residual < 1e-9


@pytest.mark.parametrize("seed", range(3, 8))
@pytest.mark.parametrize("precision", [8, 30, 100])
def test_following_the_path_and_solving_at_once_agree_where_play_is_precise(seed, precision):
    """At seed 6 the path folds back on the way to 30, and the last stretch is solved at once."""
    game = signalling(steps=300, seed=seed)
    one, two = (solve_tables(game, precision, trace=trace) for trace in (False, True))
    assert one.met
    assert two.met
    for theta in game.types:
        for m in range(3):
            said = one.chance("opening", f"message {m}", theta)
            assert two.chance("opening", f"message {m}", theta) == pytest.approx(said, abs=1e-6)


def test_three_types_signal_too():
    types = {"low": 0.5, "middle": 0.3, "high": 0.2}
    game = signalling(steps=120, types=types)
    sigma, _ = literal(game, 1.0)
    for trace in (False, True):
        solution = solve_tables(game, 1.0, trace=trace)
        for j, theta in enumerate(game.types):
            found = [solution.chance("opening", f"message {m}", theta) for m in range(3)]
            assert found == pytest.approx(sigma[j], abs=1e-4)


@pytest.mark.parametrize("precision", [2.0, 30.0])
def test_probabilities_beliefs_and_values_add_up(precision):
    game = signalling()
    solution = solve_tables(game, precision)
    assert solution.mass_error < 1e-12
    assert solution.martingale_error < 1e-12
    ends = [n.name for n in game.nodes if n.kind == "end"]
    for theta in (None, *game.types):
        assert sum(solution.reach(name, theta) for name in ends) == pytest.approx(1, abs=1e-12)
    # A's value is what it gets at the ends, weighed by their probabilities.
    paid = sum(solution.reach(n.name) * n.end_a for n in game.nodes if n.kind == "end")
    assert solution.value("A", "opening") == pytest.approx(paid, abs=1e-5)
    heard = [solution.reach(f"heard {m}") for m in range(3)]
    mean = sum(h * solution.belief(f"heard {m}")["strong"] for m, h in enumerate(heard) if h > 0)
    assert mean == pytest.approx(0.3, abs=1e-12)
    for m in range(3):
        strong = 0.3 * solution.chance("opening", f"message {m}", "strong")
        assert solution.belief(f"heard {m}")["strong"] == pytest.approx(
            strong / heard[m], abs=1e-12
        )


def test_twice_the_stakes_at_half_the_precision_and_a_gift_to_b_change_nothing():
    one = solve_tables(signalling(), 4.0)
    two = solve_tables(signalling(scale=2.0), 2.0)
    gift = solve_tables(signalling(shift=0.7), 4.0)
    for theta in TWO:
        for m in range(3):
            said = one.chance("opening", f"message {m}", theta)
            assert two.chance("opening", f"message {m}", theta) == pytest.approx(said, abs=1e-9)
            assert gift.chance("opening", f"message {m}", theta) == pytest.approx(said, abs=1e-9)
    assert gift.value("B", "opening") == pytest.approx(one.value("B", "opening") + 0.7, abs=1e-9)


def test_evidence_moves_beliefs_by_bayes_rule():
    states: dict[str, State] = {
        "rumour": Chance({"shots": {"strong": 0.9, "weak": 0.2}, "calm": {"strong": 0.1, "weak": 0.8}}),
        "shots": MoveA([Act("yield", "yielded"), Act("stand", "stood")]),
        "calm": MoveA([Act("yield", "yielded"), Act("stand", "stood")]),
        "yielded": End(0, 0),
        "stood": MoveB([Act("fight", "fought"), Act("leave", "left")]),
        "fought": End(-1, {"strong": 1, "weak": -9}),
        "left": End(1, 0),
    }  # fmt: skip
    solution = solve_tables(from_tables(states, "rumour", types=TWO, belief_steps=100), 5.0)
    strong = 0.3 * 0.9 / (0.3 * 0.9 + 0.7 * 0.2)
    assert solution.belief("shots")["strong"] == pytest.approx(strong, abs=1e-15)
    fights = {
        t: theory.logit_shares((q, 0.0), 5.0)[0] for t, q in (("strong", 1.0), ("weak", -9.0))
    }
    worth = sum(p * (1 - 2 * fights[t]) for t, p in (("strong", strong), ("weak", 1 - strong)))
    stands = theory.logit_shares((0.0, worth), 5.0)[1]
    assert solution.chance("shots", "stand") == pytest.approx(stands, abs=1e-12)
    assert solution.chance("shots", "stand") < solution.chance("calm", "stand")


def test_flows_lumps_and_discounts_add_up_over_periods():
    states: dict[str, State] = {
        "work": MoveA([Act("on", "work", a=0.5, later=True)], flow_a=2, flow_b=1, at_end=(10, 20)),
    }
    solution = solve_tables(
        from_tables(states, "work", periods=3, discount=(0.9, 0.5)), mode="exact"
    )
    assert solution.value("A", "work") == pytest.approx(2.5 * (1 + 0.9 + 0.81) + 0.729 * 10)
    assert solution.value("B", "work") == pytest.approx(1.75 + 0.125 * 20)
    assert solution.value("B", "work", period=2) == pytest.approx(1 + 0.5 * 20)
    assert solution.reach("work") == 4
    assert solution.reach("work", period=3) == 1


def test_a_precision_per_round_is_turned_into_one_per_payoff_unit():
    states: dict[str, State] = {
        "go": MoveA([Act("x", "on", a=0.1), Act("y", "on")]),
        "on": Chance({"go": 1}, later=True),
        "end": End(0, 0),
    }
    states["go"] = MoveA([Act("x", "on", a=0.1), Act("y", "on")], at_end=(0, 0))
    game = from_tables(states, "go", periods=2, discount=(0.97, 0.9))
    solution = solve_tables(game, 8.0, round_periods=2)
    lam = stake_precision(8.0, 0.97, 2)
    assert solution.precision == (lam, stake_precision(8.0, 0.9, 2))
    assert solution.chance("go", "x") == pytest.approx(
        theory.logit_shares((0.1, 0.0), lam)[0], abs=1e-12
    )


@pytest.mark.parametrize("mode", ["logit", "exact"])
def test_best_responses_take_the_first_of_equals_and_nothing_that_is_not_available(mode):
    acts = [Act("gone", "end", weight=0, a=9), Act("x", "end", a=1), Act("y", "end", a=1 + 1e-14)]
    states: dict[str, State] = {"go": MoveA([*acts, Act("z", "end", a=0.5)]), "end": End(0, 0)}
    precision = math.inf if mode == "exact" else 3.0
    solution = solve_tables(from_tables(states, "go"), precision)
    assert solution.mode == mode
    assert solution.chance("go", "gone") == 0
    if mode == "exact":
        assert solution.policy("go") == {"gone": 0, "x": 1, "y": 0, "z": 0}
    else:
        assert solution.chance("go", "x") == pytest.approx(solution.chance("go", "y"), abs=1e-12)


def test_private_kinds_answer_the_mean_of_the_other_side():
    rng = np.random.default_rng(11)
    pay_a, pay_b = rng.normal(size=(2, 3, 2)), rng.normal(size=(3, 3, 2))
    kinds_a, kinds_b = {"k": 0.25, "l": 0.75}, {"x": 0.2, "y": 0.5, "z": 0.3}
    states: dict[str, State] = {
        "game": MoveBoth(["u", "m", "d"], ["l", "r"], "end", pay_a, pay_b, kinds_a, kinds_b),
        "end": End(0.1, {"strong": 0.2, "weak": -0.2}),
    }
    solution = solve_tables(from_tables(states, "game", types=TWO), 2.0)
    x = np.array([solution.chance("game", n) for n in ("u", "m", "d")])
    y = np.array([solution.chance("game", n) for n in ("l", "r")])
    rows = [theory.logit_shares((pay @ y).tolist(), 2.0) for pay in pay_a]
    columns = [theory.logit_shares((x @ pay).tolist(), 2.0) for pay in pay_b]
    assert x == pytest.approx(np.array([0.25, 0.75]) @ np.array(rows), abs=1e-9)
    assert y == pytest.approx(np.array([0.2, 0.5, 0.3]) @ np.array(columns), abs=1e-9)
    paid = sum(
        p * np.array(row) @ pay @ y for p, row, pay in zip((0.25, 0.75), rows, pay_a, strict=True)
    )
    assert solution.value("A", "game") == pytest.approx(0.1 + paid, abs=1e-9)


def test_types_of_b_answer_alike_but_not_the_same():
    pay = {"strong": (0.9, 0.0), "weak": (0.0, 0.6)}
    states: dict[str, State] = {
        "game": MoveBoth(["u", "d"], ["l", "r"], [["ul", "end"], ["end", "dr"]], [[1, 0], [0, 1]]),
        "end": End(0, 0),
        "ul": End(0, {t: p[0] for t, p in pay.items()}),
        "dr": End(0, {t: p[1] for t, p in pay.items()}),
    }
    solution = solve_tables(from_tables(states, "game", types=TWO), 3.0)
    u = solution.chance("game", "u")
    left = {}
    for theta, (ul, dr) in pay.items():
        left[theta] = solution.chance("game", "l", theta)
        said = theory.logit_shares((u * ul, (1 - u) * dr), 3.0)[0]
        assert left[theta] == pytest.approx(said, abs=1e-9)
    mean = 0.3 * left["strong"] + 0.7 * left["weak"]
    assert u == pytest.approx(theory.logit_shares((mean, 1 - mean), 3.0)[0], abs=1e-9)


def test_a_proposal_is_the_same_game_whoever_is_called_a():
    ends: dict[str, State] = {"mine": End(2, 0), "yours": End(0, 2), "war": End(0.5, 0.7)}
    swapped: dict[str, State] = {"mine": End(0, 2), "yours": End(2, 0), "war": End(0.7, 0.5)}
    answers = [Act("refuse", "war")]
    one = from_tables({"offer": Proposal("A", "mine", "yours", answers), **ends}, "offer")
    two = from_tables({"offer": Proposal("B", "mine", "yours", answers), **swapped}, "offer")
    for noisy in (4.0, math.inf):
        first = solve_tables(one, (math.inf, noisy))
        second = solve_tables(two, (noisy, math.inf))
        assert first.value("A", "offer") == second.value("B", "offer")
        assert first.chance("offer", "accept") == second.chance("offer", "accept")
        assert first.proposal("offer") == second.proposal("offer")


# --- What is refused ----------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once():
    states: dict[str, State] = {
        "go": MoveA([Act("x", "nowhere"), Act("x", "on", weight=-1)]),
        "on": Chance({"go": 0.5, "end": 0.4}),
        "offer": MoveB([Act("y", "end", 0.5, nest="deals")], nests={"deals": 1}),
        "end": End(math.nan, {"strng": 1}),
    }
    with pytest.raises(CompileError) as raised:
        from_tables(states, "goo", types={"strong": 0.5, "weak": 0.4}, periods=0, discount=1.2)
    said = str(raised.value)
    for part in (
        "unknown state 'nowhere'", "uses a name twice: 'x'", "negative weight",
        "probabilities given 'strong' sum to 0.9", "weights in nest 'deals' must sum to 1, got 0.5",
        "worth to A must be finite", "unknown type 'strng'; did you mean 'strong'?",
        "start is the unknown state 'goo'; did you mean 'go'?", "prior over types must sum to 1",
        "periods must be a whole number above 0", "discount of A must lie in (0, 1]",
        "run in a circle",
    ):  # fmt: skip
        assert part in said, part
    assert said.count("run in a circle") == 1


END: dict[str, State] = {"end": End(0, 0)}


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({"go": MoveA([Act("x", "go", later=True)])}, "time is up: give it at_end"),
        ({"go": MoveA([])}, "no act available"),
        ({"go": MoveA([Act("x", "end", weight=0)])}, "no act available"),
        ({"go": MoveA([Act("x", "end", nest="n")])}, "unknown nest 'n'"),
        ({"go": MoveA([Act("x", "end")], top=0)}, "top must be above 0"),
        ({"go": Chance({})}, "at least one outcome"),
        ({"go": Chance({"end": 2, "go": -1})}, "negative probability"),
        ({"go": Proposal("A", "end", "end", [])}, "acceptance and another answer"),
        ({"go": MoveBoth(["x"], ["x"], "end")}, "uses a name twice"),
        ({"go": MoveBoth(["x"], ["y"], [["end", "end"]])}, "must be a table of 1 rows by 1"),
        ({"go": MoveBoth(["x"], ["y"], "end", [[1, 2]])}, "pay_a has shape"),
        ({"go": MoveBoth(["x"], ["y"], "end", row_weights=[1, 2])}, "must have 1 entries"),
        ({"go": MoveBoth(["x"], ["y"], "end", kinds_a={"k": 0.5})}, "kinds_a must sum to 1"),
    ],
)
def test_tables_that_make_no_game(states, message):
    with pytest.raises(CompileError, match=message.replace("(", r"\(")):
        from_tables({**states, **END}, "go")


def test_signals_need_a_belief_grid():
    with pytest.raises(CompileError, match="A can learn about B's type in 'opening'"):
        signalling(steps=0)


def test_what_a_gets_after_a_simultaneous_move_may_not_depend_on_b_s_type():
    states: dict[str, State] = {
        "go": MoveBoth(["x", "y"], ["v", "w"], "luck"),
        "luck": Chance({"good": {"strong": 0.9, "weak": 0.1}, "bad": {"strong": 0.1, "weak": 0.9}}),
        "good": End(1, 0),
        "bad": End(0, 0),
    }
    with pytest.raises(ValueError, match="depends on B's type; this is not solved"):
        solve_tables(from_tables(states, "go", types=TWO), 2.0)


def test_types_may_not_meet_at_a_simultaneous_move_or_a_proposal_that_a_learns_from():
    later: dict[str, State] = {"next": MoveA([Act("x", "end"), Act("y", "end")]), **END}
    meets: dict[str, State] = {"go": MoveBoth(["x"], ["y", "z"], "next"), **later}
    with pytest.raises(CompileError, match="A must not act afterwards"):
        from_tables(meets, "go", types=TWO, belief_steps=10)
    talks: dict[str, State] = {"go": Proposal("B", "end", "end", [Act("no", "end")]), **END}
    with pytest.raises(CompileError, match="a continuous signal has no solution here"):
        from_tables(talks, "go", types=TWO, belief_steps=10)


def test_best_responses_are_refused_where_they_are_not_defined():
    with pytest.raises(ValueError, match="so B's acts are signals"):
        solve_tables(signalling(), mode="exact")
    states: dict[str, State] = {"go": MoveBoth(["x", "y"], ["v", "w"], "end"), **END}
    with pytest.raises(ValueError, match="both sides move at once"):
        solve_tables(from_tables(states, "go"), mode="exact")


@pytest.mark.parametrize("precision", [0.0, -1.0, (1.0, 0.0), math.nan])
def test_a_precision_must_be_positive(precision):
    with pytest.raises(ValueError, match="must be positive"):
        solve_tables(signalling(), precision)


def test_questions_without_an_answer_are_refused():
    states: dict[str, State] = {"go": MoveA([Act("x", "end"), Act("y", "far")]), **END}
    states["far"] = MoveA([Act("z", "end")])
    solution = solve_tables(from_tables(states, "go"), mode="exact")
    with pytest.raises(ValueError, match="'far' is not reached in period 0"):
        solution.chance("far", "z")
    assert solution.policy("far") == {"z": 1}
    for ask in (
        lambda: solution.chance("nowhere", "x"),
        lambda: solution.chance("go", "w"),
        lambda: solution.chance("go", "x", "tall"),
    ):
        with pytest.raises(KeyError):
            ask()
    with pytest.raises(ValueError, match="period must lie in"):
        solution.value("A", "go", period=2)
    with pytest.raises(ValueError, match="no worth when time is up"):
        solution.value("A", "go", period=1)
    with pytest.raises(ValueError, match="nothing is proposed"):
        solution.proposal("go")
