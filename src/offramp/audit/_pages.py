"""A page per reading for somebody who never saw a game: claims, what follows, what carries it, forecasts.

Every page is an :class:`Answer` of its own, made of what one audit has found; nothing is solved
here. The sealed file is opened only to score forecasts, after everything else, and nothing of it
reaches a game.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from offramp.answers._answer import Answer, Support, Trace
from offramp.answers._facts import bare, join, percent, quoted, range_text
from offramp.answers._forecasts_facts import LEAST_RANKED, Group, groups_of, items_of
from offramp.answers._forecasts_sealed import open_sealed
from offramp.audit._charts import main_claim
from offramp.audit._found import Author, Found
from offramp.audit._map import TOGETHER, Swap
from offramp.audit._page_tables import (
    claims_table,
    forecasts_table,
    page_data,
    premises_table,
    turning,
)
from offramp.audit._saying import (
    Sort,
    claim_said,
    claims_said,
    number_said,
    plain_text,
    sorted_out,
    stated,
    tallied,
    tally_of,
    value_said,
)
from offramp.audit._views import grid_line
from offramp.crisis import Crisis, SealedFile, quantities

FORMULA = "share = Pr(claim true | the reading's premises); load = Shapley share of a premise in it"
SAID: dict[Sort, tuple[str, str]] = {
    "follows": ("follows from its premises", "follow from its premises"),
    "holds": ("is true whatever anybody assumes", "are true whatever anybody assumes"),
    "fails": ("is false whatever anybody assumes", "are false whatever anybody assumes"),
    "contradicts": ("is contradicted by its premises", "are contradicted by its premises"),
    "undetermined": ("may or may not be so, depending on values within its own ranges",) * 2,
    "unsettled": ("is not settled by these draws", "are not settled by these draws"),
    "not asked": ("could not be asked of the game of that date",) * 2,
    "not expressed": ("cannot be put to such a game",) * 2,
}
"""What is said of one claim, and of several."""


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
    tables = [claims_table(crisis, found, author), premises_table(crisis, found, author)]
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
            supports=own_supports(crisis, found, author),
            certificate=(grid_line(found),),
            settings=(("as of", author.as_of), ("draws", str(found.draws))),
        ),
        flips=tuple(swap_words(crisis, found, s) for s in turning(found, author)),
        warnings=(
            "The verdicts are about our coding of the text, and about this game; neither is the author's.",
            *((unread_words(crisis, author),) if author.unread else ()),
        ),
        data=page_data(found, author, group),
    )


def own_supports(crisis: Crisis, found: Found, author: Author) -> tuple[Support, ...]:
    """Its premises with its own values and ranges; what the file has there is said beside."""
    known = quantities(crisis)
    sources = {
        path: "; ".join(premise.source)
        for path, premise in zip(author.premises, crisis.readings[author.id].premises, strict=True)
    }
    return tuple(
        Support(
            path, bare(own.value), range_text(own), sources[path],
            f"premise of this reading; the file's own is {value_said(known[path])}",
        )
        for path, own in stated(crisis, found, author).items()
        if path in known
    )  # fmt: skip


def headline(found: Found, author: Author) -> str:
    """What came of its claims: those that the draws settle, with structural ones apart."""
    asked = sum(author.cells[c].draws > 0 for c in author.claims)
    if not asked:
        return f"{quoted(author.label)}: none of its claims can be asked of this game"
    tally = tally_of(found, (author,))
    del tally["not asked"], tally["not expressed"]
    what = "claim that can be asked" if asked == 1 else "claims that can be asked"
    return (
        f"{quoted(author.label)}: of {asked} {what}, {tallied(tally, 'from its premises', 'its')}"
    )


# --- Sentences -------------------------------------------------------------------------------


def claims_words(crisis: Crisis, found: Found, author: Author) -> str:
    """What it claims."""
    reading = crisis.readings[author.id]
    ends = [
        plain_text(found.claims[c][2]) for c in author.claims if found.claims[c][1] == "conclusion"
    ]
    text = (
        f"What it claims, as of {author.as_of}: {plain_text(reading.stance)}."
        if reading.stance
        else ""
    )
    if ends:
        text += f" Its conclusions: {'; '.join(ends)}."
    n = len(author.premises)
    return f"{text} It rests on {n} stated premise{'' if n == 1 else 's'}.".strip()


def follows_words(found: Found, author: Author) -> str:
    """What follows, what does not, what cannot be said."""
    parts = []
    for sort, names in sorted_out(found, author).items():
        items = "; ".join(
            f"“{plain_text(found.claims[c][2])}”{_so_far(author, c, sort)}" for c in names
        )
        parts.append(f"{len(names)} {SAID[sort][len(names) > 1]}: {items}.")
    if not parts:
        return "It makes no claims."
    text = f"What follows. Of its {len(author.claims)} claims: {' '.join(parts)}"
    idle = [c for c in author.claims if c in found.structural]
    if idle:
        apart = all(author.cells[c].clear for c in idle)
        which = "What is so whatever anybody assumes" if apart else claims_said(found, idle)
        one = apart or len(idle) == 1
        text += (
            f" {which} came out the same in every draw of every reading: {'it says' if one else 'they say'} "
            "something about the game, not about this reading."
        )
    return text


def _so_far(author: Author, claim: str, sort: Sort) -> str:
    """In how many draws a claim was true that they do not settle."""
    return f" (true in {percent(author.cells[claim].share)} so far)" if sort == "unsettled" else ""


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
        f"What carries it. “{plain_text(found.claims[claim][2])}” is true in {percent(cell.share)} of the "
        f"draws from its own ranges ({percent(cell.low)} to {percent(cell.high)})."
    )
    if claim not in author.loads:
        if not author.off:
            return f"{text} What each premise carries was not sampled in this shorter audit."
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
        verb = "does" if len(hit) == 1 else "do"
        text += (
            f" The coder had expected {_numbers(crisis, guess)} to carry the reading; "
            f"{f'{_numbers(crisis, hit)} {verb}' if hit else 'none of them does'}"
            " for this claim."
        )
    return f"{text} {unread_words(crisis, author)}".strip()


def unread_words(crisis: Crisis, author: Author) -> str:
    """Premises that nothing reads."""
    n = len(author.unread)
    if not n:
        return ""
    names = join(number_said(crisis, p) for p in author.unread)
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
        return (
            f"What would change it: {'; '.join(swap_words(crisis, found, s) for s in turned[:3])}."
        )
    return (
        "What would change it: no number of another reading, put in alone, turns a claim on which they part "
        f"(tried for {claims_said(found, dict.fromkeys(p.claim for p in asked))})."
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
    """A premise in the author's reason, with the name of its number."""
    at = dict(zip(author.premises, crisis.readings[author.id].premises, strict=True))
    why = plain_text(str(at[path].why)) if path in at else ""
    name = number_said(crisis, path)
    return f"“{why}” ({name})" if why else name


def _numbers(crisis: Crisis, paths: Iterable[str]) -> str:
    return join(quoted(number_said(crisis, path)) for path in paths)


def swap_words(crisis: Crisis, found: Found, swap: Swap) -> str:
    """One exchange in words."""
    other = quoted(crisis.readings[swap.other].label)
    if swap.path == TOGETHER:
        return f"all numbers of {other} together turn {claim_said(found, swap.claim)}"
    return (
        f"{quoted(number_said(crisis, swap.path))} as {other} has it ({bare(swap.given)} instead of "
        f"{bare(swap.own)}) turns {claim_said(found, swap.claim)}"
    )
