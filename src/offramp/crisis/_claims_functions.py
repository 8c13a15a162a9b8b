"""The questions a claim can ask: what each takes, what it gives, and what exactly it means.

:data:`FUNCTIONS` is the only list of them: the check at load, the evaluation and the page
``docs/claims.md`` all read it. Kinds of arguments are those of :data:`KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "number", "truth", "months", "side", "who", "act", "move", "type", "regime", "plan", "offer",
    "event", "lever", "evidence", "issue", "contract", "rule", "path", "measure", "claim", "swap",
]  # fmt: skip
"""What an argument must be."""

KINDS: Mapping[str, str] = {
    "number": "a number, or arithmetic of numbers",
    "truth": "a comparison, or several under `and`, `or`, `not`",
    "months": "a whole number of months, written out",
    "side": "`A` or `B`",
    "who": "a side, or an actor with preferences",
    "act": "`start`, `stall`, `deal` or `hold`",
    "move": "`climb`, `fight_on` or `offer`",
    "type": "a type of B",
    "regime": "`standoff`, `war`, `ceasefire`, `settlement`, `a_collapsed`, `b_collapsed` or `disaster`",
    "plan": "a plan",
    "offer": "a contract, or `any`: A may offer anything",
    "event": "an event",
    "lever": "a lever",
    "evidence": "an item of evidence",
    "issue": "an issue",
    "contract": "a contract",
    "rule": "`contributors`, `leads`, `unanimity`, or a member",
    "path": "the path of a number with a range",
    "measure": "a question that gives a number",
    "claim": "a claim of some reading",
    "swap": "a swap declared by some reading",
}

ACTS = ("start", "stall", "deal", "hold")
MOVES = ("climb", "fight_on", "offer")
RULES = ("contributors", "leads", "unanimity")
REGIMES = ("standoff", "war", "ceasefire", "settlement", "a_collapsed", "b_collapsed", "disaster")


@dataclass(frozen=True)
class Slot:
    """An argument: its name in the definition and what it must be."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Function:
    """A question.

    Attributes:
        takes: Arguments in order; ``more`` any number of further ones of one kind, at least ``least``.
        keys: Arguments by name, ``name = number`` (only ``issue``: any issue of the crisis).
        gives: What it is.
        unit: Unit of a number.
        means: The definition, in symbols where it has them.
        world: Whether a world may follow a ``|``; ``plan`` whether it needs a plan there.
        also: Settings of the world that this question alone reads.
        solves: What it costs: nothing, a compiled game, values, or futures.
    """

    takes: tuple[Slot, ...]
    gives: Literal["number", "truth"]
    unit: str
    means: str
    more: Slot | None = None
    least: int = 0
    keys: Literal["issue"] | None = None
    world: bool = True
    plan: bool = True
    also: tuple[str, ...] = ()
    solves: Literal["nothing", "game", "values", "futures", "several"] = "futures"


WORLD: Mapping[str, tuple[Kind, str]] = {
    "offer": ("offer", "the contract that A offers under the plan, instead of the plan's own"),
    "lever": ("lever", "a lever more, in use from the first day"),
    "without": ("event", "an event that cannot happen"),
    "agreed": (
        "months",
        "the plan is agreed in that month: until then nothing of `coalition.preagreement` holds, from "
        "then on all of it",
    ),
    "swap": ("swap", "the changes of a swap that some reading declares"),
    "position": ("number", "the front starts that many steps towards B (negative: towards A's side)"),
    "month": ("months", "the month at which a value is read"),
    "type": ("type", "one type of B instead of the mean over types at the opening beliefs"),
}  # fmt: skip
"""Settings of a world by name: kind and meaning. Any path of a number may be set as well, to a number,
to another path of numbers, or to ``base``: what the file says, whatever the reading holds."""

EVERYWHERE = ("offer", "lever", "without", "agreed", "swap")
"""Settings that every question with a world understands."""

_MONTHS = Slot("m", "months")

FUNCTIONS: Mapping[str, Function] = {
    "V": Function(
        (Slot("side", "side"), Slot("act", "act")), "number", "stake of the side",
        "What an act is worth to a side. `start`: its value at the start. `stall`: of letting this "
        "round pass; `deal`: of signing the plan's offer in it, C(signed) + lump of signing; both in "
        "month 0 at the opening state. `hold`: the mean of C over what is still open in month `month` "
        "if nobody acts until then. B's are means over its types at the opening beliefs, or of one `type`.",
        also=("month", "type", "position"), solves="values",
    ),
    "W": Function(
        (Slot("who", "who"),), "number", "stake of the actor",
        "Stake in signed terms: 1 - sum of salience x distance / span - penalties of red lines, with "
        "the named issues at the given points and all others as they stand today.",
        keys="issue", plan=False, solves="nothing",
    ),
    "cost": Function(
        (Slot("who", "who"), _MONTHS), "number", "flow, stake of the actor",
        "What fighting and the plan's levers cost on average over months 0..m-1, discounted by the side's "
        "patience, while nobody acts and nothing is settled: stake in today's terms less the flow "
        "(B's without what its type gains by delay or war). Of different actors: different stakes.",
        solves="game",
    ),
    "worth": Function(
        (Slot("side", "side"), Slot("lever", "lever")), "number", "stake of the side",
        "V(side, start) with the lever in use from the first day less V(side, start) without it.",
        solves="values",
    ),
    "coerce": Function(
        (Slot("lever", "lever"),), "number", "flow, stake of B",
        "Conditionality: s (rho_c - rho_d), the lever's full pain times how much likelier it is lifted "
        "if B complies than if it defies (the lever's own chances, else the plan's or the file's; "
        "twelve months). Equal chances give 0.",
        plan=False, solves="nothing",
    ),
    "P": Function(
        (Slot("regime", "regime"), _MONTHS), "number", "probability",
        "Probability of being in a regime at month m.",
    ),
    "P_settle": Function((_MONTHS,), "number", "probability", "P(settlement, m)."),
    "P_war": Function((_MONTHS,), "number", "probability", "P(war, m)."),
    "P_disaster": Function((_MONTHS,), "number", "probability", "P(disaster, m)."),
    "P_deal": Function(
        (_MONTHS,), "number", "probability", "Probability that a first settlement has been signed by m.",
        also=("position",),
    ),
    "P_terms": Function(
        (Slot("issue", "issue"), Slot("low", "number"), Slot("high", "number"), _MONTHS),
        "number", "probability",
        "Probability of being in a settlement at month m whose term on the issue lies in [low, high).",
    ),
    "P_deployed": Function(
        (Slot("lever", "lever"), _MONTHS), "number", "probability",
        "Probability that at month m a ceasefire holds in which the plan uses the lever, or a settlement "
        "whose guarantee needs it.",
    ),
    "P_event": Function(
        (Slot("event", "event"), _MONTHS), "number", "probability",
        "1 - prod (1 - hazard): probability that the event has happened by month m while its condition "
        "holds.",
        plan=False, solves="nothing",
    ),
    "P_act": Function(
        (Slot("side", "side"), Slot("move", "move")), "number", "probability",
        "B's policy at its own initiative in the first round in which it has it, at the opening beliefs "
        "with every step of the plan in force: to `climb` (escalate, force all-out war), to `offer` "
        "(propose a contract or a pause, step down), to `fight_on` (hold, commit itself).",
        also=("position", "type"), solves="values",
    ),
    "P_stay": Function(
        (), "number", "probability",
        "Probability that the members who must be in are still in at month m, members leaving "
        "independently of each other (their posture as the coalition answer has it): all named, or as a "
        "rule asks: `contributors` (three, the leads among them), `leads`, `unanimity` of all members.",
        more=Slot("rule, ..., m", "rule"), least=2, solves="game",
    ),
    "P_continue": Function(
        (Slot("side", "side"), _MONTHS), "number", "probability",
        "Probability that B's leader is in office and B has not collapsed at month m, while nobody acts "
        "and nothing is settled.",
        solves="game",
    ),
    "consent": Function(
        (Slot("lever", "lever"),), "number", "share",
        "1 if those who do not refuse or object meet the lever's rule of consent, else 0; where each "
        "decides for itself, the share of contributions of those who agree.",
        plan=False, solves="nothing",
    ),
    "survive": Function(
        (Slot("contract", "contract"), _MONTHS), "number", "probability",
        "Probability that a contract signed on the first day is still kept at month m.",
        also=("type",), solves="values",
    ),
    "room": Function(
        (), "number", "stake of B",
        "Most that B (its mean over types, or one `type`) gains over its reservation by terms that bloc A "
        "prefers to its own reservation and that every voice with a floor ratifies: max over x of "
        "W_B(x) - r_B, with W_A(x) >= r_A and W_v(x) >= floor_v. Reservations r are the W at which "
        "signing is as good as letting the round pass, read off the contract with the same guarantee. "
        "Named issues are held at the given points, the others free on what is on the table for each "
        "side. Positive: the range is not empty.",
        keys="issue", also=("position", "type"), solves="values",
    ),
    "rising_steps": Function(
        (_MONTHS,), "number", "steps of the front",
        "Number of steps n = 1, 2, ... in a row for which P_deal(m) with the front n steps towards A's "
        "side is above P_deal(m) with n - 1, policies as solved.",
    ),
    "prior": Function(
        (Slot("type", "type"),), "number", "probability", "Prior of a type, the floor for the "
        "unmodelled set aside.", plan=False, solves="nothing",
    ),
    "post": Function(
        (Slot("type", "type"),), "number", "probability",
        "Belief in a type by the named items of evidence alone, or by all that may be used if none is "
        "named. An item dated after the as-of date is refused.",
        more=Slot("item, ...", "evidence"), plan=False, solves="nothing",
    ),
    "logLR": Function(
        (Slot("item", "evidence"), Slot("one", "type"), Slot("other", "type")), "number", "log-odds",
        "log P(item | one) - log P(item | other) with grade, kind and dependence applied.",
        plan=False, solves="nothing",
    ),
    "concessions": Function(
        (Slot("side", "side"),), "number", "entries",
        "Entries of the epoch's ledger of concessions made by the side.", plan=False, solves="nothing",
    ),
    "critical": Function(
        (Slot("lever", "lever"), Slot("benefit", "number")), "number", "probability",
        "Least credibility at which a threat deters a step worth `benefit` (flow): b / (b + c), with c the "
        "pain of the levers that the threat executes; the benefit is lost if the threat is carried out.",
        plan=False, solves="nothing",
    ),
    "d": Function(
        (Slot("measure", "measure"), Slot("path", "path")), "number", "measure per unit",
        "Slope of a measure in a number: its change over a tenth of the number's range, upwards, or downwards "
        "at a limit.",
        world=False, solves="several",
    ),
    "swing": Function(
        (Slot("measure", "measure"), Slot("path", "path")), "number", "unit of the measure",
        "The measure at the high end of the number's range less at its low end, all else as it is.",
        world=False, solves="several",
    ),
    "increasing": Function(
        (Slot("measure", "measure"), Slot("path", "path")), "truth", "",
        "Whether the measure is higher at the middle of the number's range than at its low end, and "
        "higher at its high end than at the middle.",
        world=False, solves="several",
    ),
    "switch_at": Function(
        (Slot("truth", "truth"), Slot("path", "path"), Slot("low", "number"), Slot("high", "number")),
        "number", "unit of the path",
        "Least value of the number in [low, high] at which the truth differs from that at low, by "
        "bisection; undefined if there is none.",
        world=False, solves="several",
    ),
    "unchanged": Function(
        (), "truth", "",
        "Whether every named claim is as true or false in the given world as without it.",
        more=Slot("claim, ...", "claim"), least=1, plan=False, solves="several",
    ),
    "abs": Function((Slot("x", "number"),), "number", "as x", "Absolute value.", world=False, solves="nothing"),
    "min": Function(
        (), "number", "as given", "Least of several numbers.", more=Slot("x, ...", "number"), least=2,
        world=False, solves="nothing",
    ),
    "max": Function(
        (), "number", "as given", "Greatest of several numbers.", more=Slot("x, ...", "number"),
        least=2, world=False, solves="nothing",
    ),
}  # fmt: skip
"""Every question by name."""


def signature(name: str) -> str:
    """A question as the page of definitions writes it: ``P_deployed(lever, m | plan, ...)``."""
    f = FUNCTIONS[name]
    inside = [slot.name for slot in f.takes]
    if f.more is not None:
        inside.append(f.more.name)
    if f.keys is not None:
        inside.append("issue=x, ...")
    text = ", ".join(inside)
    if not f.world:
        return f"{name}({text})"
    world = "plan, ..." if f.plan else "..."
    return f"{name}({text} | {world})" if text else f"{name}(| {world})"
