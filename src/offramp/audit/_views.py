"""The audit in words, tables and charts."""

from __future__ import annotations

from typing import Any

from offramp.answers._answer import Answer, Cell, Column, Table, Trace
from offramp.answers._facts import join, quoted, supports
from offramp.audit._charts import loads_chart, matrix_chart
from offramp.audit._found import ENOUGH, Author, Found, plain
from offramp.audit._map_views import map_data, map_table
from offramp.audit._raw_data import data_of
from offramp.audit._saying import (
    LEAST,
    cell_text,
    claim_said,
    claims_said,
    number_said,
    stated,
    value_said,
    verdict_text,
    without,
)
from offramp.audit._telling_views import (
    discriminators_table,
    telling_chart,
    telling_data,
    telling_table,
)
from offramp.audit._words import flips_of, headline_of, paragraphs_of, warnings_of
from offramp.crisis import Crisis, quantities

FORMULA = (
    "share_rc = Pr(c true | premises of r on); load_j = Shapley share of premise j in "
    "share(all on) - share(all off)"
)


def answer_of(crisis: Crisis, found: Found) -> Answer:
    """The answer of an audit."""
    tables = [
        matrix_table(crisis, found),
        own_table(crisis, found),
        *(t for t in (loads_table(crisis, found), tension_table(crisis, found)) if t is not None),
        *(t for t in (premises_table(crisis, found), disagreement_table(crisis, found)) if t),
        *(t for t in (map_table(crisis, found), *_telling(crisis, found)) if t),
    ]
    charts = [c for c in (matrix_chart(crisis, found), loads_chart(crisis, found)) if c is not None]
    if found.told is not None and (chart := telling_chart(crisis, found.told)) is not None:
        charts.append(chart)
    return Answer(
        name="audit",
        question="Does each reading's conclusion follow from its own premises, and what carries it?",
        headline=headline_of(crisis, found),
        paragraphs=paragraphs_of(crisis, found),
        tables=tuple(tables),
        charts=tuple(charts),
        evidence_trace=Trace(
            formula=FORMULA,
            supports=supports(crisis, premises_of(crisis, found)),
            evidence=tuple(
                key
                for key, item in crisis.evidence.items()
                if item.include and not item.after_as_of
            ),
            certificate=(grid_line(found),),
            met=found.agreement is None or found.agreement >= ENOUGH,
            settings=(
                ("draws", str(found.draws)),
                ("draws for others' claims", str(found.cross)),
                ("pairs of premise sets", str(found.pairs)),
                ("resolution", found.resolution),
                ("date", "the file's" if found.transplant else "each reading's own"),
            ),
        ),
        flips=flips_of(crisis, found),
        warnings=warnings_of(crisis, found),
        data=data_of(found) | map_data(crisis, found) | telling_data(crisis, found),
    )


def _telling(crisis: Crisis, found: Found) -> tuple[Table | None, ...]:
    if not found.authors:
        return ()
    told = found.told
    return (telling_table(crisis, told) if told else None, discriminators_table(crisis, told))


def premises_of(crisis: Crisis, found: Found) -> tuple[tuple[str, str], ...]:
    """Numbers of the file that readings state premises on, with what each of them has there."""
    said: dict[str, list[str]] = {}
    for a in found.authors:
        for path, number in stated(crisis, found, a).items():
            said.setdefault(path, []).append(f"{quoted(a.label)} has {value_said(number)}")
    known = quantities(crisis)
    return tuple((p, f"the file's own; {join(who)}") for p, who in said.items() if p in known)


def grid_line(found: Found) -> str:
    """How far the grid can be trusted."""
    if found.agreement is None:
        return f"grid {found.resolution}; no verdict was asked again on a finer one"
    return (
        f"grid {found.resolution}: {found.agree} of {found.compared} single verdicts agree with grid "
        f"{found.finer}"
    )


# --- Tables ----------------------------------------------------------------------------------


def matrix_table(crisis: Crisis, found: Found) -> Table:
    """Every claim under every reading."""
    columns = (
        Column("claim", "Claim"),
        Column("text", "What it says"),
        Column("of", "Reading"),
        Column("kind", "Kind"),
        *(Column(a.id, a.label) for a in found.authors),
        Column("structural", "Structural"),
    )
    rows = tuple(
        (
            name,
            text,
            crisis.readings[reading].label,
            kind,
            *(cell_text(a.cells[name]) for a in found.authors),
            "yes" if name in found.structural else "",
        )
        for name, (reading, kind, text) in found.claims.items()
    )
    note = (
        "Follows: true in at least 80 % of the draws; contradicted: in at most 20 %. A reading's own claims "
        f"rest on {found.draws} draws, others' on {found.cross}; fewer than {LEAST} draws are told as the "
        "number in which the claim was true, not as a verdict. Structural: the same in every draw of every "
        "reading, so no premise of anybody carries it. Not asked: that date lacks what the claim names."
    )
    return Table("All claims under all readings", columns, rows, note)


def own_table(crisis: Crisis, found: Found) -> Table:
    """Each reading's own claims with intervals and what carries them."""
    columns = (
        Column("reading", "Reading"),
        Column("claim", "Claim"),
        Column("kind", "Kind"),
        Column("verdict", "Verdict"),
        Column("share", "True in", "share", "of draws", 0),
        Column("low", "at least", "share", "", 0),
        Column("high", "at most", "share", "", 0),
        Column("off", "without its premises", "share", "", 0),
        Column("margin", "Median margin", "signed", "", 3),
        Column("grid", "which a finer grid moves by up to", "number", "", 3),
        Column("carried", "Carried by"),
        Column("hurt", "Hurt by"),
        Column("why", "If not asked, why"),
    )
    rows: list[tuple[Cell, ...]] = []
    for a in found.authors:
        for name in a.claims:
            c = a.cells[name]
            rows.append(
                (
                    a.label,
                    found.claims[name][2],
                    found.claims[name][1],
                    verdict_text(c, name in found.structural),
                    plain(c.share),
                    plain(c.low),
                    plain(c.high),
                    plain(a.off[name].share) if name in a.off else None,
                    plain(c.margin),
                    plain(a.grid[name]) if name in a.grid else None,
                    _names(crisis, a.carrying(name)),
                    _names(crisis, a.hurting(name)),
                    c.reason,
                )
            )
    note = "95 % intervals by Wilson. Margins are in the units of the two sides of a claim's comparison."
    idle = set() if any(a.off for a in found.authors) else {"off"}
    idle |= set() if any(a.grid for a in found.authors) else {"grid"}
    idle |= set() if any(a.loads for a in found.authors) else {"carried", "hurt"}
    return without(Table("Each reading's own claims", columns, tuple(rows), note), idle)


def _names(crisis: Crisis, found: tuple[tuple[str, float], ...]) -> str:
    return "; ".join(number_said(crisis, path) for path, _ in found[:3])


def loads_table(crisis: Crisis, found: Found) -> Table | None:
    """Loads with intervals."""
    rows: list[tuple[Cell, ...]] = []
    for a in found.authors:
        for name, carried in a.loads.items():
            for j, path in enumerate(a.premises):
                rows.append(
                    (
                        a.label,
                        name,
                        path,
                        float(carried.truth.value[j]),
                        float(carried.truth.low[j]),
                        float(carried.truth.high[j]),
                        None if carried.margin is None else float(carried.margin.value[j]),
                        None if carried.margin is None else float(carried.margin.low[j]),
                        None if carried.margin is None else float(carried.margin.high[j]),
                    )
                )
    if not rows:
        return None
    columns = (
        Column("reading", "Reading"),
        Column("claim", "Claim"),
        Column("premise", "Premise"),
        Column("load", "Load", "signed", "share of draws"),
        Column("low", "at least", "signed"),
        Column("high", "at most", "signed"),
        Column("margin", "Load on the margin", "signed", "", 4),
        Column("margin_low", "at least", "signed", "", 4),
        Column("margin_high", "at most", "signed", "", 4),
    )
    note = (
        f"Shapley shares from {found.pairs} pairs of random sets of premises; 95 % intervals that hold for all "
        "premises of a claim at once. Nought: the claim does not read the premise, or it moves nothing. "
        "They add up to the difference between all premises on and all off."
    )
    return Table("What each premise carries", columns, tuple(rows), note)


def tension_table(crisis: Crisis, found: Found) -> Table | None:
    """Hidden steps, tensions, swaps, triggers and further questions."""
    rows: list[tuple[Cell, ...]] = []
    for a in found.authors:
        for name in a.claims:
            kind, text = found.claims[name][1], found.claims[name][2]
            if kind in ("hidden", "tension"):
                rows.append((a.label, kind, text, cell_text(a.cells[name])))
            if name in a.swapped:
                turned = a.swapped[name]
                said = (
                    f"turns {claims_said(found, turned)}" if turned else "turns none of the claims"
                )
                rows.append((a.label, "swap", text, said))
            if name in a.triggers:
                rows.append(
                    (a.label, "trigger", text, a.triggers[name].words("the act", "the trigger"))
                )
        rows += [
            (
                a.label,
                "further question",
                f"{claim_said(found, r.claim)}: {r.label}",
                _value(r.value),
            )
            for r in a.reports
        ]
    if not rows:
        return None
    columns = (
        Column("reading", "Reading"),
        Column("what", "What"),
        Column("asked", "Asked"),
        Column("found", "Found"),
    )
    return Table("Hidden steps, tensions and further questions", columns, tuple(rows))


def _value(value: float | bool | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.3g}"


def premises_table(crisis: Crisis, found: Found) -> Table | None:
    """Numbers on which two or more readings take different views."""
    stated: dict[str, dict[str, Any]] = {}
    for a in found.authors:
        for premise in crisis.readings[a.id].premises:
            stated.setdefault(premise.path, {})[a.id] = premise.value
    shared = {path: views for path, views in stated.items() if len(views) > 1}
    if not shared:
        return None
    rows = tuple(
        (
            path,
            *(
                f"{v.value:g} ({v.low:g} to {v.high:g})"
                if (v := views.get(a.id)) is not None and v.low is not None
                else f"{v.value:g}"
                if v is not None
                else None
                for a in found.authors
            ),
        )
        for path, views in shared.items()
    )
    columns = (Column("path", "Number"), *(Column(a.id, a.label) for a in found.authors))
    return Table("Numbers on which readings take different views", columns, rows)


def disagreement_table(crisis: Crisis, found: Found) -> Table | None:
    """Claims whose verdict differs between readings, with what carries them for their author."""
    rows: list[tuple[Cell, ...]] = []
    for name, (reading, _, text) in found.claims.items():
        said = [(_seen(a, name), a.cells[name].word) for a in found.authors if a.cells[name].draws]
        yes = [label for label, w in said if w == "follows"]
        no = [label for label, w in said if w == "contradicts"]
        if not yes or not no:
            continue
        author = next((a for a in found.authors if a.id == reading), None)
        tells = [str(d.test) for d in crisis.discriminators if reading in d.readings]
        rows.append(
            (
                name, text, join(yes), join(no),
                _names(crisis, author.carrying(name)) if author is not None else "",
                tells[0] if tells else "",
            )
        )  # fmt: skip
    if not rows:
        return None
    columns = (
        Column("claim", "Claim"),
        Column("text", "What it says"),
        Column("yes", "Follows for"),
        Column("no", "Contradicted for"),
        Column("carried", "Carried, for its author, by"),
        Column("tells", "What would tell"),
    )
    note = f"In brackets: true in how many draws, where fewer than {LEAST} were asked; that is no verdict."
    few = any(0 < a.cells[c].draws < LEAST for a in found.authors for c in a.cells)
    table = Table("Where the readings part", columns, tuple(rows), note if few else "")
    return without(table, set() if any(a.loads for a in found.authors) else {"carried"})


def _seen(author: Author, claim: str) -> str:
    """A reading's label, with the count where its draws are too few for a verdict."""
    cell = author.cells[claim]
    return f"{author.label} ({cell_text(cell)})" if cell.draws < LEAST else author.label
