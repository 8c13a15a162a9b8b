"""A page per reading for somebody who never saw a game: claims, what follows, what carries it, forecasts.

Every page is an :class:`Answer` of its own, made of what one audit has found; nothing is solved
here. The sealed file is opened only to score forecasts, after everything else, and nothing of it
reaches a game.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from offramp.answers._answer import Answer, Column, Table, Trace
from offramp.answers._answer import Cell as Value
from offramp.answers._facts import join, percent, quoted, supports
from offramp.answers._forecasts_facts import LEAST_RANKED, Group, groups_of, items_of
from offramp.answers._forecasts_sealed import open_sealed
from offramp.answers._names import readable
from offramp.audit._charts import main_claim
from offramp.audit._found import Author, Found, plain
from offramp.audit._map import TOGETHER, Swap
from offramp.audit._views import grid_line
from offramp.audit._words import short
from offramp.crisis import Crisis, SealedFile, quantities

FORMULA = "share = Pr(claim true | the reading's premises); load = Shapley share of a premise in it"
SAID = {
    "follows": "follow from its premises",
    "undetermined": "may or may not be so, depending on values within its own ranges",
    "contradicts": "are contradicted by its premises",
    "not asked": "could not be asked of the game of that date",
    "not expressed": "cannot be put to such a game",
}
ONE = {
    "follows": "follows from its premises",
    "undetermined": "may or may not be so, depending on values within its own ranges",
    "contradicts": "is contradicted by its premises",
    "not asked": "could not be asked of the game of that date",
    "not expressed": "cannot be put to such a game",
}


def pages(
    crisis: Crisis,
    found: Found,
    *,
    sealed: str | Path | SealedFile | None = None,
    scored: bool = True,
) -> tuple[Answer, ...]:
    """One page per reading of an audit.

    Args:
        crisis: The crisis.
        found: What the audit found.
        sealed: File with outcomes; left out, the one beside a shipped crisis.
        scored: Whether to open it at all.

    Raises:
        CrisisError: for a sealed file that is missing or malformed.
    """
    groups: dict[str, Group] = {}
    if scored and any(crisis.readings[a.id].forecasts for a in found.authors):
        outcomes = open_sealed(crisis, sealed)
        names = {key: reading.label for key, reading in crisis.readings.items()}
        truths: dict[tuple[str, str], bool | None] = {}
        items = items_of(crisis, outcomes, truths)
        groups = {g.id: g for g in groups_of(items, names, LEAST_RANKED)}
    return tuple(page(crisis, found, a, groups.get(a.id), scored) for a in found.authors)


def page(crisis: Crisis, found: Found, author: Author, group: Group | None, scored: bool) -> Answer:
    """The page of one reading."""
    known = quantities(crisis)
    paths = [(p, "premise of this reading") for p in author.premises if p in known]
    tables = [claims_table(found, author), premises_table(crisis, found, author)]
    tables += [forecasts_table(group)] if group is not None else []
    said = (
        claims_words(crisis, found, author),
        follows_words(found, author),
        carries_words(crisis, found, author),
        change_words(crisis, found, author),
        forecast_words(crisis, author, group, scored),
    )
    return Answer(
        name=f"audit-{author.id}",
        question=f"Does what {quoted(author.label)} concludes follow from what it assumes?",
        headline=headline(found, author),
        paragraphs=tuple(x for x in said if x),
        tables=tuple(tables),
        charts=(),
        evidence_trace=Trace(
            formula=FORMULA,
            supports=supports(crisis, paths),
            certificate=(grid_line(found),),
            settings=(("as of", author.as_of), ("draws", str(found.draws))),
        ),
        flips=tuple(swap_words(crisis, s) for s in turning(found, author)),
        warnings=(
            "The verdicts are about our coding of the text, and about this game; neither is the author's.",
            *((unread_words(crisis, author),) if author.unread else ()),
        ),
        data=page_data(found, author, group),
    )


def headline(found: Found, author: Author) -> str:
    """How many of its claims follow."""
    asked = [c for c in author.claims if author.cells[c].draws]
    if not asked:
        return f"{quoted(author.label)}: none of its claims can be asked of this game"
    n = sum(author.cells[c].word == "follows" for c in asked)
    verb = "follows" if n == 1 else "follow"
    return f"{quoted(author.label)}: {n} of {len(asked)} claims that can be asked {verb} from its premises"


# --- Sentences -------------------------------------------------------------------------------


def claims_words(crisis: Crisis, found: Found, author: Author) -> str:
    """What it claims."""
    reading = crisis.readings[author.id]
    ends = [_bare(found.claims[c][2]) for c in author.claims if found.claims[c][1] == "conclusion"]
    text = (
        f"What it claims, as of {author.as_of}: {_bare(reading.stance)}." if reading.stance else ""
    )
    if ends:
        text += f" Its conclusions: {'; '.join(ends)}."
    n = len(author.premises)
    return f"{text} It rests on {n} stated premise{'' if n == 1 else 's'}.".strip()


def follows_words(found: Found, author: Author) -> str:
    """What follows, what does not, what cannot be said."""
    parts = []
    for word in SAID:
        names = [c for c in author.claims if author.cells[c].word == word]
        if names:
            listed = "; ".join(f"“{_bare(found.claims[c][2])}”" for c in names)
            parts.append(f"{len(names)} {(ONE if len(names) == 1 else SAID)[word]}: {listed}.")
    if not parts:
        return "It makes no claims."
    text = f"What follows. Of its {len(author.claims)} claims: {' '.join(parts)}"
    idle = [c for c in author.claims if c in found.structural]
    if idle:
        text += (
            f" {join(idle)} came out the same whatever anybody assumes: "
            f"{'it says' if len(idle) == 1 else 'they say'} something about the game, not about this reading."
        )
    return text


def carries_words(crisis: Crisis, found: Found, author: Author) -> str:
    """What carries its first conclusion that was asked, and what hurts it."""
    claim = main_claim(found, author)
    if claim is None or not author.premises:
        return (
            "What carries it: nothing can be said, for no claim was asked or no premise is stated."
        )
    if claim not in author.loads and author.loads:
        claim = next(iter(author.loads))
    cell = author.cells[claim]
    text = (
        f"What carries it. “{_bare(found.claims[claim][2])}” is true in {percent(cell.share)} of the draws "
        f"from its own ranges ({percent(cell.low)} to {percent(cell.high)})."
    )
    if claim not in author.loads:
        return (
            f"{text} It came out the same in all of them, and what each premise carries was not sampled in "
            "this shorter audit."
            if cell.constant
            else f"{text} Too few draws could be asked to say what each premise carries."
        )
    carry, hurt = author.carrying(claim), author.hurting(claim)
    if claim in author.off and author.off[claim].draws:
        text += (
            f" With all its premises taken back to the file's own ranges it is true in "
            f"{percent(author.off[claim].share)}."
        )
    if author.by_margin(claim):
        text += (
            " No premise turns it; what follows is said of the margin by which it holds or fails."
        )
    text += (
        f" It leans on {join(_named(crisis, author, p) for p, _ in carry[:2])}."
        if carry
        else " No single premise surely carries it."
    )
    if hurt:
        text += f" Against it works {_named(crisis, author, hurt[0][0])}, though the reading itself assumes it."
    guess = crisis.readings[author.id].load_bearing_guess
    if guess and carry:
        hit = [p for p, _ in carry if p in guess]
        text += (
            f" The coder had expected {join(guess)} to carry the reading; "
            f"{join(hit) + ' does' if len(hit) == 1 else join(hit) + ' do' if hit else 'none of them does'}"
            " for this claim."
        )
    return f"{text} {unread_words(crisis, author)}".strip()


def unread_words(crisis: Crisis, author: Author) -> str:
    """Premises that nothing reads."""
    n = len(author.unread)
    if not n:
        return ""
    names = join(readable(crisis, p) for p in author.unread)
    return (
        f"No part of the game that its claims ask about reads {'one' if n == 1 else n} of its premises, which "
        f"{'carries' if n == 1 else 'carry'} nothing here: {names}."
    )


def change_words(crisis: Crisis, found: Found, author: Author) -> str:
    """What would change it."""
    turned = turning(found, author)
    asked = [p for p in found.parted if p.author == author.id]
    if not asked:
        return (
            "What would change it: no other audited reading comes to another verdict on its claims."
            if len(found.authors) > 1
            else "What would change it: only this reading was audited, so premises were not exchanged."
        )
    if turned:
        return f"What would change it: {'; '.join(swap_words(crisis, s) for s in turned[:3])}."
    return (
        "What would change it: no number of another reading, put in alone, turns a claim on which they part "
        f"(tried for {join(dict.fromkeys(p.claim for p in asked))})."
    )


def forecast_words(crisis: Crisis, author: Author, group: Group | None, scored: bool) -> str:
    """How its forecasts fared."""
    n = len(crisis.readings[author.id].forecasts)
    if not n:
        return "How its forecasts fared: it makes none with a date and a chance."
    if not scored or group is None:
        return f"How its forecasts fared: it makes {n}, which were not scored here."
    done = group.resolved
    text = (
        f"How its forecasts fared. Scored after the fact against the outcomes kept sealed from the game, "
        f"{len(done)} of {n} {'is' if len(done) == 1 else 'are'} resolved"
    )
    if not done or group.scores is None:
        return f"{text}, so no score can be given."
    right = sum(i.right is True for i in done)
    called = sum(i.right is not None for i in done)
    text += (
        f"; {right} of {called} calls {'was' if right == 1 else 'were'} right, and the Brier score is "
        f"{group.scores.brier:.2f} (0 is perfect, always saying one half gives 0.25)."
    )
    if len(done) < LEAST_RANKED:
        text += f" Fewer than {LEAST_RANKED} resolved forecasts rank nobody."
    return (
        f"{text} A forecast may be right for a wrong reason: the score does not test the argument."
    )


def _named(crisis: Crisis, author: Author, path: str) -> str:
    """A premise in the author's reason, with its path."""
    at = dict(zip(author.premises, crisis.readings[author.id].premises, strict=True))
    why = _bare(str(at[path].why)) if path in at else ""
    return f"“{why}” ({path})" if why else path


def turning(found: Found, author: Author) -> tuple[Swap, ...]:
    """Exchanges that turn a claim of this reading."""
    turns = [s for s in found.swaps if s.author == author.id and s.turns]
    single = {(s.claim, s.other) for s in turns if s.path != TOGETHER}
    return tuple(s for s in turns if s.path != TOGETHER or (s.claim, s.other) not in single)


def swap_words(crisis: Crisis, swap: Swap) -> str:
    """One exchange in words."""
    other = quoted(crisis.readings[swap.other].label)
    if swap.path == TOGETHER:
        return f"all numbers of {other} together turn {swap.claim}"
    return (
        f"{swap.path} as {other} has it ({swap.given:g} instead of {swap.own:g}) turns {swap.claim}"
    )


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


# --- Tables and figures ------------------------------------------------------------------------


def claims_table(found: Found, author: Author) -> Table:
    """Its claims in words with verdicts."""
    rows: list[tuple[Value, ...]] = []
    for name in author.claims:
        cell = author.cells[name]
        rows.append(
            (
                found.claims[name][2], found.claims[name][1],
                cell.word if cell.clear or not cell.draws else f"{cell.word}, not clearly",
                plain(cell.share), plain(cell.low), plain(cell.high),
                plain(author.off[name].share) if name in author.off else None,
                ", ".join(p for p, _ in author.carrying(name)[:2]),
            )
        )  # fmt: skip
    columns = (
        Column("claim", "It says"),
        Column("kind", "As a"),
        Column("verdict", "From its own premises this"),
        Column("share", "True in", "share", "of draws", 0),
        Column("low", "at least", "share", "", 0),
        Column("high", "at most", "share", "", 0),
        Column("off", "without its premises", "share", "", 0),
        Column("carried", "Carried by"),
    )
    return Table(f"{author.label}: what follows", columns, tuple(rows))


def premises_table(crisis: Crisis, found: Found, author: Author) -> Table:
    """Its premises, and what each carries of its first conclusion."""
    claim = main_claim(found, author)
    loads = author.loads.get(claim) if claim is not None else None
    rows: list[tuple[Value, ...]] = []
    stated = crisis.readings[author.id].premises
    for j, (path, premise) in enumerate(zip(author.premises, stated, strict=True)):
        v = premise.value
        rows.append(
            (
                str(premise.why), path, v.value, v.low, v.high,
                None if loads is None else float(loads.truth.value[j]),
                None if loads is None else float(loads.truth.low[j]),
                None if loads is None else float(loads.truth.high[j]),
                "no: it carries nothing here" if path in author.unread else "yes",
            )
        )  # fmt: skip
    columns = (
        Column("why", "It assumes"),
        Column("path", "As a number of the game"),
        Column("value", "Value", "number"),
        Column("low", "from", "number"),
        Column("high", "to", "number"),
        Column("load", "Carries", "signed", "share of draws"),
        Column("load_low", "at least", "signed"),
        Column("load_high", "at most", "signed"),
        Column("read", "Read by the game"),
    )
    note = f"Carries: of “{short(found.claims[claim][2])}”." if claim is not None else ""
    return Table(f"{author.label}: what it assumes", columns, tuple(rows), note)


def forecasts_table(group: Group) -> Table:
    """Its dated forecasts."""
    outcome = {True: "happened", False: "did not happen", None: "open"}
    columns = (
        Column("text", "Forecast"),
        Column("by", "By"),
        Column("probability", "Chance it gave", "share", "", 0),
        Column("outcome", "What came"),
        Column("brier", "Brier score", "number"),
    )
    rows = tuple(
        (i.text, str(i.resolves), i.probability, outcome[i.outcome], i.brier) for i in group.items
    )
    note = "Outcomes come from the sealed file, opened for scoring only."
    return Table(f"{group.name}: forecasts", columns, rows, note)


def page_data(found: Found, author: Author, group: Group | None) -> dict[str, Any]:
    """The page's figures as plain values."""
    return {
        "reading": author.id,
        "as_of": author.as_of,
        "claims": {c: author.cells[c].word for c in author.claims},
        "shares": {c: plain(author.cells[c].share) for c in author.claims},
        "main": main_claim(found, author),
        "unread": list(author.unread),
        "turned_by": [
            {"claim": s.claim, "other": s.other, "path": s.path} for s in turning(found, author)
        ],
        "forecasts": None
        if group is None
        else {
            "items": len(group.items),
            "resolved": len(group.resolved),
            "brier": None
            if group.scores is None or not math.isfinite(group.scores.brier)
            else float(group.scores.brier),
        },
    }
