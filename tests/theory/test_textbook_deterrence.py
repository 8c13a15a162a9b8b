"""Credibility thresholds and the unilateral deterrence game, against best replies."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offramp.theory import (
    DeterrencePayoffs,
    attacks,
    critical_credibility,
    deterrent_probability,
    logit_deterrence,
    unilateral_deterrence,
)

CRISIS = DeterrencePayoffs(
    c_dc=1.0,
    c_sq=0.6,
    c_dd_hard=0.4,
    c_cd=0.2,
    c_dd_soft=0.0,
    d_cd=1.0,
    d_dd_hard=0.8,
    d_dc=0.6,
    d_dd_soft=0.0,
)


def test_a_dissatisfied_challenger_takes_more_deterring():
    assert critical_credibility(1.0, 0.6, 0.4) == pytest.approx(2.0 / 3.0)
    assert critical_credibility(1.0, 0.3, 0.0) > critical_credibility(1.0, 0.6, 0.0)


@given(
    gain=st.floats(0.05, 2.0),
    loss=st.floats(0.05, 2.0),
    resist=st.floats(0.0, 1.0),
    kept=st.booleans(),
)
def test_deterrence_holds_exactly_when_challenging_does_not_pay(gain, loss, resist, kept):
    threshold = deterrent_probability(gain, loss, kept)
    assume(abs(resist - threshold) > 1e-9)
    challenge = gain - resist * loss if kept else (1.0 - resist) * gain - resist * loss
    assert (resist > threshold) == (challenge < 0.0)


def test_a_gain_that_survives_punishment_may_be_impossible_to_deter():
    assert deterrent_probability(2.0, 1.0, True) > 1.0
    assert deterrent_probability(2.0, 1.0, False) == pytest.approx(2.0 / 3.0)


def test_attack_needs_a_defender_that_is_soft_enough():
    assert attacks(1.0, 0.6, 0.0, 0.39)
    assert not attacks(1.0, 0.6, 0.0, 0.41)


def test_soft_challengers_bluff_and_soft_defenders_sometimes_call():
    play = unilateral_deterrence(CRISIS, 0.2, 0.2)
    assert play.region == "bluff"
    assert play.c_t == pytest.approx(0.66666667, abs=5e-9)
    assert play.c_s == pytest.approx(0.5, abs=1e-14)
    assert play.d_n == pytest.approx(0.4, abs=1e-14)
    assert play.soft_initiates == pytest.approx(0.375, abs=1e-14)
    assert play.soft_resists == pytest.approx(0.375, abs=1e-14)


@given(p_ch=st.floats(0.01, 0.99), p_def=st.floats(0.01, 0.99))
def test_textbook_play_leaves_no_type_a_better_reply(p_ch, p_def):
    u = CRISIS
    play = unilateral_deterrence(u, p_ch, p_def)
    assume(min(abs(p_def - play.c_s), abs(p_def - play.c_t), abs(p_ch - play.d_n)) > 1e-6)
    resisted = p_def * play.hard_resists + (1.0 - p_def) * play.soft_resists
    initiate = (
        (play.hard_initiates, (1.0 - resisted) * u.c_dc + resisted * u.c_dd_hard - u.c_sq),
        (play.soft_initiates, (1.0 - resisted) * u.c_dc + resisted * u.c_cd - u.c_sq),
    )
    hard = p_ch * play.hard_initiates
    initiated = hard + (1.0 - p_ch) * play.soft_initiates
    belief = hard / initiated if initiated > 0.0 else p_ch
    resist = (
        (play.hard_resists, belief * u.d_dd_hard + (1.0 - belief) * u.d_cd - u.d_dc),
        (play.soft_resists, belief * u.d_dd_soft + (1.0 - belief) * u.d_cd - u.d_dc),
    )
    for probability, margin in initiate + resist:
        assert probability == 1.0 or margin <= 1e-12
        assert probability == 0.0 or margin >= -1e-12


@pytest.mark.parametrize(
    ("p_ch", "p_def", "region"),
    [
        (0.2, 0.2, "bluff"),
        (0.5, 0.2, "attack"),
        (0.2, 0.6, "separation"),
        (0.2, 0.7, "deterrence"),
    ],
)
def test_credibility_of_both_sides_decides_the_kind_of_crisis(p_ch, p_def, region):
    assert unilateral_deterrence(CRISIS, p_ch, p_def).region == region


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        (1.0, (0.51357, 0.48853, 0.57586, 0.48228)),
        (10.0, (0.53158, 0.24688, 0.96190, 0.53567)),
        (40.0, (0.97162, 0.34932, 1.0, 0.39924)),
    ],
)
def test_logit_players_are_drawn_towards_bluffing(precision, expected):
    play = logit_deterrence(CRISIS, 0.2, 0.2, precision)
    found = (play.hard_initiates, play.soft_initiates, play.hard_resists, play.soft_resists)
    assert found == pytest.approx(expected, abs=6e-6)
    assert play.residual < 1e-11


def test_even_extreme_precision_leaves_a_consistent_belief():
    for precision in (1e3, 1e4):
        play = logit_deterrence(CRISIS, 0.2, 0.2, precision)
        assert play.residual < 1e-9
        assert play.soft_initiates == pytest.approx(0.375, abs=1e-3)


def test_precise_logit_play_approaches_the_bluffing_equilibrium():
    play = logit_deterrence(CRISIS, 0.2, 0.2, 400.0)
    assert play.soft_initiates == pytest.approx(0.37304, abs=6e-6)
    assert play.soft_resists == pytest.approx(0.37703, abs=6e-6)
    assert (play.hard_initiates, play.hard_resists) == pytest.approx((1.0, 1.0), abs=1e-6)


@given(p_ch=st.floats(0.1, 0.9), p_def=st.floats(0.1, 0.9), precision=st.floats(0.0, 15.0))
def test_logit_play_is_a_fixed_point_of_noisy_replies(p_ch, p_def, precision):
    u = CRISIS
    play = logit_deterrence(u, p_ch, p_def, precision)

    def chance(margin):
        return 1.0 / (1.0 + math.exp(-precision * margin))

    press = {"hard": chance(u.c_dd_hard - u.c_cd), "soft": chance(u.c_dd_soft - u.c_cd)}
    end = {
        "hard": press["hard"] * u.c_dd_hard + (1.0 - press["hard"]) * u.c_cd,
        "soft": press["soft"] * u.c_dd_soft + (1.0 - press["soft"]) * u.c_cd,
    }
    hard = p_ch * play.hard_initiates
    belief = hard / (hard + (1.0 - p_ch) * play.soft_initiates)
    pressed = belief * press["hard"] + (1.0 - belief) * press["soft"]
    resisted = p_def * play.hard_resists + (1.0 - p_def) * play.soft_resists
    for probability, value, outside in (
        (play.hard_initiates, (1 - resisted) * u.c_dc + resisted * end["hard"], u.c_sq),
        (play.soft_initiates, (1 - resisted) * u.c_dc + resisted * end["soft"], u.c_sq),
        (play.hard_resists, pressed * u.d_dd_hard + (1 - pressed) * u.d_cd, u.d_dc),
        (play.soft_resists, pressed * u.d_dd_soft + (1 - pressed) * u.d_cd, u.d_dc),
    ):
        assert probability == pytest.approx(chance(value - outside), abs=1e-9)


def test_aimless_players_toss_coins():
    play = logit_deterrence(CRISIS, 0.3, 0.6, 0.0)
    assert (play.hard_initiates, play.soft_resists) == (0.5, 0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: critical_credibility(0.5, 0.6, 0.0),
        lambda: critical_credibility(1.0, 0.6, 1.0),
        lambda: deterrent_probability(0.0, 1.0, True),
        lambda: attacks(1.0, 0.6, 0.7, 0.5),
        lambda: unilateral_deterrence(CRISIS, 0.0, 0.5),
        lambda: logit_deterrence(CRISIS, 0.2, 0.2, -1.0),
        lambda: DeterrencePayoffs(1.0, 0.6, 0.7, 0.2, 0.0, 1.0, 0.8, 0.6, 0.0),
        lambda: DeterrencePayoffs(1.0, 0.6, 0.4, 0.2, 0.0, 1.0, 0.5, 0.6, 0.0),
    ],
)
def test_games_without_a_deterrence_problem_are_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()
