"""The readings in a brief: a page each, then all claims under all readings.

An audit that a brief can afford (``glance``) takes so few draws that its intervals are wide. Its answers say
so, and name the command of a larger one. Sizes are of :class:`offramp.audit.Sizes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

from offramp.answers import Answer
from offramp.answers._answer import Column, Table, Trace
from offramp.answers._charts import matrix
from offramp.answers._facts import percent
from offramp.answers._style import Fill
from offramp.audit import FULL, QUICK, Sizes, audit_pages
from offramp.audit._saying import LEAST, MARKED, marked, short
from offramp.crisis import Crisis, SealedFile

Progress = Callable[[str, int, int], None]
Depth = Literal["none", "glance", "quick", "full"]
"""How much of an audit a brief carries."""
DEPTHS: tuple[Depth, ...] = get_args(Depth)

GLANCE = Sizes(own=16, cross=1, off=0, pairs=0, check=0, first=0, spare=0, swaps=1)
"""So few draws that a brief can wait for them. Of 16 draws that agree the 95 % interval of a share just clears
the limits of a verdict (.8 and .2), so fewer could settle nothing. What each premise carries is left out: it
takes more sets of premises than there are premises, and with twice as many none was found to carry anything
beyond doubt."""
SIZES: dict[Depth, Sizes] = {"glance": GLANCE, "quick": QUICK, "full": FULL}


def audited(
    crisis: Crisis,
    depth: Depth | Sizes,
    *,
    sealed: str | Path | SealedFile | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
    folder: Path | None = None,
    seed: int = 0,
    source: str = "",
) -> tuple[Answer, ...]:
    """Answers about the readings of a crisis: a page each, then the matrix; nothing for ``none``.

    Args:
        crisis: The crisis.
        depth: How many draws, by name or one by one.
        sealed: File with outcomes; left out, the one beside a shipped crisis. If it is not there, forecasts
            are not scored.
        workers: Processes; None means one per core.
        progress: Told (label, done, total).
        folder: Where finished pieces are kept, and the finished answers.
        seed: Of points and sets.
        source: What the crisis is called in commands; left out, its id.

    Raises:
        ValueError: for an unknown depth.
        CrisisError: for a sealed file that is malformed.
    """
    if isinstance(depth, str) and depth not in DEPTHS:
        raise ValueError(f"there is no audit {depth!r}; choose one of {', '.join(DEPTHS)}")
    if depth == "none":
        return ()
    if not crisis.readings or not any(r.claims for r in crisis.readings.values()):
        return (_nothing(crisis),)
    sizes = depth if isinstance(depth, Sizes) else SIZES[depth]
    # A crisis may travel without its outcomes: then nothing is scored, and the pages say so.
    scored = not isinstance(sealed, str | Path) or Path(sealed).exists()
    first, *pages = audit_pages(
        crisis, sealed=sealed, scored=scored, workers=workers, folder=folder, progress=progress, seed=seed,
        sizes=sizes,
    )  # fmt: skip
    pages = [_marked(page, first) for page in pages]
    if sizes.own >= FULL.own:
        return (*pages, first)
    few = f"{sizes.cross} draw" + ("s" if sizes.cross != 1 else "")
    more = (
        f"{sizes.own} draws of a reading's own claims and {few} of others' leave wide intervals; "
        f"`offramp audit {source or crisis.id}` takes {FULL.own} and {FULL.cross}, and "
        f"`offramp brief {source or crisis.id} --audit full` puts them here"
    )
    return tuple(replace(a, warnings=(*a.warnings, more)) for a in (*pages, first))


def _nothing(crisis: Crisis) -> Answer:
    """A crisis without claims."""
    who = "no reading" if not crisis.readings else "no claim of any reading"
    return Answer(
        name="audit",
        question="Does each reading's conclusion follow from its own premises, and what carries it?",
        headline=f"The file states {who}, so nothing is claimed that could be audited",
        paragraphs=(),
        tables=(Table("All claims under all readings", (Column("claim", "Claim"),), ()),),
        charts=(),
        evidence_trace=Trace(formula=""),
        data={},
    )


def _marked(page: Answer, whole: Answer) -> Answer:
    """A reading's page with its verdicts as a column of marks; a reading without claims gets none."""
    facts, told = dict(page.data or {}), dict(whole.data or {})
    key = facts["reading"]
    names = list(facts["claims"])
    if not names:
        return page
    texts: list[str] = []
    fills: dict[str, Fill] = {}
    for name in names:
        cell = told["readings"][key]["cells"][name]
        draws, share = int(cell["draws"]), cell["share"]
        text, fill = marked(
            str(cell["verdict"]), bool(cell["clear"]), share, draws, name in told["structural"]
        )
        if draws >= LEAST:
            text = f"{text} (true in {percent(share)} of draws)"
        elif draws:
            text = f"true in {text} draws"
        texts.append(text)
        fills[text] = fill
    marks = matrix(
        f"marks-{key}",
        title=page.headline,
        subtitle=f"{MARKED}: true in 80 % of draws and more, in 20 % and less, or in between; white with a "
        "question mark, more draws could turn it",
        alt=f"{page.headline}.",
        rows=[short(str(told["claims"][name]["text"])) for name in names],
        columns=["By its own premises"],
        cells=[[text] for text in texts],
        fills=fills,
        corner="Claim",
    )
    return replace(page, charts=(marks, *page.charts))
