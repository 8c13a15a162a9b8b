"""The compiled game: everything the solver reads, as arrays. No strategy in it.

One period is a month. In period t: the plan's trigger may fire; in solved months a side is
recognised and moves; the other responds; flows are paid in the state reached; nature moves. The
continuation of acting so that the public state becomes s with belief mu is::

    C_i(s, mu) = (1 - delta_i) u_i(t, s) + delta_i E[ V_i(t+1, s', mu) | s ]

and a settlement kept for ever is worth its W. Values are therefore in stake units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.crisis import _expressions as ex
from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._beliefs import BeliefGrid
from offramp.game._offers import Offer
from offramp.game._plans import Automaton
from offramp.game._preferences import Floats, Stakes
from offramp.game._resolution import Resolution
from offramp.game._states import ACTIVE, REGIME_NAMES, SETTLED, Layout

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


class CompileError(ValueError):
    """The crisis is valid but cannot be turned into this game; the message says what to change."""

    exit_code = 3


@dataclass(frozen=True)
class Moves:
    """Where acts lead from each active state: post-states, -1 where an act is not available.

    Attributes:
        states: The active states, shape (n,).
        up: Escalating by side (A, B), shape (2, n); in a stand-off an attack.
        down: Stepping down by side.
        pause: Agreeing to a ceasefire, shape (n,).
        fight: Forcing all-out war by side.
        sign: Settlement reached by signing each offer, shape (n, offers).
        ratify: Chance that a signed offer is ratified, shape (n, offers).
        propose: Whether each side may propose each offer, shape (2, n, offers).
        lump_attack_a: What A pays when either side attacks (stake units), shape (n,).
        lump_attack_b: What B's types pay, less their gain, when B attacks, shape (n, types).
        lump_attacked_b: What B pays when A attacks, shape (n,).
        lump_sign_a, lump_sign_b: Lumps for signing, A's (offers,) and B's (n, offers).
    """

    states: Ints
    up: Ints
    down: Ints
    pause: Ints
    fight: Ints
    sign: Ints
    ratify: Floats
    propose: Bools
    lump_attack_a: Floats
    lump_attack_b: Floats
    lump_attacked_b: Floats
    lump_sign_a: Floats
    lump_sign_b: Floats


@dataclass(frozen=True)
class Reviews:
    """Settlements under review: where breaking one leads, and what it costs at once.

    Attributes:
        states: Settlement states, shape (n,).
        broken: Post-state after a breach, shape (n,).
        gain_b: Lump of B's types when B breaks it, shape (n, types); ``gain_a`` A's, (n,).
    """

    states: Ints
    broken: Ints
    gain_b: Floats
    gain_a: Floats


@dataclass(frozen=True)
class ActWeights:
    """Prior weights of acts per round (propose: all offers together)."""

    hold: float
    propose: float
    ceasefire: float
    escalate: tuple[float, float]
    de_escalate: float
    fight: float
    renege: float


@dataclass(frozen=True)
class Protocol:
    """Who moves when: chance of recognition per month and side, zero in unsolved months.

    ``spacing`` is the mean months between rounds, which sets the logit precision.
    """

    recognition: Floats
    spacing: float


@dataclass(frozen=True, repr=False)
class Game:
    """A crisis, a plan and a reading at a resolution, as tables.

    Attributes:
        months: Solved months; ``shown`` of them are reported.
        discount: Monthly discount factors (A, B).
        types: Type ids of B; ``opening`` are beliefs at month 0.
        flow_a: A's flow by month and state, (months+1, nS); ``flow_voice`` by voice of A.
        flow_b: B's flow by type, (months+1, types, nS).
        chance: Transition matrix of each month.
        terminal: Fixed values (A, B) of active states at the end, or None for a stalemate.
        start: Opening state.
        signed_value: W of each voice for each signed offer, (voices, offers).
        floors: Least W each voice ratifies by position and tier; nan where it is not asked.
    """

    crisis: Crisis
    plan_id: str
    plan: Plan
    reading_id: str | None
    resolution: Resolution
    stakes: Stakes
    offers: tuple[Offer, ...]
    automaton: Automaton
    layout: Layout
    grid: BeliefGrid
    types: tuple[str, ...]
    opening: Floats
    months: int
    shown: int
    discount: tuple[float, float]
    voices: tuple[str, ...]
    flow_a: Floats
    flow_voice: Floats
    flow_b: Floats
    chance: tuple[sparse.csr_matrix, ...]
    moves: Moves
    reviews: Reviews
    weights: ActWeights
    protocol: Protocol
    terminal: tuple[float, float] | None
    start: int
    cohesion: Floats
    notes: tuple[str, ...]
    signed_value: Floats
    floors: Floats

    def __repr__(self) -> str:
        states, beliefs = self.layout.size, self.grid.size
        return (
            f"<Game {self.crisis.id}, plan {self.plan_id}, {self.resolution.name}: {states} states x "
            f"{beliefs} beliefs x {self.months} months>"
        )

    @property
    def size(self) -> dict[str, int]:
        """Numbers of states, belief-states, periods, types, offers and acts."""
        return {
            "states": self.layout.size,
            "belief_states": self.layout.size * self.grid.size,
            "periods": self.months,
            "types": len(self.types),
            "offers": len(self.offers),
            "actions": len(self.offers) + 5,
        }

    @property
    def front_factor(self) -> int:
        """Lattice positions per battlefield step of the crisis file."""
        return 1 if self.crisis.war.ends_decide else self.resolution.position_factor

    def opening_floor(self, voice: int) -> float | None:
        """Least W that a voice ratifies today (None where it is not asked)."""
        middle = (self.layout.sizes[0] - 1) // 2
        level = float(self.floors[voice, middle, 0])
        return None if np.isnan(level) else level

    def state_name(self, s: int) -> str:
        """A state in words, e.g. ``war, one step towards Russia, coalition strained``."""
        lay = self.layout
        regime = int(lay.regime[s])
        sides = (self.crisis.blocs["A"].name, self.crisis.blocs["B"].name)
        parts = [
            REGIME_NAMES[regime]
            .replace("A collapsed", f"{sides[0]} collapsed")
            .replace("B collapsed", f"{sides[1]} collapsed")
        ]
        if regime == SETTLED:
            parts.append(self.offers[int(lay.offer[s])].name)
        if regime in ACTIVE:
            steps = (int(lay.position[s]) - (lay.sizes[0] - 1) // 2) / self.front_factor
            if steps:
                side = sides[1] if steps > 0 else sides[0]
                parts.append(
                    f"{abs(steps):.3g} step{'s' if abs(steps) != 1 else ''} towards {side}"
                )
            if lay.rung[s] > 0:
                parts.append("one step up the ladder")
            if len(self.automaton.nodes) > 1:
                parts.append(self.automaton.names[int(lay.node[s])])
        if lay.tier[s] >= 0 and lay.sizes[3] > 1:
            coalition = self.crisis.coalition
            level = np.abs(np.array(coalition.tiers) - self.cohesion[lay.tier[s]]).argmin()
            parts.append(f"coalition {coalition.tier_names[int(level)]}")
        if lay.clock[s] == 1:
            parts.append("clock ripe")
        return ", ".join(parts)

    def after_triggers(self, month: int, states: Ints, beliefs: Floats) -> Ints:
        """States after the plan's triggers have been looked at.

        Args:
            month: Month.
            states: Any states, shape (n,).
            beliefs: A's beliefs there, shape (n, types).
        """
        auto, lay = self.automaton, self.layout
        if all(t is None for t in auto.trigger):
            return states
        result = states.copy()
        active = lay.node[states] >= 0
        stage = np.array([n.stage for n in auto.nodes])
        counter = np.array([n.counter for n in auto.nodes])
        enter = np.array(auto.enter)
        for i, trigger in enumerate(auto.trigger):
            if trigger is None:
                continue
            pick = np.flatnonzero(active & (stage[lay.node[result]] == i))
            if not len(pick):
                continue
            s = result[pick]
            values: dict[str, object] = {
                "months": np.full(len(s), float(month)),
                "months_without_ceasefire": counter[lay.node[s]].astype(float),
                "position": (lay.position[s] - (lay.sizes[0] - 1) // 2) / self.front_factor,
                "cohesion": self.cohesion[lay.tier[s]],
                "rung": self.crisis.ladder.base + self.crisis.ladder.step * lay.rung[s],
                "war": lay.regime[s] == 1,
                "ceasefire": lay.regime[s] == 2,
                "standoff": lay.regime[s] == 0,
                "settlement": np.zeros(len(s), dtype=bool),
            }
            for j, theta in enumerate(self.types):
                values[f"belief.{theta}"] = beliefs[pick, j]
            fired = np.broadcast_to(np.asarray(ex.evaluate(trigger, values), dtype=bool), s.shape)
            if fired.any():
                f = s[fired]
                z = enter[lay.node[f]]
                table = np.stack(lay.active)
                result[pick[fired]] = table[
                    lay.regime[f], lay.position[f], lay.rung[f], z, lay.tier[f], lay.clock[f]
                ]
        return result
