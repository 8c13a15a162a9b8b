"""What the sides can do to each other: levers, ladder, guarantees, contracts, relief, plans.

A lever acts through three channels that are reported apart: *coerce* (a flow cost that compliance
would lift), *constrain* (power: battle odds, stocks), *signal* (information). Its effect at age a
(months since it was switched on) is::

    effect(a) = 0 for a < lag;  (a - lag) / ramp up to 1;  then halves every `adaptation_half_life`

Units: flows are stake-equivalents if sustained for ever; hazards are per month; rungs are integers
on the crisis's own ladder. Lifting of a stick is a hazard: `lift_if_comply` and `lift_if_defy` are
chances of being lifted within twelve months; only their difference coerces (conditionality lemma).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from offramp.crisis._beliefs import EvidenceChannel
from offramp.crisis._quantity import Frozen, Quantity, Sources, Text, assumed, assumed_both


class Shares(Frozen):
    """Who feels a lever; the four shares sum to 1."""

    elite: float = Field(default=0.25, ge=0, le=1, description="Share felt by the elite.")
    public: float = Field(default=0.25, ge=0, le=1, description="Share felt by the public.")
    budget: float = Field(default=0.25, ge=0, le=1, description="Share felt by the budget.")
    military: float = Field(default=0.25, ge=0, le=1, description="Share felt by the forces.")


class Consent(Frozen):
    """Who must agree before a lever is used."""

    rule: Literal[
        "national", "unanimity", "qualified_majority", "contributors", "executive", "host", "none"
    ] = Field(default="national", description="Legal or political rule.")
    of: tuple[str, ...] = Field(default=(), description="Members the rule runs over, if not all.")
    also: tuple[str, ...] = Field(
        default=(), description="Named actors who must agree besides (host, custodian, mandate)."
    )
    named: tuple[str, ...] = Field(
        default=(), description="For `contributors`: members who must be among them."
    )
    at_least: int | None = Field(default=None, description="For `contributors`: fewest of them.")
    quota: float | None = Field(
        default=None,
        description=(
            "For `qualified_majority`: least weight that agrees, in the unit of "
            "`coalition.majority_weights`; left out, 65 % of the weights."
        ),
    )
    note: str = Field(default="", description="In words.")


class Lever(Frozen):
    """An instrument in somebody's hands."""

    name: str = Field(description="Name that readers see.")
    kind: Literal[
        "stick", "carrot", "guarantee", "threat", "denial", "delay", "signal", "concession"
    ] = Field(description="What sort of instrument it is.")
    holder: str = Field(description="Actor or bloc that holds it.")
    targets: tuple[str, ...] = Field(description="Actors it is aimed at.")
    channels: tuple[Literal["coerce", "constrain", "signal", "enforce"], ...] = Field(
        default=("coerce",), description="Channels through which it works."
    )
    cost_to_target: Quantity | None = Field(
        default=None, description="Flow cost to the target at full effect; negative for a carrot."
    )
    cost_to_holder: Quantity | None = Field(default=None, description="Flow cost to the holder.")
    step_shift: Quantity | None = Field(
        default=None,
        description="Shift in the chance that a battle step favours B, at full effect.",
    )
    exhaustion: Quantity | None = Field(
        default=None, description="Exhaustion added to the target per month at full effect."
    )
    response_gain: Quantity | None = Field(
        default=None, description="Added chance of response of a guarantee it stands behind."
    )
    territory_drift: Quantity | None = Field(
        default=None, description="Territory-issue units gained per month."
    )
    third_party_shift: Quantity | None = Field(
        default=None, description="Change in third states' support for B."
    )
    audience_cost: Quantity | None = Field(
        default=None, description="Audience cost its use puts on the holder (lump)."
    )
    reputation_cost: Quantity | None = Field(default=None, description="Reputational lump.")
    size_thousand: Quantity | None = Field(default=None, description="Size, thousand people.")
    lag: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 2.0, "acts at once", "months"),
        description="Months before any effect.",
    )
    ramp: Quantity = Field(
        default_factory=lambda: assumed(1.0, 0.0, 3.0, "full within a month", "months"),
        description="Months from first to full effect.",
    )
    adaptation_half_life: Quantity | None = Field(
        default=None, description="Months after which the target has halved the effect."
    )
    decay_months: Quantity | None = Field(default=None, description="Life of a signal.")
    substitution_months: Quantity | None = Field(
        default=None, description="Months in which the target replaces what is denied."
    )
    rung: int = Field(default=0, ge=0, description="Rung on the ladder.")
    rung_if_war: int | None = Field(
        default=None, ge=0, description="Rung if used while war goes on."
    )
    undo_months: float = Field(default=1.0, ge=0, description="Months to reverse; 999 = never.")
    lift_if_comply: Quantity | None = Field(
        default=None, description="Chance of being lifted within 12 months if the target complies."
    )
    lift_if_defy: Quantity | None = Field(
        default=None, description="Chance of being lifted within 12 months if it defies."
    )
    leaks: bool = Field(
        default=False, description="Whether third parties can offset it (trade, finance, energy)."
    )
    felt_by: Shares = Field(default_factory=Shares, description="Who feels it.")
    consent: Consent = Field(default_factory=Consent, description="Who must agree.")
    objectors: tuple[str, ...] = Field(default=(), description="Who is expected to object.")
    needs: tuple[str, ...] = Field(
        default=(),
        description=(
            "Preconditions: `ceasefire`, `mandate`, `host_consent`, or ids of other levers."
        ),
    )
    relief: str = Field(default="", description="Stated condition for lifting it.")
    answers: tuple[str, ...] = Field(
        default=(), description="Levers or events of the other side that trigger it."
    )
    executes: tuple[str, ...] = Field(
        default=(), description="Levers that a threat would switch on."
    )
    sets: dict[str, float] = Field(
        default_factory=dict, description="Parameter paths that it sets while in use."
    )
    shifts: dict[str, Quantity] = Field(
        default_factory=dict, description="Parameter paths or event hazards that it shifts."
    )
    note: Text = Field(default="", description="Anything else.")
    source: Sources = Field(default=())


class Rung(Frozen):
    """One rung of the escalation ladder."""

    rung: int = Field(ge=0, description="Number.")
    name: str = Field(description="What happens there.")
    accident: Quantity = Field(description="Monthly hazard of disaster at this rung.")


class Ladder(Frozen):
    """The escalation ladder of this crisis."""

    name: str = Field(default="", description="Name of the ladder or preset.")
    disaster: str = Field(default="general war", description="What disaster means here.")
    base: int = Field(default=0, ge=0, description="Rung at which the crisis stands in war.")
    step: int = Field(default=1, ge=1, description="Rungs climbed by one act of escalation.")
    rungs: tuple[Rung, ...] = Field(description="The rungs, lowest first.")
    exposure: Quantity = Field(
        default_factory=lambda: assumed(
            0.25, 0.1, 0.5, "a lever in use adds part of its rung's hazard", "share"
        ),
        description="Share of its rung's accident hazard that a lever in use adds.",
    )
    cost: dict[Literal["A", "B"], Quantity] = Field(
        default_factory=lambda: assumed_both(
            0.03, 0.01, 0.08, "fighting one step higher costs more", "flow"
        ),
        description="Added flow cost to each side while one step above the base rung.",
    )


class Guarantee(Frozen):
    """How a settlement is watched and enforced."""

    name: str = Field(description="Name that readers see.")
    detection: Quantity = Field(description="Chance that a violation is detected.")
    response: Quantity = Field(description="Chance that a detected violation is answered.")
    loss: Quantity = Field(
        default_factory=lambda: assumed(
            0.6, 0.3, 1.0, "an answered violation is a lost war", "stake"
        ),
        description="Stake that B loses when a violation is answered (lump).",
    )
    lever: str | None = Field(default=None, description="Lever that provides it, e.g. a force.")
    size: str = Field(default="", description="Size, in words.")
    rules_of_engagement: str = Field(default="", description="What it may do.")
    wider_link: Quantity | None = Field(
        default=None, description="Link to a wider guarantee, 0 to 1."
    )
    host_consent: Quantity | None = Field(
        default=None, description="Chance that host consent holds for 12 months."
    )
    note: Text = Field(default="", description="Anything else.")


class Contract(Frozen):
    """A settlement: terms on every issue, relief, guarantee, duration."""

    name: str = Field(description="Name that readers see.")
    terms: dict[str, float] = Field(description="Issue -> point in [0, 1].")
    relief: Literal["none", "partial", "phased", "full"] = Field(
        default="none", description="Relief schedule that comes with it."
    )
    guarantee: str | None = Field(default=None, description="Guarantee that enforces it.")
    lasts_months: float | None = Field(
        default=None, gt=0, description="Duration; left out means until somebody breaks it."
    )
    imposed: bool = Field(
        default=False, description="Put forward by an outsider over the parties' heads."
    )
    note: Text = Field(default="", description="Anything else.")
    source: Sources = Field(default=())


class Relief(Frozen):
    """How pressure comes off: hazards of lifting, conditions, schedules."""

    comply: Quantity = Field(
        default_factory=lambda: assumed(
            0.5, 0.2, 0.8, "lifting after compliance is uncertain", "probability, 12 months"
        ),
        description="Chance that sticks are lifted within 12 months of compliance.",
    )
    defy: Quantity = Field(
        default_factory=lambda: assumed(
            0.1, 0.0, 0.3, "sticks erode slowly", "probability, 12 months"
        ),
        description="Chance that sticks are lifted within 12 months of defiance.",
    )
    clarity: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.2, 0.8, "half the conditions are stated", "share"),
        description="Share of sticks whose conditions for lifting are stated.",
    )
    schedules: dict[str, float] = Field(
        default_factory=lambda: {"none": 0.0, "partial": 0.5, "phased": 0.75, "full": 1.0},
        description="Contract's relief word -> share of the conditional relief that it brings.",
    )


class LeverUse(Frozen):
    """A lever inside a plan at an intensity in [0, 1]."""

    lever: str = Field(description="Lever id.")
    intensity: float = Field(default=1.0, gt=0, le=1, description="Share of full strength.")


class Authority(Frozen):
    """Who must agree to a stage, and when."""

    of: tuple[str, ...] = Field(default=(), description="Members or actors who must agree.")
    when: Literal["before", "at_trigger", "none"] = Field(
        default="none", description="Whether they agree in advance or only at the trigger."
    )
    rule: str = Field(default="", description="Rule in words.")


class Stage(Frozen):
    """One step of a plan: when it starts, what it switches on, who must agree."""

    name: str = Field(description="Name that readers see.")
    trigger: str = Field(
        default="start",
        description=(
            "`start`, or a condition such as `months_without_ceasefire >= 3 and belief.stalling "
            "> 0.6`."
        ),
    )
    on: tuple[LeverUse, ...] = Field(default=(), description="Levers switched on.")
    off: tuple[str, ...] = Field(default=(), description="Levers switched off.")
    authority: Authority = Field(default_factory=Authority, description="Who must agree.")
    announced: bool = Field(default=False, description="Whether B is told in advance.")
    commits: bool = Field(
        default=False,
        description="Whether entering it commits A in public (see `blocs.A.commitment`).",
    )
    expires_months: float | None = Field(default=None, gt=0, description="Life of the stage.")


class PlanRelief(Frozen):
    """A plan's own relief terms, where they differ from the crisis's."""

    comply: Quantity | None = Field(default=None, description="Lifting after compliance.")
    clarity: Quantity | None = Field(default=None, description="Share with stated conditions.")


class Plan(Frozen):
    """A conditional strategy of bloc A that B knows and answers.

    A plan that is not fully credible is a lottery at each trigger: with chance ``credibility`` (B's
    belief) the stage begins, otherwise it is seen that A did not follow through and no later stage
    begins any more. Whether A does follow through has chance ``followed``.
    """

    name: str = Field(description="Name that readers see.")
    summary: Text = Field(default="", description="In a sentence.")
    stages: tuple[Stage, ...] = Field(default=(), description="Stages in order.")
    offer: str | None = Field(
        default=None, description="Contract that A offers; left out: A may offer anything."
    )
    alternatives: tuple[str, ...] = Field(
        default=(), description="Other contracts to test the plan with."
    )
    may_propose: tuple[Literal["A", "B"], ...] = Field(
        default=("A", "B"), description="Who may make offers."
    )
    floor: Literal["common", "offer"] = Field(
        default="common",
        description=(
            "Whose floor holds: the voices' common floor, or `offer`: A's offer is its floor."
        ),
    )
    preagreed: bool = Field(default=False, description="Agreed before it is needed.")
    mode: Literal["committed", "adaptive"] = Field(
        default="committed",
        description=(
            "`committed`: stages begin when their triggers say so; `adaptive`: A may begin the "
            "next stage whenever it has the initiative, and triggers are not looked at."
        ),
    )
    credibility: Quantity = Field(
        default_factory=lambda: assumed(
            1.0, 1.0, 1.0, "B takes the plan at its word", "probability"
        ),
        description="Chance, as B believes, that A follows through when a trigger fires.",
    )
    followed: Quantity = Field(
        default_factory=lambda: assumed(1.0, 1.0, 1.0, "A does what it says", "probability"),
        description="Chance that A really follows through when a trigger fires.",
    )
    evidence_channel: EvidenceChannel | None = Field(
        default=None, description="Evidence channel under this plan, instead of the crisis's."
    )
    relief: PlanRelief = Field(default_factory=PlanRelief, description="Relief terms.")
    withheld: tuple[str, ...] = Field(default=(), description="Levers kept back on purpose.")
    on_ceasefire: tuple[str, ...] = Field(default=(), description="Levers used in a ceasefire.")
    on_event: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Event or B's lever -> levers switched on in answer."
    )
    fails_if: tuple[str, ...] = Field(default=(), description="How it fails, in words.")
    derived_from: str | None = Field(
        default=None, description="Plan of which this is what survives the red lines."
    )
    dropped: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="Levers lost on the way, and whose line took each."
    )
    slowest_ramp: Quantity | None = Field(
        default=None, description="Cap on the months to full effect of the plan's levers."
    )
    deadline_months: float | None = Field(default=None, gt=0, description="Date it must work by.")
    rung_cap: int | None = Field(default=None, ge=0, description="Highest rung it may reach.")
    disaster_cap: float | None = Field(
        default=None, gt=0, lt=1, description="Highest chance of disaster its owner accepts."
    )
    source: Sources = Field(default=())


class ConsentRules(Frozen):
    """Decision rules of a coalition by kind of decision."""

    sanctions: str = Field(default="", description="Rule for sanctions.")
    assets: str = Field(default="", description="Rule for immobilised assets.")
    trade: str = Field(default="", description="Rule for trade and energy measures.")
    arms: str = Field(default="", description="Rule for arms.")
    force: str = Field(default="", description="Rule for a force.")
    backstop: str = Field(default="", description="Rule for a backstop.")


class StayModel(Frozen):
    """Logit of a member's stay: added terms on logit(stays)."""

    threat: float = Field(default=1.5, description="Per unit of felt threat times threat shock.")
    exposure: float = Field(default=-2.0, description="Per unit of exposure times cost share.")
    dissent: float = Field(default=-1.5, description="Per unit of dissent in a dispute.")
    overruled: float = Field(default=-3.0, description="When a refused lever is used.")
    preagreed: float = Field(default=1.0, description="Multiplies the pre-agreement effect.")


class Coalition(Frozen):
    """How bloc A's cohesion moves and what it does.

    Cohesion I falls from tier to tier (1 = intact). It falls at hazard
    ``fracture (1 - preagreement [plan agreed]) (1 - threat_unity) / gap`` per month and recovers at
    ``substitution / 12``. A tier acts on levers and aid in force, on battle odds, and on the floor
    (specification R: the floor falls by ``fracture_to_terms (1 - I)``).
    """

    tiers: tuple[float, ...] = Field(
        default=(1.0, 0.6, 0.2), description="Cohesion levels, highest first."
    )
    tier_names: tuple[str, ...] = Field(
        default=("intact", "strained", "broken"), description="Names of the levels."
    )
    fracture: Quantity = Field(
        default_factory=lambda: assumed(0.0, 0.0, 0.02, "no fracture unless stated", "per month"),
        description="Monthly fall of cohesion while no plan is agreed.",
    )
    preagreement: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.2, 0.8, "no information", "share"),
        description="Share of that fall which a pre-agreed plan removes.",
    )
    threat_unity: Quantity = Field(
        default_factory=lambda: assumed(0.3, 0.1, 0.6, "no information", "share"),
        description="Share of the fall which a shared threat offsets.",
    )
    substitution: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.3, 0.8, "no information", "share, 12 months"),
        description="Share of a lost contribution that others replace in 12 months.",
    )
    casualty_tolerance: Quantity = Field(
        default_factory=lambda: assumed(0.3, 0.1, 0.6, "no information", "probability"),
        description="Chance that contributors stay after heavy losses.",
    )
    odds_loss: Quantity = Field(
        default_factory=lambda: assumed(
            0.12, 0.05, 0.2, "battle odds lost when cohesion goes from 1 to 0", "probability"
        ),
        description="Shift of battle odds towards B when cohesion goes from 1 to 0.",
    )
    collapse_gain: Quantity = Field(
        default_factory=lambda: assumed(
            1.0, 0.3, 2.0, "a broken coalition doubles the risk of collapse", "share"
        ),
        description="Rise of A's collapse hazard, as a share, when cohesion goes from 1 to 0.",
    )
    floor_from_territory: Quantity = Field(
        default_factory=lambda: assumed(0.5, 0.0, 1.0, "half of a loss is written off", "share"),
        description="Share of the stake lost on the ground by which floors move.",
    )
    rules: ConsentRules = Field(default_factory=ConsentRules, description="Consent rules.")
    stay: StayModel = Field(default_factory=StayModel, description="Model of members' stay.")
    majority_weights: dict[str, float] = Field(
        default_factory=dict, description="Weights for qualified majority."
    )
