"""Who bargains: blocs, voices, members of a coalition, outsiders; and over what: issues.

Utility of actor v from a settlement x (stake units, 1 = its best, 0 = its worst on every issue)::

    W_v(x) = 1 - sum_m w_vm (|x_m - ideal_vm| / span_vm)^exponent - sum of red-line penalties
    span_vm = max(ideal_vm, 1 - ideal_vm),   sum_m w_vm = 1

Penalties apply to signed deals only and are capped per actor. A bloc's payoff is the weighted sum
of its voices'. Utilities of different actors are never compared without a stated common unit.
Weighted distance, spans normalised per issue; exponents 1 (log-rolling) and 2 (Enelow and
Hinich 1984) are supported.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from offramp.crisis._quantity import Frozen, Quantity, Sources, Text, assumed

Side = Literal["A", "B"]


class Preference(Frozen):
    """An actor's ideal point and salience on one issue."""

    ideal: float = Field(ge=0, le=1, description="Ideal point in [0, 1].")
    weight: Quantity = Field(
        description="Salience; weights of an actor are normalised to sum to 1."
    )


class Audience(Frozen):
    """What a leader pays at home for settling below declared aims."""

    cost: Quantity = Field(
        default_factory=lambda: assumed(
            0.0, 0.0, 0.1, "no audience cost unless the file states one", "lump, stake"
        ),
        description="Lump lost when signing below the declared aims (stake units).",
    )
    vagueness: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.25, 0.75, "aims neither sharp nor empty", "share"),
        description="Share of the audience cost that reframing of vague aims removes.",
    )


class Commitment(Frozen):
    """A public demand: while it stands, settling for less costs the audience cost.

    Once a side has committed itself, signing a deal worth less to it than the demand, stepping down
    or agreeing to a ceasefire costs it ``audience.cost (1 - vagueness)``; stepping down or agreeing to
    a ceasefire also ends the commitment. A side with a commitment pays no audience cost without one.
    """

    demand: str | None = Field(
        default=None, description="Contract that is the public demand; or give `level`."
    )
    level: Quantity | None = Field(
        default=None, description="Least W of a deal that meets the public demand (stake units)."
    )
    decay: Quantity = Field(
        default_factory=lambda: assumed(
            0.04, 0.01, 0.1, "a demand is remembered for about two years", "per month"
        ),
        description="Monthly chance that the demand is forgotten.",
    )
    set_by: tuple[Literal["commit", "escalate"], ...] = Field(
        default=("commit",),
        min_length=1,
        description="Acts that set it: an act of its own (`commit`), or climbing the ladder.",
    )


class FeltBy(Frozen):
    """How much of a monthly pain on each constituency reaches the leader's payoff."""

    elite: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.7, 1.0, "elites reach the leader directly", "share"),
        description="Weight of pain on the elite.",
    )
    public: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.1, 1.0, "between autocracy and democracy", "share"),
        description="Weight of pain on the public.",
    )
    budget: Quantity = Field(
        default_factory=lambda: assumed(
            1.0, 0.8, 1.0, "state revenue is the leader's own", "share"
        ),
        description="Weight of pain on the budget.",
    )
    military: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.8, 1.0, "forces are the leader's own", "share"),
        description="Weight of pain on the armed forces.",
    )


class Bloc(Frozen):
    """One of the two negotiating sides."""

    name: str = Field(description="Name that readers see.")
    principal: str = Field(description="Actor that speaks for the bloc.")
    voices: dict[str, Quantity] = Field(
        description="Weights of the actors inside the bloc; they must sum to 1."
    )
    decision: Literal["lead", "weighted", "unanimity", "quota", "contributors"] = Field(
        default="weighted", description="How the voices decide."
    )
    patience: Quantity = Field(
        default_factory=lambda: assumed(
            0.975, 0.95, 0.99, "annual weight .74 on the year after next", "discount per month"
        ),
        description="Monthly discount factor in (0, 1).",
    )
    consent: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description=(
            "Decision (`settlement`, `ceasefire`, `deployment`, a lever id) -> voices who must "
            "agree."
        ),
    )
    audience: Audience = Field(default_factory=Audience, description="Audience costs of settling.")
    commitment: Commitment | None = Field(
        default=None, description="Public demand that the side can commit itself to."
    )
    felt_by: FeltBy = Field(default_factory=FeltBy, description="Whose pain reaches the leader.")
    office_hazard: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 0.01, "not modelled unless stated", "per month"),
        description="Monthly hazard that the leader loses office.",
    )
    threat_credibility: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.2, 0.8, "no information", "probability"),
        description="Chance that an announced reciprocal step is carried out.",
    )
    double_down: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.3, 0.7, "no information", "probability"),
        description="Chance of escalating rather than conceding after a setback with no carrot.",
    )
    escalation_aversion: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 0.5, "no extra reluctance", "share"),
        description="Share by which the prior weight of escalating is cut.",
    )
    direct_war_appetite: Quantity = Field(
        default_factory=lambda: assumed(0.02, 0.0, 0.1, "rarely preferred", "probability"),
        description="Chance that the side prefers direct war with the other coalition to stopping.",
    )


class Floor(Frozen):
    """A voice's ratification threshold for settlements."""

    value: Quantity = Field(description="Least W the voice can ratify (stake units).")
    steepness: float = Field(
        default=40.0,
        gt=0,
        description="Logit slope of ratification around the floor, per stake unit.",
    )


class Actor(Frozen):
    """A state, institution or movement with preferences."""

    name: str = Field(description="Name that readers see.")
    bloc: Literal["A", "B", "none"] = Field(description="Bloc, or `none` for outsiders.")
    role: str = Field(default="", description="What it does in the crisis.")
    preferences: dict[str, Preference] = Field(
        default_factory=dict, description="Issue -> ideal point and salience."
    )
    patience: Quantity | None = Field(
        default=None, description="Own monthly discount factor where it differs from the bloc's."
    )
    war_cost_ratio: float = Field(
        default=1.0,
        ge=0,
        description=(
            "Own cost of war as a multiple of the bloc's; the weighted mean over voices must be 1."
        ),
    )
    floor: Floor | None = Field(default=None, description="Acceptance floor of this voice.")
    deal_premium: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 0.1, "no value in a deal as such", "stake"),
        description="Value that this actor puts on any deal being signed.",
    )
    source: Sources = Field(default=())


class ScalePoint(Frozen):
    """What a point of an issue means."""

    at: float = Field(ge=0, le=1, description="Point on the issue.")
    means: str = Field(description="What it stands for.")
    guarantee: str | None = Field(
        default=None, description="Guarantee that enforces a settlement at this point."
    )


class Issue(Frozen):
    """One dimension of the settlement: 0 is bloc A's end, 1 is bloc B's end."""

    name: str = Field(description="Name that readers see.")
    scale: tuple[ScalePoint, ...] = Field(default=(), description="Meaning of points.")
    divisible: bool = Field(default=True, description="Whether every point between is possible.")
    points: tuple[float, ...] = Field(
        default=(), description="The possible points of an indivisible issue."
    )
    status_quo: float = Field(ge=0, le=1, description="Where the issue stands now.")
    moves_with_war: bool = Field(
        default=False, description="Whether the battlefield position shifts the status quo."
    )
    open: Quantity = Field(
        default_factory=lambda: assumed(1.0, 1.0, 1.0, "nothing is locked unless stated", "share"),
        description="Share of the way from the status quo to B's end that A lets onto the table.",
    )
    locked_by: str | None = Field(default=None, description="Who keeps the rest off the table.")
    secondary_up_to: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Part of the scale that is secondary rather than core.",
    )
    km2_per_unit: float | None = Field(default=None, gt=0, description="Area of the whole scale.")


class RedLine(Frozen):
    """A limit of one actor on one issue of a settlement."""

    actor: str = Field(description="Whose line.")
    issue: str = Field(description="Which issue.")
    rule: str = Field(description="Acceptable terms, as `x <= 0.65` or `x >= 0.5`.")
    hard: bool = Field(default=False, description="True: no settlement beyond it at any price.")
    penalty: Quantity = Field(description="Stake lost by signing beyond the line.")
    why: Text = Field(default="", description="What the line protects.")
    source: Sources = Field(default=())


class Election(Frozen):
    """A dated vote."""

    date: str = Field(description="`2026-04`, `2026-04-12` or a year.")
    what: str = Field(default="", description="Which vote.")
    hostile: Quantity | None = Field(
        default=None,
        description="Chance that a winner hostile to the coalition's line takes office.",
    )


class Member(Frozen):
    """A member of a coalition: what it gives, fears and refuses."""

    name: str = Field(description="Name that readers see.")
    bloc: Side = Field(default="A", description="Which bloc it belongs to.")
    role: str = Field(default="", description="What it does.")
    contributions: dict[str, float] = Field(
        default_factory=dict,
        description=(
            "Given so far or offered, by kind (e.g. `total_eur_bn`, `military_eur_bn`, `troops`)."
        ),
    )
    defence_share_gdp: float | None = Field(default=None, ge=0, description="Percent of GDP.")
    threat: Quantity | None = Field(default=None, description="Felt threat, 0 to 1.")
    exposure: Quantity | None = Field(default=None, description="Economic exposure, 0 to 1.")
    dissent: Quantity | None = Field(default=None, description="Domestic dissent, 0 to 1.")
    stays: Quantity | None = Field(
        default=None, description="Monthly probability of keeping its present posture."
    )
    vetoes: tuple[str, ...] = Field(default=(), description="Decisions it can block alone.")
    refuses: tuple[str, ...] = Field(
        default=(), description="Levers or terms it refuses (ids of levers or of `refusals`)."
    )
    holds: tuple[str, ...] = Field(default=(), description="Levers only it can use.")
    buyoff: Quantity | None = Field(default=None, description="Price of its consent (stake flow).")
    elections: tuple[Election, ...] = Field(default=(), description="Votes ahead.")
    rule: str = Field(default="", description="Internal decision rule.")
    note: Text = Field(default="", description="Anything else.")
    source: Sources = Field(default=())


class Outsider(Frozen):
    """An actor outside both blocs that matters through what it changes."""

    name: str = Field(description="Name that readers see.")
    leans: Literal["A", "B", "none"] = Field(default="none", description="Towards whom it leans.")
    offset: Quantity | None = Field(
        default=None, description="Share of coverable sanctions pain that it offsets for B."
    )
    support: Quantity | None = Field(
        default=None, description="Share of third states that tolerate B (scales leakage)."
    )
    step_shift: Quantity | None = Field(
        default=None, description="Shift in the chance that a battle step favours B."
    )
    wants: str = Field(default="", description="What it wants.")
    effect: str = Field(default="", description="Through what it matters, in words.")
    source: Sources = Field(default=())


class Broker(Frozen):
    """A third party that may back, leave, side with B or impose terms."""

    actor: str = Field(description="Which actor brokers.")
    backstop: Quantity = Field(
        default_factory=lambda: assumed(0.2, 0.05, 0.5, "no information", "probability, 12 months"),
        description="Chance of a backstop to a guarantee within 12 months.",
    )
    sides_with_b: Quantity = Field(
        default_factory=lambda: assumed(0.2, 0.05, 0.5, "no information", "probability"),
        description="Chance that it sides with B when B refuses A's plan.",
    )
    aid: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.5, 1.0, "help goes on", "share"),
        description="Share of its earlier help that continues.",
    )
    easing: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 0.02, "no unilateral easing", "per month"),
        description="Hazard of unilateral easing of sanctions.",
    )
