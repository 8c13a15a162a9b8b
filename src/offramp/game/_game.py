"""The compiled game: everything the solver reads, as arrays. No strategy in it.

One period is a month. In period t: the plan's trigger may fire; in solved months a side is
recognised and moves; the other responds; flows are paid in the state reached; nature moves; in some
months a public signal y about B's type arrives. The continuation of acting so that the public state
becomes s with belief mu is::

    C_i(s, mu) = (1 - delta_i) u_i(t, s) + delta_i E[ V_i(t+1, s', mu_y) | s ]

and a settlement kept for ever is worth its W. Values are therefore in stake units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from offramp.crisis._pressure import Plan
from offramp.crisis._schema import Crisis
from offramp.game._beliefs import BeliefGrid
from offramp.game._offers import Offer
from offramp.game._plans import Automaton
from offramp.game._preferences import Floats, Stakes
from offramp.game._resolution import Resolution
from offramp.game._states import ACTIVE, REGIME_NAMES, SETTLED, Layout
from offramp.game._triggers import fire

if TYPE_CHECKING:
    from offramp.game._acts import ActTables

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
        lump_sign_a, lump_sign_b: Lumps for signing, each (n, offers).
        lump_down: What a side pays for stepping down itself, shape (2, n).
        lump_pause: What each side pays when a ceasefire is agreed, shape (2, n).
        commit: A side committing itself in public, shape (2, n).
        activate: An adaptive A beginning the next stage of its plan, shape (n,).
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
    lump_down: Floats
    lump_pause: Floats
    commit: Ints
    activate: Ints


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
    commit: float
    activate: float


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
        signals: By month, None or P(y | theta) of the public signal about B's type that arrives at
            its end, after nature's move, shape (signals, types).
        credibility: Chance, as B believes, that A follows through when a trigger fires.
        followed: Chance that A really does.
        tracked: Events that are public states, in the order of the bits of ``layout.happened``.
        notes: What of the file is not in this game, and why.
        averages: What of the file is in this game by its expected effect only.
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
    signals: tuple[Floats | None, ...]
    credibility: float
    followed: float
    tracked: tuple[str, ...]
    averages: tuple[str, ...]

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
            "actions": len(self.offers) + 5 + self._more_acts,
        }

    @property
    def _more_acts(self) -> int:
        """Acts beyond offers, a ceasefire, hold, climb, step down and fight it out."""
        return int((self.moves.activate >= 0).any()) + int((self.moves.commit >= 0).any())

    @cached_property
    def acts(self) -> ActTables:
        """What can be done where: acts, proposals and answers as tables."""
        from offramp.game._acts import act_tables

        return act_tables(self.moves, self.weights, len(self.types))

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
        if regime in ACTIVE:
            for name, committed in zip(sides, lay.pledges[int(lay.pledge[s])], strict=True):
                if committed:
                    parts.append(f"{name} committed in public")
        for bit, event in enumerate(self.tracked):
            if lay.happened[s] >= 0 and lay.happened[s] >> bit & 1:
                parts.append(f"after the event \u201c{self.crisis.events[event].name}\u201d")
        return ", ".join(parts)

    def after_triggers(self, month: int, states: Ints, beliefs: Floats) -> Ints:
        """States after the plan's triggers have been looked at.

        Args:
            month: Month.
            states: Any states, shape (n,).
            beliefs: A's beliefs there, shape (n, types).
        """
        return fire(self, month, states, beliefs)[0]

    def trigger_lottery(
        self, month: int, states: Ints, beliefs: Floats, *, actual: bool = False
    ) -> tuple[tuple[Ints, float], ...]:
        """Where the plan's triggers may take states: (states after, probability) pairs.

        Probabilities sum to 1. One pair if A is sure to follow the plan or no trigger fires here;
        otherwise the pair in which A follows it to the end, and one for each firing at which A may
        be seen not to act (states where less fired are the same in both).

        Args:
            month: Month.
            states: Any states, shape (n,).
            beliefs: A's beliefs there, shape (n, types).
            actual: Use the chance that A follows (``followed``), not what B believes
                (``credibility``).
        """
        moved, lapsed = fire(self, month, states, beliefs)
        keeps = self.followed if actual else self.credibility
        if not lapsed or keeps >= 1.0:
            return ((moved, 1.0),)
        pairs = [(moved, keeps ** len(lapsed))]
        pairs += [(other, keeps**j * (1.0 - keeps)) for j, other in enumerate(lapsed)]
        return tuple(pair for pair in pairs if pair[1] > 0)
