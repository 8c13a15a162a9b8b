"""Backward induction written out: dictionaries, loops and ``math``, slow and literal.

Nothing here calls the solver or reads the compiled tables. Flows, chances, moves, ratification and
values are written anew from the equations in the package's docstrings; only the list of offers and
the plan's automaton (nodes, which follows which, and the pressure in each) are taken from the game,
because tests of their own hold those to brute force. Tracked events are not written out here. Two
types. A belief is the chance of the first type; functions of the belief are known at i/D and linear
between. As in the package, A's answers to B's offers are worked out at i/D and are linear between.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from offramp.crisis import Quantity
from offramp.game import Game
from offramp.game._plans import effect, pain

State = tuple[Any, ...]
Pair = list[float]
FREE = (False, False)
"""Nobody is committed in public."""


def number(q: Quantity | None) -> float:
    """Its value; none is nothing."""
    return q.value if q is not None else 0.0


class Reference:
    """One small crisis; ``fires(month, state, belief)`` is its plan's trigger, in Python."""

    def __init__(
        self,
        game: Game,
        kappa: float,
        fires: Callable[[int, State, float], bool] | None = None,
    ) -> None:
        self.game, self.crisis, self.auto = game, game.crisis, game.automaton
        self.fires = fires
        self.D = game.grid.steps
        self.steps = self.crisis.war.reach
        self.rungs = game.layout.sizes[1]
        self.tiers = [float(c) for c in game.cohesion]
        self.clocks = game.layout.sizes[4]
        self.kinds = list(self.crisis.types.values())
        self.delta = [b.patience.value for b in (self.crisis.blocs["A"], self.crisis.blocs["B"])]
        m = self.crisis.clock.round_months
        self.lam = [kappa / (1 - d**m) for d in self.delta]
        self._flows: dict[Any, Any] = {}

    # --- what things are worth -------------------------------------------------------------------

    def stake(self, actor: str, x: dict[str, float]) -> float:
        """W = 1 - sum w |x - ideal| / span."""
        preferences = self.crisis.actors[actor].preferences
        total = sum(p.weight.value for p in preferences.values())
        loss = 0.0
        for m, p in preferences.items():
            span = max(p.ideal, 1 - p.ideal)
            loss += p.weight.value / total * (abs(x[m] - p.ideal) / span) ** self.crisis.exponent
        return 1 - loss

    def signed(self, actor: str, x: dict[str, float]) -> float:
        paid = 0.0
        for line in self.crisis.red_lines.values():
            if line.actor == actor:
                sign, bound = line.rule.split()[1:]
                over = x[line.issue] - float(bound)
                if (over if sign.startswith("<") else -over) > 1e-9:
                    paid += line.penalty.value
        return self.stake(actor, x) - min(paid, self.crisis.penalty_cap)

    def bloc(self, side: Any, worth: Callable[[str], float]) -> float:
        voices = self.crisis.blocs[side].voices
        total = sum(q.value for q in voices.values())
        return sum(q.value / total * worth(actor) for actor, q in voices.items())

    def terms_at(self, k: int) -> dict[str, float]:
        """Terms of today with the front at k steps towards B."""
        return {
            name: issue.status_quo + (k * self.crisis.war.step_size if issue.moves_with_war else 0)
            for name, issue in self.crisis.issues.items()
        }

    def terms(self, o: int) -> dict[str, float]:
        return dict(zip(self.crisis.issues, self.game.offers[o].terms, strict=True))

    # --- pressure --------------------------------------------------------------------------------

    def in_force(self, t: int, z: int) -> tuple[float, float, float, float]:
        """Pain on B, cost to A, shift of battle odds, accident hazard at month t in node z."""
        node = self.auto.nodes[z]
        defy = self.auto.terms[node.stage].defy
        keep = (1 - defy) ** (1 / 12)
        hurt = cost = shift = accident = 0.0
        accidents = {r.rung: r.accident.value for r in self.crisis.ladder.rungs}
        for stage in self.game.plan.stages:
            if stage.trigger != "start":
                continue
            for use in stage.on:
                lever = self.crisis.levers[use.lever]
                level = use.intensity * effect(lever, t)
                worth = pain(self.crisis, lever) * level
                if worth > 0:
                    hurt += worth * (1 if lever.undo_months >= 120 else keep**t)
                cost += level * (lever.cost_to_holder.value if lever.cost_to_holder else 0)
                shift += level * (lever.step_shift.value if lever.step_shift else 0)
                if level > 0 and lever.kind != "carrot":
                    accident += (
                        self.crisis.ladder.exposure.value
                        * accidents.get(lever.rung, 0.0)
                        * use.intensity
                    )
        phased = self.auto.phased[z]
        hurt += phased.reversible * keep ** self.auto.age[z] + phased.irreversible
        return hurt, cost + phased.cost, shift + phased.step_shift, accident + phased.accident

    def carrot(self, t: int) -> float:
        """What B gets from carrots once pressure is off, at full relief."""
        total = self.auto.phased[self.auto.final].carrot
        for stage in self.game.plan.stages:
            for use in stage.on if stage.trigger == "start" else ():
                lever = self.crisis.levers[use.lever]
                total -= min(0.0, pain(self.crisis, lever)) * use.intensity * effect(lever, t)
        return total

    def war_cost(self, side: str, t: int, theta: int | None = None) -> float:
        war = self.crisis.war
        base = getattr(war.cost, side).value
        if theta is not None:
            kind = self.kinds[theta]
            own = kind.war_cost.value if kind.war_cost is not None else base
            base = own + kind.delay_cost_share.value * base
        return base * (1 + getattr(war.exhaustion, side).value * t)

    # --- flows -----------------------------------------------------------------------------------

    def flows(self, t: int, s: State) -> tuple[float, Pair]:
        """Flow of A and of B's types in month t in state s."""
        if (t, s) not in self._flows:
            self._flows[t, s] = self._flow(t, s)
        return self._flows[t, s]

    def _flow(self, t: int, s: State) -> tuple[float, Pair]:
        crisis = self.crisis
        if s[0] in ("standoff", "war", "ceasefire"):
            regime, k, e, z, c, g, _ = s
            hurt, cost, _, _ = self.in_force(t, z)
            share = {"standoff": 0.0, "war": 1.0, "ceasefire": crisis.ceasefire.cost_share.value}
            wait = crisis.standoff.cost
            x = self.terms_at(k)
            a = self.bloc("A", lambda v: self.stake(v, x))
            a -= share[regime] * self.war_cost("A", t) + cost
            a -= wait.A.value if regime == "standoff" else 0
            a -= crisis.ladder.cost["A"].value if e else 0
            b = []
            for j, kind in enumerate(self.kinds):
                u = self.bloc("B", lambda v: self.stake(v, x))
                u -= share[regime] * self.war_cost("B", t, j) + hurt * self.tiers[c]
                u -= wait.B.value if regime == "standoff" else 0
                u -= crisis.ladder.cost["B"].value if e else 0
                u += kind.delay_flow.value
                u += kind.war_bonus.value if regime == "war" and g else 0
                b.append(u)
            return a, b
        if s[0] == "deal":
            _, o, _, c, _, r = s
            x = self.terms(o)
            premium = self.bloc("A", lambda v: crisis.actors[v].deal_premium.value)
            hurt, cost = self.outlived(t, r)
            a = self.bloc("A", lambda v: self.signed(v, x)) + premium - cost
            u = self.bloc("B", lambda v: self.signed(v, x)) - hurt * self.tiers[c]
            u += self.bloc("B", lambda v: crisis.actors[v].deal_premium.value)
            force = self.game.offers[o].enforcement.lever
            if force is not None:
                a -= number(crisis.levers[force].cost_to_holder)
                u -= number(crisis.levers[force].cost_to_target)
            if r == 1 + max(self.auto.residual) > 1:
                u += self.carrot(t) * crisis.relief.schedules[self.game.offers[o].relief]
            return a, [u, u]
        if s[0] == "gone":
            _, side, c, r = s
            x = dict.fromkeys(crisis.issues, 1.0 if side == "A" else 0.0)
            u = self.bloc("B", lambda v: self.stake(v, x)) - self.outlived(t, r)[0] * self.tiers[c]
            return self.bloc("A", lambda v: self.stake(v, x)), [u, u]
        if s[0] == "fought":
            war = crisis.war.decisive
            assert war is not None
            odds = war.odds_b.value + war.odds_b_per_step * s[1]
            lost, won = dict.fromkeys(crisis.issues, 1.0), dict.fromkeys(crisis.issues, 0.0)
            a, b = (
                odds * self.bloc(side, lambda v: self.stake(v, lost))
                + (1 - odds) * self.bloc(side, lambda v: self.stake(v, won))
                for side in ("A", "B")
            )
            return a - war.cost.A.value, [b - war.cost.B.value] * 2
        return -1.0, [-1.0, -1.0]

    def outlived(self, t: int, r: int) -> tuple[float, float]:
        """Pain and A's cost of the pressure of residual class r; class 0 is none yet.

        In force: sticks' pain and cost. Lifted: what cannot be undone, and the cost of carrots.
        """
        if r == 0:
            return 0.0, 0.0
        if r == 1 + max(self.auto.residual):
            return self.kept_for_ever(t), self.carrot_cost(t, self.auto.final)
        z = max(i for i, k in enumerate(self.auto.residual) if k == r)
        hurt, cost = self.in_force(t, z)[:2]
        return hurt, cost - self.carrot_cost(t, z)

    def kept_for_ever(self, t: int) -> float:
        """Pain of levers that cannot be undone, everything switched on."""
        total = self.auto.phased[self.auto.final].irreversible
        for stage in self.game.plan.stages:
            for use in stage.on if stage.trigger == "start" else ():
                lever = self.crisis.levers[use.lever]
                if lever.undo_months >= 120:
                    total += max(0.0, pain(self.crisis, lever)) * use.intensity * effect(lever, t)
        return total

    def carrot_cost(self, t: int, z: int) -> float:
        """What levers that give B something cost A in node z."""
        total = self.auto.phased[z].carrot_cost
        for stage in self.game.plan.stages:
            for use in stage.on if stage.trigger == "start" else ():
                lever = self.crisis.levers[use.lever]
                if pain(self.crisis, lever) < 0:
                    total += number(lever.cost_to_holder) * use.intensity * effect(lever, t)
        return total

    # --- nature ----------------------------------------------------------------------------------

    def chance(self, t: int, s: State) -> dict[State, float]:
        """States a month later."""
        found: dict[State, float] = {}

        def add(state: State, p: float) -> None:
            if p > 0:
                found[state] = found.get(state, 0.0) + p

        crisis = self.crisis
        if s[0] in ("gone", "fought", "disaster"):
            return {s: 1.0}
        if s[0] == "deal":
            _, o, k, c, g, r = s
            ends = self.game.offers[o].lasts_months
            for c2, pc in self.tier("settlement", c):
                for g2, pg in self.ripening("settlement", g):
                    for lifted, pl in ((True, self.lift(o, r)), (False, 1 - self.lift(o, r))):
                        over = 1 / max(ends, 1.0) if ends else 0.0
                        z = self.auto.final if r else 0
                        off = 1 + max(self.auto.residual)
                        add(("war", k, 0, z, c2, g2, FREE), pc * pg * pl * over)
                        add(("deal", o, k, c2, g2, off if lifted else r), pc * pg * pl * (1 - over))
            return found
        regime, k, e, z, c, g, flags = s
        war, pause = crisis.war, crisis.ceasefire
        unity = self.tiers[c]
        accidents = {r.rung: r.accident.value for r in crisis.ladder.rungs}
        hazard = accidents.get(crisis.ladder.base + crisis.ladder.step * e, 0.0)
        hazard += self.in_force(t, z)[3]
        lost = {
            "A": war.collapse.A.value * (1 + crisis.coalition.collapse_gain.value * (1 - unity)),
            "B": war.collapse.B.value,
        }
        if regime == "ceasefire":
            hazard *= pause.collapse_share.value
            lost = {side: p * pause.collapse_share.value for side, p in lost.items()}
        if regime == "standoff":
            lost = {"A": 0.0, "B": 0.0}
        add(("disaster",), hazard)
        for side, p in lost.items():
            add(("gone", side, c, self.auto.residual[z]), p)
        alive = 1 - hazard - lost["A"] - lost["B"]
        moves = {0: 1.0}
        if regime == "war":
            p = war.step_favours_b.value + self.in_force(t, z)[2] * unity
            p += crisis.coalition.odds_loss.value * (1 - unity)
            p += sum(o.step_shift.value for o in crisis.outsiders.values() if o.step_shift)
            p = 1 / (1 + math.exp(-(math.log(p / (1 - p)) - war.production.value * t)))
            moves = {+1: war.intensity.value * p, -1: war.intensity.value * (1 - p)}
            for event in crisis.events.values():
                for change in event.effects:
                    if change.kind == "position" and event.when in ("war", "always"):
                        moves[change.steps] = moves.get(change.steps, 0) + event.hazard.value
            moves[0] = 1 - sum(moves.values())
        following, goes = self.auto.progress[z]
        for dk, pk in moves.items():
            if war.ends_decide and dk and abs(k + dk) >= self.steps:
                loser = "A" if k + dk > 0 else "B"
                add(("gone", loser, c, self.auto.residual[z]), alive * pk)
                continue
            k2 = max(-self.steps, min(self.steps, k + dk))
            for c2, pc in self.tier(regime, c):
                for g2, pg in self.ripening(regime, g):
                    for z2, pz in ((following, goes), (z, 1 - goes)):
                        for f2, pf in self.forgetting(flags):
                            weight = alive * pk * pc * pg * pz * pf
                            broken = pause.breakdown.value if regime == "ceasefire" else 0.0
                            add(("war", k2, e, self.auto.tick[z2], c2, g2, f2), weight * broken)
                            waits = self.auto.reset if regime == "ceasefire" else self.auto.tick
                            add((regime, k2, e, waits[z2], c2, g2, f2), weight * (1 - broken))
        return found

    def forgetting(self, flags: State) -> list[tuple[State, float]]:
        """Who is still committed a month later."""
        options = []
        for side, on in zip(("A", "B"), flags, strict=True):
            stated = self.commitment(side)
            fades = stated.decay.value if stated is not None and on else 0.0
            options.append([(on, 1 - fades), (False, fades)] if on else [(False, 1.0)])
        return [((a, b), p * q) for a, p in options[0] for b, q in options[1]]

    def commitment(self, side: Any) -> Any:
        return self.crisis.blocs[side].commitment

    def tier(self, regime: str, c: int) -> list[tuple[int, float]]:
        """Cohesion tiers a month later."""
        coalition = self.crisis.coalition
        worse = better = 0.0
        if c + 1 < len(self.tiers):
            if regime != "settlement":
                slope = coalition.fracture.value * (1 - coalition.threat_unity.value)
                slope *= 1 - coalition.preagreement.value if self.game.plan.preagreed else 1
                worse += slope / (self.tiers[c] - self.tiers[c + 1])
            for event in self.crisis.events.values():
                for change in event.effects:
                    if change.kind == "cohesion" and event.when in ("always", regime):
                        worse += event.hazard.value
        if c > 0:
            better = coalition.substitution.value / 12
        return [(c + 1, worse), (c - 1, better), (c, 1 - worse - better)]

    def ripening(self, regime: str, g: int) -> list[tuple[int, float]]:
        if self.clocks == 1 or g == 1:
            return [(g, 1.0)]
        kind = next(k for k in self.kinds if k.war_bonus.value)
        p = (kind.ripens_in_war if regime == "war" else kind.ripens_in_pause).value
        return [(1, p), (0, 1 - p)]

    def lift(self, o: int, r: int) -> float:
        """Chance that pressure comes off in a month after a deal, beyond its erosion."""
        if r in (0, 1 + max(self.auto.residual)):
            return 0.0
        stage = max(
            n.stage for n, k in zip(self.auto.nodes, self.auto.residual, strict=True) if k == r
        )
        terms = self.auto.terms[stage]
        share = self.crisis.relief.schedules[self.game.offers[o].relief]
        comply = terms.defy + share * terms.clarity * (terms.comply - terms.defy)
        stays = ((1 - comply) / (1 - terms.defy)) ** (1 / 12)
        return max(0.0, 1 - stays)

    # --- moves -----------------------------------------------------------------------------------

    def after(self, side: str, act: str, s: State) -> State | None:
        """Where an act leads, or None."""
        regime, k, e, z, c, g, flags = s
        stated = self.commitment(side)
        mine = "AB".index(side)
        on = tuple(i == mine or f for i, f in enumerate(flags))
        off = tuple(i != mine and f for i, f in enumerate(flags))
        climbs = on if stated is not None and "escalate" in stated.set_by else flags
        if act == "hold":
            return s
        if act == "commit":
            can = stated is not None and "commit" in stated.set_by and not flags[mine]
            return (*s[:6], on) if can and regime != "ceasefire" else None
        if act == "activate":
            to = self.auto.enter[z]
            if self.game.plan.mode != "adaptive" or side != "A" or to < 0:
                return None
            return (regime, k, e, to, c, g, (self.auto.commits[to] or flags[0], flags[1]))
        if act == "up":
            war = ("war", k, 0, z, c, g, climbs)
            if regime == "ceasefire":
                return war
            if regime == "standoff":
                return war if side in self.crisis.standoff.attackers else None
            return ("war", k, 1, z, c, g, climbs) if e == 0 and self.rungs > 1 else None
        if act == "down":
            return ("war", k, 0, z, c, g, off) if regime == "war" and e == 1 else None
        if act == "pause":
            can = regime == "war" and self.crisis.ceasefire.possible
            return ("ceasefire", k, 0, z, c, g, FREE) if can else None
        decisive = self.crisis.war.decisive
        return ("fought", k) if decisive and side in decisive.available_to else None

    def weight(self, side: Any, act: str) -> float:
        w, m = self.crisis.weights, self.crisis.clock.round_months
        if act == "up":
            return w.escalate.value * m * (1 - self.crisis.blocs[side].escalation_aversion.value)
        if act == "down":
            return w.de_escalate.value * m
        if act == "commit":
            return w.commit.value * m
        if act == "activate":
            return w.activate.value
        return {"hold": w.hold, "pause": w.ceasefire, "fight": w.fight_out}[act].value

    def ratified(self, o: int, s: State) -> float:
        _, k, _, _, c, _, _ = s
        p = 1.0
        for side in ("A", "B"):
            for actor in self.crisis.blocs[side].voices:
                floor = self.crisis.actors[actor].floor
                consent = self.crisis.blocs[side].consent.get("settlement")
                if floor is None or (consent is not None and actor not in consent):
                    continue
                fell = self.stake(actor, self.terms_at(0)) - self.stake(actor, self.terms_at(k))
                needed = floor.value.value - self.crisis.coalition.floor_from_territory.value * fell
                if side == "A":
                    needed -= self.crisis.conversions.fracture_to_terms.value * (1 - self.tiers[c])
                gap = floor.steepness * (self.signed(actor, self.terms(o)) - needed)
                p *= 1 / (1 + math.exp(-gap))
        return p

    def lump(self, payer: str, mover: str, act: str, s: State, theta: int = 0) -> float:
        """What an act costs each side at once: an attack out of a stand-off, backing down."""
        if act in ("down", "pause"):
            return self.backing_down(payer, s) if act == "pause" or payer == mover else 0.0
        if act != "up" or s[0] != "standoff":
            return 0.0
        paid = -getattr(self.crisis.standoff.attack_cost, payer).value
        if payer == mover == "B":
            paid += self.kinds[theta].attack_gain.value
        return paid

    def backing_down(self, side: Any, s: State) -> float:
        """The audience cost of a side that is committed in public."""
        audience = self.crisis.blocs[side].audience
        committed = self.commitment(side) is not None and s[6]["AB".index(side)]
        return -audience.cost.value * (1 - audience.vagueness.value) if committed else 0.0

    def signing(self, side: Any, o: int, s: State) -> float:
        audience = self.crisis.blocs[side].audience
        stated = self.commitment(side)
        if stated is not None:
            terms = self.crisis.contracts[stated.demand].terms if stated.demand else None
            level = (
                self.bloc(side, lambda v: self.signed(v, terms)) if terms else stated.level.value
            )
            worth = self.bloc(side, lambda v: self.signed(v, self.terms(o)))
            return self.backing_down(side, s) if worth < level - 1e-9 else 0.0
        if side == "B" and self.bloc("B", lambda v: self.signed(v, self.terms(o))) >= 0.95:
            return 0.0
        return -audience.cost.value * (1 - audience.vagueness.value)

    # --- solving ---------------------------------------------------------------------------------

    def between(self, row: list[Pair], p: float) -> Pair:
        """A function of the belief known at i/D, linear between."""
        at = min(p * self.D, self.D - 1e-15)
        i = min(int(at), self.D - 1)
        u = p * self.D - i
        return [(1 - u) * row[i][j] + u * row[i + 1][j] for j in range(len(row[0]))]

    def typed(
        self, payoff: list[list[Pair]], weights: list[float], prior: float
    ) -> tuple[list[Pair], list[float]]:
        """Fixed point of one typed node by damped iteration of Bayes and logit from pooling.

        ``payoff[b][i][theta]``; returns sigma[b][theta] and posteriors by act.
        """
        mu = (prior, 1 - prior)
        sigma = [[w / sum(weights)] * 2 for w in weights]
        for _ in range(20_000):
            post = []
            for row in sigma:
                total = mu[0] * row[0] + mu[1] * row[1]
                post.append(mu[0] * row[0] / total if total > 0 else prior)
            q = [self.between(table, p) for table, p in zip(payoff, post, strict=True)]
            new = []
            for theta in (0, 1):
                top = max(x[theta] for x in q)
                e = [
                    w * math.exp(self.lam[1] * (x[theta] - top))
                    for w, x in zip(weights, q, strict=True)
                ]
                new.append([v / sum(e) for v in e])
            moved = max(
                abs(new[theta][b] - sigma[b][theta])
                for b in range(len(weights))
                for theta in (0, 1)
            )
            sigma = [
                [0.3 * sigma[b][theta] + 0.7 * new[theta][b] for theta in (0, 1)]
                for b in range(len(weights))
            ]
            if moved < 1e-14:
                return sigma, post
        raise AssertionError("the damped iteration did not settle; choose a smaller precision")

    def logit(self, q: list[float], weights: list[float]) -> list[float]:
        top = max(x for x, w in zip(q, weights, strict=True) if w > 0)
        e = [w * math.exp(self.lam[0] * (x - top)) for x, w in zip(q, weights, strict=True)]
        return [v / sum(e) for v in e]

    def a_moves(self, c: Any, s: State, i: int) -> tuple[Pair, Pair]:
        """Values (A by type, B by type) where A has the initiative, at belief i/D."""
        mu = (i / self.D, 1 - i / self.D)
        acts: list[tuple[float, Pair, Pair]] = []
        for act in ("hold", "up", "down", "fight", "commit", "activate"):
            target = self.after("A", act, s)
            if target is not None:
                extra = self.lump("A", "A", act, s)
                acts.append(
                    (
                        self.weight("A", act),
                        [v + extra for v in c[target][0][i]],
                        [v + self.lump("B", "A", act, s) for v in c[target][1][i]],
                    )
                )
        offers = range(len(self.game.offers))
        pause = self.after("A", "pause", s)
        propose = self.crisis.weights.propose.value / max(1, len(offers))
        for o in [*offers, None] if pause is not None else offers:
            yes_a, yes_b = self.yes(c, s, o)
            tables_a, tables_b, weights = [yes_a, c[s][0]], [yes_b, c[s][1]], [1.0, 1.0]
            for act in ("up", "fight"):
                target = self.after("B", act, s)
                if target is None:
                    continue
                tables_a.append(
                    [[v + self.lump("A", "B", act, s) for v in row] for row in c[target][0]]
                )
                tables_b.append(
                    [
                        [row[j] + self.lump("B", "B", act, s, j) for j in (0, 1)]
                        for row in c[target][1]
                    ]
                )
                weights.append(self.weight("B", act))
            sigma, post = self.typed(tables_b, weights, mu[0])
            qa, qb = [0.0, 0.0], [0.0, 0.0]
            for b, p in enumerate(post):
                at_a, at_b = self.between(tables_a[b], p), self.between(tables_b[b], p)
                for j in (0, 1):
                    qa[j] += sigma[b][j] * at_a[j]
                    qb[j] += sigma[b][j] * at_b[j]
            weight = propose if o is not None else self.crisis.weights.ceasefire.value
            acts.append((weight, qa, qb))
        share = self.logit(
            [mu[0] * a[0] + mu[1] * a[1] for _, a, _ in acts], [w for w, _, _ in acts]
        )
        return (
            [sum(p * a[j] for p, (_, a, _) in zip(share, acts, strict=True)) for j in (0, 1)],
            [sum(p * b[j] for p, (_, _, b) in zip(share, acts, strict=True)) for j in (0, 1)],
        )

    def yes(self, c: Any, s: State, o: int | None) -> tuple[list[Pair], list[Pair]]:
        """Payoffs of agreeing to offer o (None: a ceasefire), by belief and type."""
        if o is None:
            pause = self.after("A", "pause", s)
            paid_a, paid_b = (self.lump(i, "A", "pause", s) for i in ("A", "B"))
            return (
                [[v + paid_a for v in row] for row in c[pause][0]],
                [[v + paid_b for v in row] for row in c[pause][1]],
            )
        _, k, _, z, tier, g, _ = s
        deal = ("deal", o, k, tier, g, self.auto.residual[z])
        r = self.ratified(o, s)
        a = [
            [
                r * (c[deal][0][i][j] + self.signing("A", o, s)) + (1 - r) * c[s][0][i][j]
                for j in (0, 1)
            ]
            for i in range(self.D + 1)
        ]
        b = [
            [
                r * (c[deal][1][i][j] + self.signing("B", o, s)) + (1 - r) * c[s][1][i][j]
                for j in (0, 1)
            ]
            for i in range(self.D + 1)
        ]
        return a, b

    def b_tables(self, c: Any, s: State) -> tuple[list[list[Pair]], list[list[Pair]], list[float]]:
        """B's acts: payoffs of A and B by belief and type, and prior weights."""
        tables_a, tables_b, weights = [], [], []
        for act in ("hold", "up", "down", "fight", "commit"):
            target = self.after("B", act, s)
            if target is not None:
                tables_a.append(
                    [[v + self.lump("A", "B", act, s) for v in row] for row in c[target][0]]
                )
                tables_b.append(
                    [
                        [row[j] + self.lump("B", "B", act, s, j) for j in (0, 1)]
                        for row in c[target][1]
                    ]
                )
                weights.append(self.weight("B", act))
        offers = range(len(self.game.offers))
        pause = self.after("B", "pause", s)
        for o in [*offers, None] if pause is not None else offers:
            yes_a, yes_b = self.yes(c, s, o)
            rows_a, rows_b = [], []
            for i in range(self.D + 1):
                mu = (i / self.D, 1 - i / self.D)
                options = [(1.0, yes_a[i], yes_b[i]), (1.0, c[s][0][i], c[s][1][i])]
                for act in ("up", "fight"):
                    target = self.after("A", act, s)
                    if target is not None:
                        options.append(
                            (
                                self.weight("A", act),
                                [v + self.lump("A", "A", act, s) for v in c[target][0][i]],
                                [v + self.lump("B", "A", act, s) for v in c[target][1][i]],
                            )
                        )
                share = self.logit(
                    [mu[0] * a[0] + mu[1] * a[1] for _, a, _ in options], [w for w, _, _ in options]
                )
                rows_a.append(
                    [
                        sum(p * a[j] for p, (_, a, _) in zip(share, options, strict=True))
                        for j in (0, 1)
                    ]
                )
                rows_b.append(
                    [
                        sum(p * b[j] for p, (_, _, b) in zip(share, options, strict=True))
                        for j in (0, 1)
                    ]
                )
            tables_a.append(rows_a)
            tables_b.append(rows_b)
            propose = self.crisis.weights.propose.value / max(1, len(offers))
            weights.append(propose if o is not None else self.crisis.weights.ceasefire.value)
        return tables_a, tables_b, weights

    def from_typed(
        self, tables_a: list[list[Pair]], tables_b: list[list[Pair]], weights: list[float], i: int
    ) -> tuple[Pair, Pair]:
        sigma, post = self.typed(tables_b, weights, i / self.D)
        a, b = [0.0, 0.0], [0.0, 0.0]
        for k, p in enumerate(post):
            at_a, at_b = self.between(tables_a[k], p), self.between(tables_b[k], p)
            for j in (0, 1):
                a[j] += sigma[k][j] * at_a[j]
                b[j] += sigma[k][j] * at_b[j]
        return a, b

    def review(self, c: Any, s: State, i: int) -> tuple[Pair, Pair]:
        """A settlement under review: B keeps or breaks, then A."""
        _, o, k, tier, g, r = s
        z = self.auto.final if r else 0
        broken = ("war", k, 0, z, tier, g, FREE)
        rules = self.crisis.settlement
        breach = rules.breach_cost.value
        g_b = self.game.offers[o].enforcement
        loss = g_b.detection * g_b.response * g_b.loss
        weight = rules.renege_weight.value
        kept_a, kept_b, left_a, left_b = [], [], [], []
        for at in range(self.D + 1):
            mu = (at / self.D, 1 - at / self.D)
            out = [c[broken][0][at][j] - breach for j in (0, 1)]
            stay = c[s][0][at]
            keeps, leaves = self.logit(
                [mu[0] * stay[0] + mu[1] * stay[1], mu[0] * out[0] + mu[1] * out[1]], [1.0, weight]
            )
            kept_a.append([keeps * stay[j] + leaves * out[j] for j in (0, 1)])
            kept_b.append([keeps * c[s][1][at][j] + leaves * c[broken][1][at][j] for j in (0, 1)])
            left_a.append(c[broken][0][at])
            left_b.append(
                [
                    c[broken][1][at][j] + self.kinds[j].renege_gain.value - breach - loss
                    for j in (0, 1)
                ]
            )
        return self.from_typed([kept_a, left_a], [kept_b, left_b], [1.0, weight], i)

    def states(self) -> list[State]:
        """All states, active first."""
        regimes = ["war", "ceasefire"] + (["standoff"] if self.crisis.regime == "standoff" else [])
        ks, nodes = range(-self.steps, self.steps + 1), range(len(self.auto.nodes))
        tiers, clocks = range(len(self.tiers)), range(self.clocks)
        most = max(self.auto.residual)
        classes = range(2 + most if most else 1)
        flags = [
            (a, b)
            for a in ((False, True) if self.commitment("A") else (False,))
            for b in ((False, True) if self.commitment("B") else (False,))
        ]
        found: list[State] = [
            (regime, k, e, z, c, g, f)
            for regime in regimes
            for k in ks
            for e in range(self.rungs if regime == "war" else 1)
            for z in nodes
            for c in tiers
            for g in clocks
            for f in flags
        ]
        found += [
            ("deal", o, k, c, g, r)
            for o in range(len(self.game.offers))
            for k in ks
            for c in tiers
            for g in clocks
            for r in classes
        ]
        found += [("gone", side, c, r) for side in ("A", "B") for c in tiers for r in classes]
        found += [("fought", k) for k in ks if self.crisis.war.decisive] + [("disaster",)]
        return found

    def end(self, states: list[State]) -> Any:
        """Values at the end: the last month's flows and chances for ever, by iteration."""
        last = self.game.months
        fixed = self.crisis.clock.at_the_end
        flow = {s: self.flows(last, s) for s in states}
        if fixed != "stalemate":
            return {
                s: (fixed["A"], [fixed["B"]] * 2)
                if s[0] in ("standoff", "war", "ceasefire")
                else flow[s]
                for s in states
            }
        chance = {s: self.chance(last - 1, s) for s in states}
        value = dict(flow)
        for _ in range(400):
            value = {
                s: (
                    (1 - self.delta[0]) * flow[s][0]
                    + self.delta[0] * sum(p * value[x][0] for x, p in chance[s].items()),
                    [
                        (1 - self.delta[1]) * flow[s][1][j]
                        + self.delta[1] * sum(p * value[x][1][j] for x, p in chance[s].items())
                        for j in (0, 1)
                    ],
                )
                for s in states
            }
        return value

    def rounds(self, t: int) -> tuple[float, float]:
        """Chances that A and that B has the initiative in month t."""
        clock = self.crisis.clock
        if clock.protocol == "alternating":
            turn, off = divmod(t, max(1, round(clock.round_months)))
            return (0.0, 0.0) if off else (1.0, 0.0) if turn % 2 == 0 else (0.0, 1.0)
        m = clock.round_months
        return clock.recognition["A"].value / m, clock.recognition["B"].value / m

    def solve(self) -> list[dict[State, tuple[list[Pair], list[Pair]]]]:
        """V[t][state] = (A's values, B's values), each [belief i][type], t = 0 first."""
        states = self.states()
        grid = range(self.D + 1)
        end = self.end(states)
        ahead = {
            s: ([[end[s][0]] * 2 for _ in grid], [list(end[s][1]) for _ in grid]) for s in states
        }
        found = [ahead]
        for t in range(self.game.months - 1, -1, -1):
            c = {}
            ahead = {s: self.learned(t, values) for s, values in ahead.items()}
            for s in states:
                u_a, u_b = self.flows(t, s)
                nature = self.chance(t, s)
                c[s] = (
                    [
                        [
                            (1 - self.delta[0]) * u_a
                            + self.delta[0] * sum(p * ahead[x][0][i][j] for x, p in nature.items())
                            for j in (0, 1)
                        ]
                        for i in grid
                    ],
                    [
                        [
                            (1 - self.delta[1]) * u_b[j]
                            + self.delta[1] * sum(p * ahead[x][1][i][j] for x, p in nature.items())
                            for j in (0, 1)
                        ]
                        for i in grid
                    ],
                )
            pi_a, pi_b = self.rounds(t)
            now = {}
            for s in states:
                rows_a, rows_b = [], []
                for i in grid:
                    a, b = list(c[s][0][i]), list(c[s][1][i])
                    if s[0] == "deal" and not self.crisis.settlement.binding and pi_a + pi_b > 0:
                        a, b = self.review(c, s, i)
                    if s[0] in ("standoff", "war", "ceasefire"):
                        a, b = ([(1 - pi_a - pi_b) * v for v in row] for row in (a, b))
                        if pi_a:
                            na, nb = self.a_moves(c, s, i)
                            a = [v + pi_a * x for v, x in zip(a, na, strict=True)]
                            b = [v + pi_a * x for v, x in zip(b, nb, strict=True)]
                        if pi_b:
                            na, nb = self.from_typed(*self.b_tables(c, s), i)
                            a = [v + pi_b * x for v, x in zip(a, na, strict=True)]
                            b = [v + pi_b * x for v, x in zip(b, nb, strict=True)]
                    rows_a.append(a)
                    rows_b.append(b)
                now[s] = (rows_a, rows_b)
            if self.fires is not None:
                now = {s: self.triggered(t, s, now) for s in states}
            ahead = now
            found.append(ahead)
        return found[::-1]

    def learned(
        self, t: int, values: tuple[list[Pair], list[Pair]]
    ) -> tuple[list[Pair], list[Pair]]:
        """Values before the public signal at the end of month t, if there is one."""
        channel = self.game.plan.evidence_channel or self.crisis.evidence_channel
        if channel is None or (t + 1) % channel.every_months:
            return values
        types = list(self.crisis.types)
        stated = channel.likelihood or {x: {y: float(x == y) for y in types} for x in types}
        weight = channel.reliability.value * (1 - self.crisis.hypotheses.unmodelled.value)
        found: tuple[list[Pair], list[Pair]] = ([], [])
        for i in range(self.D + 1):
            mu = (i / self.D, 1 - i / self.D)
            totals = ([0.0, 0.0], [0.0, 0.0])
            for chances in stated.values():
                mean = (chances[types[0]] + chances[types[1]]) / 2
                seen = [weight * chances[theta] + (1 - weight) * mean for theta in types]
                total = mu[0] * seen[0] + mu[1] * seen[1]
                posterior = mu[0] * seen[0] / total if total > 0 else mu[0]
                for side in (0, 1):
                    at = self.between(values[side], posterior)
                    for j in (0, 1):
                        totals[side][j] += seen[j] * at[j]
            found[0].append(totals[0])
            found[1].append(totals[1])
        return found

    def triggered(self, t: int, s: State, now: Any) -> tuple[list[Pair], list[Pair]]:
        """Values of a state once the plan's trigger has been looked at.

        If it fires, A follows through with the plan's credibility; else the node lapses.
        """
        assert self.fires is not None
        rows_a, rows_b = [], []
        follows = self.game.plan.credibility.value
        for i in range(self.D + 1):
            to = [(s, 1.0)]
            if s[0] in ("standoff", "war", "ceasefire"):
                enter = self.auto.enter[s[3]]
                if enter >= 0 and self.fires(t, s, i / self.D):
                    flags = (self.auto.commits[enter] or s[6][0], s[6][1])
                    to = [((*s[:3], enter, *s[4:6], flags), follows)]
                    if follows < 1:
                        lapsed = next(
                            z
                            for z, n in enumerate(self.auto.nodes)
                            if n.lapsed and n.phase == self.auto.nodes[s[3]].phase
                        )
                        to.append(((*s[:3], lapsed, *s[4:]), 1 - follows))
            rows_a.append([sum(p * now[x][0][i][j] for x, p in to) for j in (0, 1)])
            rows_b.append([sum(p * now[x][1][i][j] for x, p in to) for j in (0, 1)])
        return rows_a, rows_b


def state_of(game: Game, s: int) -> State:
    """The reference's name of a state of the package."""
    lay = game.layout
    middle = (lay.sizes[0] - 1) // 2
    k, c = int(lay.position[s]) - middle, int(lay.tier[s])
    regime = int(lay.regime[s])
    if regime in (0, 1, 2):
        name = ("standoff", "war", "ceasefire")[regime]
        flags = lay.pledges[int(lay.pledge[s])]
        return (name, k, int(lay.rung[s]), int(lay.node[s]), c, int(lay.clock[s]), flags)
    if regime == 3:
        return ("deal", int(lay.offer[s]), k, c, int(lay.clock[s]), int(lay.residual[s]))
    if regime in (4, 5):
        return ("gone", "AB"[regime - 4], c, int(lay.residual[s]))
    return ("fought", k) if regime == 6 else ("disaster",)
