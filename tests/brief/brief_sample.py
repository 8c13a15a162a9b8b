"""A brief about a crisis that never was, with every kind of chart, for the tests to render.

The Republic of Varda and the State of Orsk dispute the Strait of Lom; Kelm and the Southern
Isles stand by. All figures are invented and agree with one another where they meet.
"""

from __future__ import annotations

import datetime as dt
import math

from offramp.answers._answer import Answer, Cell, Chart, Column, Support, Table, Trace
from offramp.answers._charts import (
    Bar,
    Contract,
    Dot,
    Line,
    PlanRow,
    RedLine,
    Share,
    Threshold,
    acceptance_strip,
    diverging_bars,
    dots_and_ranges,
    fan,
    matrix,
    stacked_area,
    two_issue_map,
)
from offramp.brief import Brief, Source
from offramp.brief.words import confidence_sentence, estimate, sentence

START = dt.date(2031, 4, 15)
MONTHS = tuple(range(25))
FORCE = "Ceasefire plus reassurance force"


def waiting() -> Chart:
    varda = tuple(0.42 + 0.012 * m for m in MONTHS)
    orsk = tuple(0.66 - 0.011 * m for m in MONTHS)
    return fan(
        "waiting",
        title="Delay favours Orsk until month 10, then Varda",
        subtitle="Value of waiting, share of what is in dispute; band: 90 % of draws",
        alt="Varda's value of waiting rises from 42 to 71 %, Orsk's falls from 66 to 40 %; "
        "they cross in month 10.",
        months=MONTHS,
        start=START,
        format="share",
        decimals=0,
        lines=(
            Line(
                "Varda", varda, "a", tuple(v - 0.06 for v in varda), tuple(v + 0.05 for v in varda)
            ),
            Line("Orsk", orsk, "b", tuple(v - 0.05 for v in orsk), tuple(v + 0.07 for v in orsk)),
        ),
        thresholds=(
            Threshold("values cross", 10.4),
            Threshold("Varda votes", 12),
            Threshold("winter closes the strait to heavy shipping", 8),
            Threshold("what Orsk gets without a deal", 0.5, "value"),
        ),
    )


def posterior() -> Chart:
    sincere = tuple(0.30 + 0.008 * m for m in MONTHS)
    preparing = tuple(0.30 * math.exp(-m / 14) for m in MONTHS)
    stalling = tuple(1 - s - p for s, p in zip(sincere, preparing, strict=True))
    return fan(
        "posterior",
        title="Words move little; the closed port moves much",
        subtitle="Probability of each type of Orsk",
        alt="The weight of preparing falls from 30 to 5 %, stalling stays the likeliest type.",
        months=MONTHS,
        start=START,
        format="share",
        decimals=0,
        lines=(
            Line("sincere: delay hurts it", sincere, "b"),
            Line("stalling: delay pays it", stalling, "b"),
            Line("preparing a second offensive", preparing, "b"),
        ),
        thresholds=(Threshold("port of Sund closed", 5),),
    )


def regimes() -> Chart:
    war = tuple(0.02 + 0.003 * m for m in MONTHS)
    fighting = tuple(0.55 * math.exp(-m / 9) + 0.05 for m in MONTHS)
    talks = tuple(0.30 - 0.008 * m for m in MONTHS)
    rest = tuple(1 - a - b - c for a, b, c in zip(war, fighting, talks, strict=True))
    return stacked_area(
        "regimes",
        title="If Varda waits, a monitored ceasefire is the likeliest place to be in a year",
        subtitle="Share of futures in each regime, plan: wait",
        alt="Fighting falls from 60 to 9 % of futures, ceasefire rises to four in ten.",
        months=MONTHS,
        start=START,
        shares=(
            Share("Open war across the strait", war),
            Share("Fighting", fighting),
            Share("Talks under fire", talks),
            Share("Ceasefire, monitored", tuple(0.615 * r for r in rest)),
            Share("Settlement", tuple(0.385 * r for r in rest)),
        ),
    )


def plan_dots() -> Chart:
    return dots_and_ranges(
        "plans",
        title="Two plans cannot be told apart; waiting is worst",
        subtitle="Probability of a settlement by month 12; line: 90 % of draws",
        alt="The force settles with 62 %, sanctions first with 58 %, waiting with 21 %.",
        rows=(
            PlanRow(FORCE, Dot(0.62, 0.48, 0.75), Dot(0.55, 0.40, 0.70)),
            PlanRow(
                "Sanctions first, talks later",
                Dot(0.58, 0.41, 0.72),
                Dot(0.57, 0.40, 0.70),
                "no distinguishable difference from the plan above",
            ),
            PlanRow("Wait", Dot(0.21, 0.10, 0.35), Dot(0.20, 0.10, 0.33)),
        ),
        series=("own offer", "same offer for every plan"),
    )


def shapley() -> Chart:
    return diverging_bars(
        "shapley",
        title="Commitment, not information, keeps the sides apart",
        subtitle="Shapley share of the missing bargaining range; line: 90 % of draws",
        alt="Commitment takes 0.44 of the missing range, indivisibility 0.22, information narrows.",
        bars=(
            Bar("Information", -0.12, -0.20, -0.05),
            Bar("Commitment", 0.44, 0.30, 0.58),
            Bar("Indivisibility and red lines", 0.22, 0.10, 0.30),
            Bar("Domestic and coalition", 0.05, -0.02, 0.12),
        ),
        positive=("neutral", "widens the gap"),
        negative=("outside", "narrows the gap"),
        heading="Shapley share",
    )


def levers() -> Chart:
    parts = {
        "Oil and shipping sanctions": (0.21, 0.04, 0.02),
        "Air bridge to the northern garrisons": (0.02, 0.15, -0.03),
    }
    return diverging_bars(
        "levers",
        title="Oil sanctions coerce; the air bridge constrains",
        subtitle="Net leverage by channel, share of final terms",
        alt="Sanctions move 0.21 of final terms by coercing, the air bridge 0.15 by constraining.",
        bars=tuple(
            Bar(channel, value, group=lever)
            for lever, values in parts.items()
            for channel, value in zip(("coerce", "constrain", "signal"), values, strict=True)
        ),
        positive=("a", "favours Varda"),
        negative=("b", "favours Orsk"),
        unit="share of final terms",
    )


def consents() -> Chart:
    return matrix(
        "consents",
        title="No lever has everyone’s consent",
        subtitle="Who consents to what",
        alt="Every lever is refused by at least one member but oil sanctions.",
        rows=("Varda", "Kelm Republic", "Federation of the Southern Isles"),
        columns=("Oil sanctions", "Reassurance force", "Arms", "Side deal on gas"),
        cells=(
            ("agrees", "agrees", "agrees", "refuses"),
            ("agrees if there is a mandate", "refuses", "agrees", "not asked"),
            ("agrees", "cannot be expressed", "refuses", "agrees"),
        ),
        fills={
            "agrees": "mid",
            "refuses": "dark",
            "agrees if there is a mandate": "light",
            "cannot be expressed": "pale",
        },
        corner="Member",
    )


def contract_map() -> Chart:
    grid = tuple(i / 30 for i in range(31))
    return two_issue_map(
        "map",
        title="The overlap is a narrow band, and the named contracts miss its middle",
        subtitle="Contracts by their terms on the two main issues, signed today",
        alt="Both sides accept a diagonal band between low territory and a small force and high "
        "territory and a large one.",
        x_issue="Territory held by Orsk (0 none, 1 all it asks)",
        y_issue="Size of the force (0 none, 1 two brigades)",
        xs=grid,
        ys=grid,
        accept_a=[[(1 - x) * 0.6 + y * 0.4 > 0.42 for y in grid] for x in grid],
        accept_b=[[x * 0.7 + (1 - y) * 0.3 > 0.42 for y in grid] for x in grid],
        side_a="Varda",
        side_b="Orsk",
        contracts=(
            Contract("Ceasefire line as it stands", 0.55, 0.5),
            Contract("Kelm proposal", 0.4, 0.7),
            Contract(FORCE, 0.6, 0.8),
            Contract("Full withdrawal", 0.05, 0.95),
            Contract("Recognition", 0.95, 0.05),
        ),
        red_lines=(
            RedLine("Varda: no recognition", 0.8, "x"),
            RedLine("Orsk: no foreign brigade", 0.9, "y"),
            RedLine("Orsk: keeps the port", 0.2, "x"),
        ),
    )


def signing_dates() -> Chart:
    return acceptance_strip(
        "strip",
        title="Both would sign the Kelm proposal from month 9",
        subtitle="Who accepts each contract, by date of signing",
        alt="The Kelm proposal is accepted by both from month 9 to 21, the force by Varda only.",
        months=(0, 3, 6, 9, 12, 15, 18, 21),
        start=START,
        side_a="Varda",
        side_b="Orsk",
        contracts={
            "Kelm proposal": [(True, False)] * 3 + [(True, True)] * 4 + [(False, True)],
            FORCE: [(True, False)] * 8,
            "Ceasefire line as it stands": [(False, True)] * 4
            + [(False, False)]
            + [(True, True)] * 3,
        },
    )


def all_charts() -> tuple[Chart, ...]:
    """Every kind of chart, once or twice."""
    return (
        waiting(),
        posterior(),
        regimes(),
        plan_dots(),
        shapley(),
        levers(),
        consents(),
        contract_map(),
        signing_dates(),
    )


CERTIFICATE = ("fixed point to 2e-10", "largest gain from deviating 3e-9", "grid change 0.4 %")
DELAY = Support(
    "blocs.orsk.delay_cost", "0.8 % of GDP a month", "0.5 to 1.4", "lom-shipping", "sets the slope"
)
WINTER = Support(
    "calendar.winter.closure", "month 8", "7 to 9", "ice-atlas", "ends the cheap months"
)


def leverage() -> Answer:
    table = Table(
        "Cost of a month of delay",
        (
            Column("side", "Side"),
            Column("now", "Now", "share", "", 1),
            Column("year", "In 12 months", "share", "", 1),
            Column("who", "Who feels it"),
        ),
        (("Varda", 0.011, 0.004, "public, forces"), ("Orsk", 0.003, 0.012, "elite, leader")),
        "Share of what is in dispute lost by waiting a month.",
    )
    return Answer(
        name="leverage",
        question="Whom does delay favour, and which lever changes that?",
        headline="Delay favours Orsk until month 10, then Varda",
        paragraphs=(
            "In this model, Orsk prefers to wait: a month costs it 0.3 % of what is in dispute, "
            "and Varda 1.1 %. Ice and debt turn that around.",
            "Oil sanctions work by coercion, since compliance would lift them. The air bridge "
            "works by constraint and buys time at the front, not terms at the table.",
            "What the model does not know is how fast Orsk's tanker fleet adapts.",
        ),
        tables=(table,),
        charts=(waiting(), levers()),
        evidence_trace=Trace(
            formula="Value of waiting one month less the value of settling now, per side",
            supports=(DELAY, WINTER),
            evidence=("lom-shipping", "E7"),
            certificate=CERTIFICATE,
            settings=(("precision", "8"), ("resolution", "standard")),
        ),
        flips=(
            "Orsk's cost of delay falls below 0.5 % of GDP a month",
            "winter closes the strait later than month 11",
        ),
    )


def deal() -> Answer:
    table = Table(
        "Contracts signed today",
        (
            Column("contract", "Contract"),
            Column("varda", "Varda gains", "signed"),
            Column("orsk", "Orsk gains", "signed"),
            Column("lasts", "Lasts 24 months", "share", "", 0),
        ),
        (
            ("Kelm proposal", 0.06, -0.01, 0.71),
            (FORCE, 0.09, -0.05, 0.83),
            ("Ceasefire line as it stands", -0.02, 0.04, 0.38),
        ),
    )
    return Answer(
        name="deal",
        question="Is there a contract that both accept, and why is it not signed?",
        headline="A deal exists from month 9; commitment, not information, is in its way today",
        paragraphs=(
            "In this model, both sides accept a narrow band of contracts, and none of the three on "
            "the table lies in it today.",
            sentence(0.71, "the Kelm proposal, once signed, lasts two years", low=0.6, high=0.79),
            "Unlocking the port would widen the band more than any change in the force.",
        ),
        tables=(table,),
        charts=(contract_map(), signing_dates(), shapley(), consents()),
        evidence_trace=Trace(
            formula="Both sides' acceptance sets by date; Shapley value over four frictions",
            supports=(
                Support("contracts.guarantee.response", "0.6", "0.4 to 0.8", "kelm-statement"),
                Support("issues.port.locked_by", "Orsk", "", "kelm-statement", "closes an issue"),
            ),
            certificate=CERTIFICATE,
        ),
        flips=("the chance that the guarantee responds rises above 75 %",),
    )


def futures() -> Answer:
    table = Table(
        "Where the crisis is in a year if Varda waits",
        (
            Column("regime", "Regime"),
            Column("share", "Share of futures", "share", "", 0),
            Column("word", "In words"),
        ),
        tuple((n, p, estimate(p)) for n, p in (("Settlement", 0.21), ("Fighting", 0.20))),
    )
    return Answer(
        name="futures",
        question="Where does this go, and which plan moves it?",
        headline="Two plans do equally well; nothing here tells them apart",
        paragraphs=(
            "In this model, the two active plans settle by month 12 with "
            "62 and 58 %, and their ranges overlap almost wholly.",
            "Stalling remains the likeliest reading of Orsk's conduct.",
        ),
        tables=(table,),
        charts=(plan_dots(), regimes(), posterior()),
        evidence_trace=Trace(
            formula="Exact forward distribution over regimes",
            supports=(DELAY, Support("types.stalling.prior", "0.40", "0.25 to 0.55", "panel")),
            certificate=CERTIFICATE,
        ),
        flips=("a probe is answered within two weeks",),
        warnings=("Two of five experts gave no range for the prior of stalling.",),
    )


def parameters() -> Table:
    columns = (
        Column("path", "Path"),
        Column("name", "Parameter"),
        Column("value", "Value"),
        Column("range", "Range"),
        Column("unit", "Unit"),
        Column("source", "Source"),
        Column("grade", "Grade"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            "blocs.orsk.delay_cost",
            "Orsk's cost of delay",
            "0.8",
            "0.5 to 1.4",
            "% of GDP a month",
            "lom-shipping",
            "B2",
        ),
        ("calendar.winter.closure", "Winter closure", "8", "7 to 9", "month", "ice-atlas", "A1"),
        (
            "contracts.guarantee.response",
            "Chance that the guarantee responds",
            "0.6",
            "0.4 to 0.8",
            "probability",
            "kelm-statement, panel",
            "C3",
        ),
        ("issues.port.locked_by", "Who locks the port", "Orsk", None, "", "kelm-statement", "B2"),
    ]
    return Table("Every number that the model uses", columns, tuple(rows))


def sample_brief(**changes: object) -> Brief:
    """The whole brief; ``changes`` replace fields."""
    options = Table(
        "By month 12, with 90 % ranges",
        (
            Column("plan", "Plan"),
            Column("settles", "Settles by month 12"),
            Column("worst", "Worst case"),
            Column("consent", "Who must agree"),
            Column("cost", "Cost to us", "number", "bn", 1),
        ),
        (
            (FORCE, "62 % (48–75 %)", "open war, 9 %", "Varda, Kelm, the host", 4.2),
            (
                "Sanctions first, talks later",
                "58 % (41–72 %)",
                "fighting goes on, 24 %",
                "Varda, Southern Isles",
                1.3,
            ),
            ("Wait", "21 % (10–35 %)", "fighting goes on, 61 %", "nobody", 0.4),
        ),
        "No distinguishable difference in settling between the first two plans.",
    )
    fields: dict[str, object] = {
        "title": "Ceasefire and reassurance force in the Strait of Lom",
        "subtitle": "What would make Orsk sign, and what Varda should do first",
        "handling": "Exercise – Exercise – Exercise",
        "as_of": "15 April 2031",
        "case": "lom-2031, version 3",
        "seat": "Varda, foreign ministry",
        "crisis_hash": "2f9c41d07be5a3386e1b0c9d54f7a2e8b6613c0f9a7d8e25141f0b3c6d9e8a72",
        "version": "0.1.0",
        "seed": 20310415,
        "command": "offramp brief lom-2031 --seat varda --seed 20310415 --out brief.html",
        "bottom_line": (
            sentence(
                0.62, "a plan with a reassurance force settles by April 2032", low=0.48, high=0.75
            ),
            "Sanctions first do as well, within what this model can tell, at a third of the cost.",
            "First, ask Orsk to open the port of Sund for one week: the answer separates stalling "
            "from sincere bargaining before winter does.",
        ),
        "confidence": confidence_sentence(
            "moderate", "the cost of delay rests on shipping data, the guarantee on statements"
        ),
        "options": options,
        "why_no_deal": "No contract on the table survives Orsk's doubt that the guarantee would "
        "respond: commitment carries 0.44 of the missing range.",
        "why_no_deal_chart": shapley(),
        "mind_changers": (
            "Orsk's monthly cost of delay above 1.2 % of GDP: watch insurance rates in Sund.",
            "A written mandate for the force: watch the assembly of Kelm on 3 May.",
            "Tanker traffic above 40 a week through the northern passage: watch the ice reports.",
        ),
        "deal_range": "From month 9 to month 21 both sides accept the Kelm proposal; before that, "
        "no named contract has both.",
        "answers": (leverage(), deal(), futures()),
        "parameters": parameters(),
        "assumptions": Table(
            "Defaults of the tool, by how much they move the bottom line",
            (
                Column("path", "Path"),
                Column("what", "What is assumed"),
                Column("moves", "Moves the bottom line by", "share", "", 0),
            ),
            (
                (
                    "contracts.guarantee.response",
                    "Guarantees respond at the rate of the past",
                    0.11,
                ),
                ("blocs.orsk.delay_cost", "Costs fall on the elite first", 0.06),
            ),
        ),
        "sources": (
            Source(
                "lom-shipping",
                "Shipping through the Strait of Lom, 2019–2031",
                "Institute of Maritime Statistics",
                "2031",
                url="https://example.org/lom?year=2031&series=2",
                kind="techreport",
            ),
            Source("ice-atlas", "Atlas of winter ice", "A. Nord and B. Ost", "2028", "Sund Press"),
            Source("kelm-statement", "Statement on guarantees", "Government of Kelm", "2031"),
            Source("panel", "Panel of five regional experts", "", "2031", note="Private, pooled."),
        ),
        "base_rates": Table(
            "How often such things happen",
            (
                Column("event", "Event"),
                Column("rate", "Rate", "share", "", 0),
                Column("n", "Cases", "integer"),
                Column("definition", "Definition"),
                Column("source", "Source"),
            ),
            (
                (
                    "Ceasefires with a foreign force hold two years",
                    0.64,
                    39,
                    "No fight above 25 dead between the same sides",
                    "panel",
                ),
            ),
        ),
        "method": (
            "The crisis is a game of two blocs that offer, hold, escalate or back down each month. "
            "Each side weighs what a settlement gives against what waiting gives.",
            "The future is computed exactly from the equilibrium, not sampled.",
        ),
        "certificate": Table(
            "What was checked",
            (Column("check", "Check"), Column("found", "Found"), Column("limit", "Limit")),
            (
                ("fixed point of beliefs and moves", "2e-10", "1e-8"),
                ("largest gain from deviating", "3e-9", "1e-6"),
                ("change with the finer grid", "0.4 %", "1 %"),
            ),
        ),
        "warnings": ("The reading of Southern Isles analysts is not included.",),
    }
    return Brief(**{**fields, **changes})  # type: ignore[arg-type]


if __name__ == "__main__":
    import sys

    print(sample_brief().save(sys.argv[1]))
