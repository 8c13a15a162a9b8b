"""Sentences of the audit: what follows, what carries it, what would turn it, what to doubt."""

from __future__ import annotations

from offramp.answers._facts import join, percent, quoted
from offramp.audit._found import ENOUGH, Author, Found
from offramp.audit._map_views import map_words
from offramp.audit._saying import claim_said, claims_said, number_said, tallied, tally_of
from offramp.audit._telling_views import telling_words
from offramp.crisis import Crisis


def headline_of(crisis: Crisis, found: Found) -> str:
    """The finding in a line."""
    if not found.authors:
        return "This crisis has no readings to audit"
    asked = [(a, c) for a in found.authors for c in a.claims if a.cells[c].draws]
    if not asked:
        return "None of the readings' claims can be asked of this game"
    tally = tally_of(found, found.authors)
    del tally["not asked"], tally["not expressed"]
    said = tallied(tally, "from their authors' own premises", "their authors'")
    return f"Of {len(asked)} claims that could be asked, {said}"


def paragraphs_of(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """Three to six sentences and one more per reading."""
    if not found.authors:
        return (
            "A reading is a set of premises with claims that are said to follow from them; the file has none.",
        )
    where = (
        f"Each reading was carried to {crisis.as_of} and asked there."
        if found.transplant
        else "Each reading was asked in the crisis of its own date, with nothing later in it."
    )
    said = [
        f"{where} A claim follows if it is true in at least 80 % of {found.draws} draws from its author's "
        "own ranges, and is contradicted if it is true in at most 20 %; it is settled by these draws if the "
        "95 % interval lies on one side."
    ]
    if found.structural:
        said.append(
            f"{claims_said(found, found.structural)} came out the same in every draw of every reading: "
            f"{'it is' if len(found.structural) == 1 else 'they are'} true or false of this game as such, and "
            "support nobody."
        )
    said += [reading_words(crisis, found, a) for a in found.authors]
    said += [x for x in (map_words(crisis, found), telling_words(crisis, found)) if x]
    if found.agreement is not None:
        said.append(
            f"On the next finer grid {found.agree} of {found.compared} single verdicts were the same."
        )
    return tuple(said)


def widths(found: Found) -> str:
    """How wide the intervals of shares are."""
    own = [
        (a.cells[c].high - a.cells[c].low, a.cells[c].draws)
        for a in found.authors
        for c in a.claims
        if a.cells[c].draws
    ]
    if not own:
        return ""
    sizes = sorted({n for _, n in own})
    draws = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return (
        f"intervals of own claims rest on {draws} draws and are at most "
        f"{100 * max(w for w, _ in own):.0f} points wide"
    )


def reading_words(crisis: Crisis, found: Found, author: Author) -> str:
    """What came of one reading."""
    said = tallied(tally_of(found, (author,)), "", "its")
    text = (
        f"{quoted(author.label)}: of {len(author.claims)} claims, {said}." if author.claims else ""
    )
    main = next(
        (c for c in author.claims if found.claims[c][1] == "conclusion" and author.cells[c].draws),
        None,
    )
    if main is not None and main not in author.loads:
        cell = author.cells[main]
        text += (
            f" Its first conclusion is true in {percent(cell.share)} of the draws "
            f"({percent(cell.low)} to {percent(cell.high)}); what carries it was not sampled."
        )
    elif main is not None:
        cell = author.cells[main]
        carrying, hurting = author.carrying(main), author.hurting(main)
        text += (
            f" Its first conclusion is true in {percent(cell.share)} of the draws "
            f"({percent(cell.low)} to {percent(cell.high)})"
        )
        text += (
            f", carried by {number_said(crisis, carrying[0][0])}"
            if carrying
            else ", and no premise of its own carries it"
        )
        text += f"; {number_said(crisis, hurting[0][0])} works against it." if hurting else "."
        if author.by_margin(main) and (carrying or hurting):
            text += " No premise turns the verdict; this is said of the margin."
    if author.alike:
        n, of = len(author.alike), sum(author.off[c].draws > 0 for c in author.off)
        text += (
            f" For {n} of {of} claims the verdict is clearly the same with all its premises taken back to the "
            "file's own ranges: there the file and the game decide, not this reading."
        )
    idle = tuple(p for p in author.idle if p not in author.unread)
    if idle:
        names = _some(tuple(number_said(crisis, p) for p in idle))
        text += f" {names} move{'s' if len(idle) == 1 else ''} none of its claims."
    if author.unread:
        one = len(author.unread) == 1
        text += (
            f" Of its {len(author.premises)} premises {len(author.unread)} {'is' if one else 'are'} read by no "
            f"part of the game that its claims ask about and {'carries' if one else 'carry'} nothing here."
        )
    return text.strip()


def _some(paths: tuple[str, ...]) -> str:
    if len(paths) <= 3:
        return join(paths)
    return f"{join(paths[:2])} and {len(paths) - 2} other premises".replace(" and ", ", ", 1)


def flips_of(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """What would change a verdict."""
    said = []
    for a in found.authors:
        for name in a.claims:
            if name not in a.loads or a.by_margin(name):
                continue
            for path, load in (*a.carrying(name)[:1], *a.hurting(name)[:1]):
                way = (
                    "without it the claim would hold in fewer" if load > 0 else "without it in more"
                )
                points = f"{100 * load:+.0f}".replace("-", "\N{MINUS SIGN}")
                said.append(
                    f"{quoted(a.label)}, {claim_said(found, name)}: {quoted(number_said(crisis, path))} has a "
                    f"load of {points} points: {way} draws"
                )
    return tuple(said)


def warnings_of(crisis: Crisis, found: Found) -> tuple[str, ...]:
    """What to doubt."""
    said = []
    if found.agreement is not None and found.agreement < ENOUGH:
        said.append(
            f"only {percent(found.agreement)} of single verdicts agree with grid {found.finer}; claims that "
            f"differ: {claims_said(found, sorted({c for _, c in found.differing}))}"
        )
    if found.first:
        said.append(
            f"after {found.first} draws a claim whose interval lay on one side of .2 and .8 was not asked "
            "again, and loads were taken of one claim of each reading; looking twice makes "
            "intervals a little too narrow"
        )
    if wide := widths(found):
        said.append(wide)
    if found.draws < 500:
        said.append(
            f"{found.draws} draws instead of 500: intervals are wide, and a verdict near .8 or .2 is not "
            "settled"
        )
    if found.stale:
        said.append(
            f"{found.stale} kept pieces in the folder are of another version of the program; they were left "
            "aside and the work was done again"
        )
    said += [
        f"{quoted(a.label)}: no part of the game that its claims ask about reads "
        f"{join(number_said(crisis, p) for p in a.unread)}, which "
        f"{'carries' if len(a.unread) == 1 else 'carry'} nothing here"
        for a in found.authors
        if a.unread
    ]
    said += [
        f"{quoted(a.label)}: the margin of {claims_said(found, a.fine)} is smaller than what a finer "
        "grid moves it by"
        for a in found.authors
        if a.fine
    ]
    for a in found.authors:
        unclear = [c for c in a.claims if a.cells[c].draws and not a.cells[c].clear]
        if unclear:
            said.append(
                f"{quoted(a.label)}: {claims_said(found, unclear)} could fall on another side with more draws"
            )
    said.append(
        "verdicts are about our coding of each text, and about this game, not about the world"
    )
    return tuple(said)
