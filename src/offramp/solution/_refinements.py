"""Other cuts of the same game: what a certificate solves again, one change at a time.

A *refinement* is the same crisis, plan and offer with one thing cut finer: offers on the frontier,
beliefs, positions of the front, phases of a ramp, coalition tiers, months between solved rounds (at
the same mean spacing of rounds), or a later end. A result should hardly move under any of them, and how
much it does move is its error.

Two more changes are solved for what they tell and count as no error. *Rounds half as long* is another
premise about how often the sides talk, as the precision is about how well they choose: the spacing
of rounds and the months between solved ones are halved, kappa per round stays, so that lambda =
kappa / (1 - delta^m) follows the new mean spacing m. An *earlier end* is coarser, not finer; it shows
how fast the end of the game fades from the month that is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from offramp.game import Game, Resolution, compile_game
from offramp.game._compile import solve_step

FINER_HORIZON, COARSER_HORIZON = 1.25, 0.75
"""Factors on the horizon: T + 25 % and T - 25 %."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """One change of a game's cut.

    Attributes:
        name: What certificates call it; ``what`` says it in numbers.
        counts: Whether the change it makes is an error of the result.
        resolution: Grid sizes.
        horizon: Months reported (None: as they are); ``round_months`` mean months between rounds.
    """

    name: str
    what: str
    counts: bool
    resolution: Resolution
    horizon: int | None = None
    round_months: float | None = None

    def apply(self, game: Game) -> Game:
        """The game cut that way."""
        return recompiled(game, self.resolution, self.horizon, self.round_months)


def recompiled(
    game: Game,
    resolution: Resolution | None = None,
    horizon: int | None = None,
    round_months: float | None = None,
) -> Game:
    """The same crisis, plan, offer and beliefs at other grid sizes, another horizon or other rounds."""
    crisis = game.crisis
    changes: dict[str, object] = {}
    if horizon is not None:
        changes["horizon_months"] = horizon
    if round_months is not None:
        changes["round_months"] = round_months
    if changes:
        clock = crisis.clock.model_copy(update=changes)
        crisis = crisis.model_copy(update={"clock": clock})
    frozen = game.grid.frozen is not None
    again = compile_game(
        crisis, game.plan, None, resolution or game.resolution, frozen_beliefs=frozen
    )
    return replace(again, plan_id=game.plan_id, reading_id=game.reading_id)


def neighbours(game: Game) -> tuple[Refinement, ...]:
    """Every change that applies to this game; :func:`left_out` names the others."""
    found = (
        _offers(game), _beliefs(game), _front(game), _phases(game), _tiers(game), _clock(game),
        _horizon(game, FINER_HORIZON), _horizon(game, COARSER_HORIZON), _rounds(game),
    )  # fmt: skip
    return tuple(x for x in found if isinstance(x, Refinement))


def left_out(game: Game) -> tuple[str, ...]:
    """Why some changes do not apply to this game."""
    tried = _front(game), _phases(game), _tiers(game), _beliefs(game), _clock(game), _rounds(game)
    return tuple(x for x in tried if isinstance(x, str))


def _offers(game: Game) -> Refinement:
    r = game.resolution
    finer = max(2 * r.offers - 1, 2)
    what = f"{r.offers} to {finer} points on the frontier"
    return Refinement("more offers", what, True, r.with_(offers=finer))


def _beliefs(game: Game) -> Refinement | str:
    if len(game.types) == 1 or game.grid.frozen is not None:
        return "beliefs: they do not move in this game"
    r = game.resolution
    two, more = r.belief_steps
    steps = (two * 2, more + 2)
    now, then = (two, steps[0]) if len(game.types) == 2 else (more, steps[1])
    return Refinement(
        "finer beliefs",
        f"{now} to {then} steps along an edge, and futures merged in cells half as wide",
        True,
        r.with_(belief_steps=steps, particle_steps=2 * r.particle_steps),
    )


def _front(game: Game) -> Refinement | str:
    war = game.crisis.war
    if war.ends_decide or game.layout.sizes[0] == 1:
        return "front: it is not a line that can be cut finer"
    finer = game.resolution.position_factor + 1
    if war.intensity.value * finer**2 > 1:
        return "front: it moves too fast for a finer line in steps of a month"
    what = f"{finer - 1} to {finer} positions in a step of the front"
    return Refinement("finer front", what, True, game.resolution.with_(position_factor=finer))


def _phases(game: Game) -> Refinement | str:
    if not any(node.phase for node in game.automaton.nodes):
        return "ramps: none starts at a date that is not known beforehand"
    now = game.resolution.phases
    what = f"{now} to {now + 1} phases"
    return Refinement("finer ramps", what, True, game.resolution.with_(phases=now + 1))


def _tiers(game: Game) -> Refinement | str:
    now, most = len(game.cohesion), len(game.crisis.coalition.tiers)
    if now == 1 or now >= most:
        return "coalition: every tier of the file that can be reached is in the game"
    finer = min(2 * now - 1, most)
    what = f"{now} to {finer} of the file's {most} tiers"
    return Refinement("more coalition tiers", what, True, game.resolution.with_(tiers=finer))


def _clock(game: Game) -> Refinement | str:
    alternating = game.crisis.clock.protocol == "alternating"
    now = solve_step(game.crisis, game.resolution)
    if alternating or now == 1:
        return "clock: rounds are solved in every month in which there can be one"
    finer = game.resolution.with_(solve_every=now / 2)
    then = solve_step(game.crisis, finer)
    what = f"solved every {_months(then)} in place of every {_months(now)}, as many rounds"
    return Refinement("finer clock", what, True, finer)


def _horizon(game: Game, factor: float) -> Refinement | None:
    now = game.crisis.clock.horizon_months
    then = max(1, round(now * factor))
    if then == now:
        return None
    later = then > now
    name = "later end" if later else "earlier end"
    sign = "+" if later else "\N{MINUS SIGN}"
    return Refinement(
        name, f"{now} to {then} months, T {sign} 25 %", later, game.resolution, horizon=then
    )


def _rounds(game: Game) -> Refinement | str:
    clock = game.crisis.clock
    half = clock.round_months / 2
    what = f"every {half:g} months on average in place of {clock.round_months:g}"
    finer = game.resolution.with_(solve_every=game.resolution.solve_every / 2)
    if clock.protocol == "alternating":
        fits = half >= 1 and half == int(half)
    else:
        chance = sum(share.value for share in clock.recognition.values())
        step = max(1, int(min(finer.solve_every, half)))
        fits = chance * step / half <= 1
    if not fits:
        return "rounds half as long: more than one move in a month, and one is modelled"
    return Refinement("rounds half as long", what, False, finer, round_months=half)


def _months(n: int) -> str:
    return "month" if n == 1 else f"{n} months"
