"""From a crisis to a brief: compiles, solves, answers, and writes the page's sentences.

The bottom line (:mod:`offramp.brief._bottom`) says what is likely under the first plan (over the precision
band and over draws of the inputs), what moves it (delay, and the best plan), and what to do first. Every
figure comes from an answer, so it leads to its inputs and to the certificate. Parameters are listed whole with
ranges and sources; numbers that the file left out are listed again as assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from offramp._version import VERSION
from offramp.answers import (
    Answer,
    Column,
    Comparison,
    Table,
    bluff,
    coalition,
    compare,
    contribution,
    deal,
    describe,
    deter,
    futures,
    leverage,
    offensive,
    watch,
)
from offramp.answers._ask import ask
from offramp.answers._facts import (
    fine_percent,
    percent,
    quoted,
    span_text,
    stake,
)
from offramp.answers._plans_views import who_must_agree
from offramp.answers._runs import in_parallel
from offramp.answers._sensitivity_small_answer import DRAWS
from offramp.answers.certainty import checks_table
from offramp.audit import Sizes
from offramp.brief._audited import DEPTHS, Depth
from offramp.brief._back_matter import (
    assumption_table,
    base_rates,
    parameter_table,
    sources,
    warnings,
)
from offramp.brief._bottom import bottom_line, bridge_words, confidence, points, spread_of
from offramp.brief._doubts import Doubts, doubted
from offramp.brief.document import Brief
from offramp.brief.words import Yardstick
from offramp.crisis import Crisis, SealedFile, crisis_hash
from offramp.game import Game, Resolution, compile_game
from offramp.game._resolution import named
from offramp.solution import DEFAULT_PRECISION, Certificate, Solution, solve

Progress = Callable[[str, int, int], None]

QUESTIONS = (
    leverage, deal, bluff, deter, coalition, contribution, offensive, futures, watch,
)  # fmt: skip
"""Questions put to the first plan, in reading order; the comparison of plans comes third."""
SLOW = (leverage, deal, deter, offensive, watch)
"""Those that are begun first, so that no core waits for one of them at the end."""


def brief(
    crisis: Crisis,
    *,
    plan: str | None = None,
    reading: str | None = None,
    precision: float = DEFAULT_PRECISION,
    resolution: str | Resolution = "draft",
    seed: int = 0,
    yardstick: Yardstick = "icd203",
    workers: int | None = 1,
    progress: Progress | None = None,
    command: str = "",
    added: Sequence[Answer] = (),
    audit: Depth | Sizes = "glance",
    draws: int = DRAWS,
    sealed: str | Path | SealedFile | None = None,
    folder: str | Path | None = None,
    source: str = "",
) -> Brief:
    """Compose the brief of a crisis.

    Args:
        crisis: The crisis.
        plan: Plan whose delay and deals are looked at; None means the first of the file.
        reading: Apply a reading's premises first.
        precision: kappa per negotiation round.
        resolution: Grid sizes.
        seed: Of the histories that are told, of the draws of inputs and of the audit. What is said of one game
            is exact.
        yardstick: Words of probability.
        workers: Processes for the comparison of plans; None means one per core.
        progress: Told (label, done, total).
        command: How the brief was made, for its back matter.
        added: Answers made before, such as an ensemble or an audit of the same crisis; each takes the place of
            what would be made here under its name, and further ones come last.
        audit: How many draws the readings' claims are asked of: ``none``, ``glance``, ``quick``, ``full``.
        draws: Draws behind what the numbers hang on; 0 leaves that part out.
        sealed: File with the outcomes of forecasts; left out, the one beside a shipped crisis. If it is not
            there, forecasts are not scored.
        folder: Where finished pieces of the draws and of the audit are kept, and found again.
        source: What the crisis is called in commands; left out, its id.

    Raises:
        ValueError: for an unknown plan or audit.
        CrisisError: for a sealed file that is malformed.
    """
    if isinstance(audit, str) and audit not in DEPTHS:
        raise ValueError(f"there is no audit {audit!r}; choose one of {', '.join(DEPTHS)}")
    first = plan if plan is not None else next(iter(crisis.plans))
    ordered = [first, *(p for p in crisis.plans if p != first)]
    if progress is not None:
        progress("solving", 0, 1)
    game = compile_game(crisis, first, reading, resolution)
    comparison = compare(
        crisis, ordered, reading=reading, precision=precision, resolution=resolution,
        workers=workers, progress=progress,
    )  # fmt: skip
    certificate = comparison.certificate(first)
    side_by_side = describe(comparison)
    jobs = tuple(
        _Job(i, first, reading, named(resolution), precision, seed, certificate)
        for i in sorted(range(len(QUESTIONS)), key=lambda i: QUESTIONS[i] not in SLOW)
    )
    told = in_parallel(crisis, _asked, jobs, workers, progress, "answering")
    by_place = dict(zip((job.question for job in jobs), told, strict=True))
    delay, bargain, *others = (by_place[i] for i in range(len(QUESTIONS)))
    doubts = Doubts(
        plan=first,
        against=rival(comparison, first),
        reading=reading,
        precision=precision,
        seed=seed,
        draws=draws,
        audit=audit,
        sealed=sealed,
        folder=None if folder is None else Path(folder),
        source=source or crisis.id,
    )
    own = (delay, bargain, side_by_side, *others)
    more, parts = doubted(crisis, doubts, added, len(own), workers, progress)
    answers = (*own, *more)
    read = game.crisis
    spread = spread_of(more, first, comparison.month, named(resolution).name)
    bridge = bridge_words(game, bargain, by_place[QUESTIONS.index(futures)], comparison.month)
    return Brief(
        title=read.title,
        subtitle=read.summary,
        handling=read.handling,
        seat=read.seat,
        as_of=read.as_of.strftime("%-d %B %Y"),
        case=f"{read.id}, version {read.version}"
        + (f", reading: {crisis.readings[reading].label}" if reading else ""),
        crisis_hash=crisis_hash(crisis),
        version=VERSION,
        seed=seed,
        command=command or f"offramp brief {crisis.id}",
        yardstick=yardstick,
        bottom_line=bottom_line(comparison, delay, bargain, first, yardstick, spread, bridge),
        confidence=confidence(read, comparison, spread),
        options=_options(comparison),
        picture=next(iter(delay.charts), None),
        why_heading=_why_heading(bargain),
        why_no_deal=_why_no_deal(bargain),
        why_no_deal_chart=next(
            (x for name in ("why", "gains") for x in bargain.charts if x.name == name), None
        ),
        deal_range=bargain.headline + ".",
        mind_changers=_mind_changers((delay, bargain, side_by_side)),
        answers=answers,
        parts=parts,
        parameters=parameter_table(read),
        assumptions=assumption_table(read),
        sources=sources(read),
        base_rates=base_rates(read, comparison, first),
        method=_method(game),
        certificate=Table(
            "Certificate",
            (Column("line", f"What was checked under {quoted(read.plans[first].name)}"),),
            tuple((x,) for x in certificate.lines(each=False)),
        ),
        met=all(answer.trace().met for answer in answers),
        certificates={p: comparison.certificate(p).to_dict() for p in comparison.checks},
        checks=tuple(checks_table(comparison.certificate(p), read, p) for p in comparison.checks),
        warnings=warnings(game, crisis),
    )


def rival(c: Comparison, first: str) -> str | None:
    """The plan that the first one is held against: the one recommended, else the first other one."""
    best = c.ranked()[0]
    if best != first and c.worth_more(best, first):
        return best
    return next((p for p in c.own if p != first), None)


@dataclass(frozen=True)
class _Job:
    """One question of :data:`QUESTIONS` to put to one solved plan."""

    question: int
    plan: str
    reading: str | None
    resolution: Resolution
    precision: float
    seed: int
    certificate: Certificate


_SOLVED: dict[tuple[str, str, str | None, Resolution, float], Solution] = {}
"""The solution that was asked last, by the hash of the crisis and how it was solved."""


def _asked(crisis: Crisis, job: _Job) -> Answer:
    """Answer one question in this process; questions in turn share one solve."""
    key = (crisis_hash(crisis), job.plan, job.reading, job.resolution, job.precision)
    if key not in _SOLVED:
        _SOLVED.clear()
        game = compile_game(crisis, job.plan, job.reading, job.resolution)
        _SOLVED[key] = solve(game, job.precision)
    return ask(
        QUESTIONS[job.question],
        _SOLVED[key],
        workers=1,
        certificate=job.certificate,
        seed=job.seed,
    )


METHOD = (
    "In this model the crisis is a game of rounds between two sides. The state of "
    "affairs is public: who fights, where the front stands, how united the coalition is, which step "
    "of a plan is in force. What side B really wants is private and comes in a few types, each a set "
    "of pay-offs.",
    "The game is solved from the end backwards. Each choice is made with a probability that rises "
    "with its value (quantal response); the precision says how sharply. Every act of B is a signal, and "
    "the other side's beliefs follow Bayes' rule.",
    "An agreement is looked at again in every round: unless it is binding, either side may break it, so "
    "no contract is worth more than its own enforcement. A voice whose consent is needed ratifies only what "
    "clears its own floor.",
    "Running the solved choices forward gives the exact probability of every course of events in that game; "
    "only inputs are sampled, where it is said that something rests on draws. Values are in stakes: 1 is an "
    "actor's best outcome on every issue for ever, 0 its "
    "worst settlement short of crossed red lines; a disaster is -1. Stakes of different actors share no unit.",
    "Equations: V(t,s,mu) is the expected value over the mover's choices of C; C = (1-delta) u + delta "
    "E V(t+1); Pr(a) is proportional to w(a) exp(lambda Q(a)); lambda = kappa / (1 - delta^m) with "
    "kappa the precision per round of m months.",
)


def _options(c: Comparison) -> Table:
    crisis, m = c.crisis, c.month
    a = crisis.blocs["A"].name
    columns = (
        Column("plan", "Plan"),
        Column("settled", f"In a settlement at month {m}"),
        Column("worst", f"Disaster / own collapse by month {m}"),
        Column("agree", "Who must agree"),
        Column("value", f"Worth to {a}"),
    )
    rows = []
    best = c.ranked()[0]
    for p, run in c.own.items():
        low, high = c.settled_range(p)
        lo, hi = c.value_range(p)
        mark = (
            ""
            if p == best or c.worth_more(best, p)
            else " (no distinguishable difference from the best)"
        )
        rows.append(
            (
                crisis.plans[p].name,
                f"{percent(run.at('settled', m))} ({span_text(low, high)})",
                f"{fine_percent(run.at('disaster', m))} / {percent(run.at('lost', m))}",
                who_must_agree(crisis, crisis.plans[p]),
                f"{stake(run.value_a)} ({stake(lo)} to {stake(hi)}){mark}",
            )
        )
    return Table(
        "Plans at a glance",
        columns,
        tuple(rows),
        "Ranges: over precision. Finer grids, a finer clock and a later end move the chance of settlement by "
        f"up to {points(max(c.error('settled', p) for p in c.checks))}. Worth is to {a}, whose plans these "
        "are. What these figures rest on stands in the section on plans.",
    )


def _why_heading(bargain: Answer) -> str:
    """Whether page 1 explains a missing deal or a possible one."""
    ranges = dict(bargain.data or {})["range"].values()
    every = all(today[0] for today in ranges)
    return "The deal today" if every else "Why no deal today"


def _why_no_deal(bargain: Answer) -> str:
    """What the answer about deals says first; its headline stands in the bottom line."""
    return bargain.paragraphs[0] if bargain.paragraphs else f"{bargain.headline}."


def _mind_changers(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """Thresholds at which a headline would change, the nearest ones of each answer in turn."""
    delay, bargain, plans = answers
    return tuple((*bargain.flips[:2], *plans.flips[:1], *delay.flips[:1])[:3])


def _method(game: Game) -> tuple[str, ...]:
    """The method in plain words, and what of the file this game leaves out."""
    said = list(METHOD)
    if game.averages:
        said.append("In this game by their expected effect only: " + "; ".join(game.averages) + ".")
    if game.notes:
        said.append("Left out of this game: " + "; ".join(game.notes) + ".")
    return tuple(said)
