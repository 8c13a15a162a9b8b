"""Words of authors against the numbers that were coded from them.

Where the coder noted an author's own word of probability (in a forecast's ``basis``), published scales say what
it can mean (:mod:`offramp.estimation.phrases`). A number outside every scale's range is a finding about the
coding, not about the author; a word that leaves everything open supports no number at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offramp.answers._answer import Cell, Column, Table
from offramp.answers._facts import percent, span_text
from offramp.crisis import Crisis
from offramp.estimation.phrases import OPEN, Phrase, Scale, found_in, meanings

SHORT: dict[Scale, str] = {"icd203": "ICD 203", "phia": "PHIA", "ipcc": "IPCC", "kent": "Kent"}
"""What readers call the scales."""


@dataclass(frozen=True)
class Worded:
    """A word of probability that the coder noted, what scales make of it, and the number coded.

    ``fits`` is the scales whose range holds the number; empty for a word that no scale defines.
    """

    id: str
    words: str
    probability: float
    meanings: tuple[Phrase, ...]

    @property
    def fits(self) -> tuple[Scale, ...]:
        """Scales whose range holds the coded number."""
        return tuple(p.scale for p in self.meanings if p.low <= self.probability <= p.high)


def worded_of(crisis: Crisis) -> tuple[Worded, ...]:
    """Every forecast whose basis quotes a word of probability."""
    return tuple(
        Worded(key, words, f.probability.value, () if words in OPEN else meanings(words))
        for reading in crisis.readings.values()
        for key, f in reading.forecasts.items()
        for words in found_in(f.basis)
    )


def worded_table(found: Sequence[Worded]) -> Table | None:
    """The words beside the numbers; None where no word was noted."""
    if not found:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            w.id,
            f"“{w.words}”",
            w.probability,
            "; ".join(f"{SHORT[p.scale]} {span_text(p.low, p.high)}" for p in w.meanings)
            or "no scale has it",
            ", ".join(SHORT[x] for x in w.fits) or "none",
        )
        for w in found
    ]
    return Table(
        "Words of the authors, and the numbers coded from them",
        (
            Column("id", "Id"),
            Column("words", "Noted"),
            Column("p", "Coded as", "share", "", 0),
            Column("meanings", "Means"),
            Column("fits", "Holds the number"),
        ),
        tuple(rows),
        "Scales: ICD 203 (US), PHIA (UK), IPCC, Kent 1964. The word stands in the coder's note on where the "
        "number comes from. “Possible” and its like exclude nothing and support no number.",
    )


def worded_warnings(found: Sequence[Worded]) -> list[str]:
    """Numbers that their words do not carry."""
    return [
        f"{w.id} is coded as {percent(w.probability)} from “{w.words}”, "
        + (
            "which no scale defines: the number is the coder's alone."
            if not w.meanings
            else "outside what any published scale means by it."
        )
        for w in found
        if not w.fits
    ]
