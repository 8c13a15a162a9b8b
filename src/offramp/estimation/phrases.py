"""What a verbal estimate means: phrases, the scales that define them, and the ranges they stand for.

A phrase has no probability of its own; a published scale gives it one. :func:`meaning` reads a phrase
on a named scale, :func:`meanings` on all of them, since scales differ: "likely" is 55 to 80 % to one
office, 55 to 75 % to another and 66 to 100 % to a third. Words that no scale defines ("may", "could",
"possible") are refused: they say that something is not excluded and nothing else.

Scales: ICD 203 (both rows of terms), the PHIA Probability Yardstick, the IPCC's calibrated language and
Kent's proposal of 1964. Ranges are probabilities. The middle of a range is a coder's convention and is
marked as such; the range is what the author's words support.

Raises: :class:`UnknownPhrase` for words that are on no scale, with what is near or why not.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

Scale = Literal["icd203", "phia", "ipcc", "kent"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase on a scale: its range, and the middle of it."""

    words: str
    scale: Scale
    low: float
    high: float

    @property
    def middle(self) -> float:
        """Middle of the range: a convention, not something that the author said."""
        return (self.low + self.high) / 2


class UnknownPhrase(ValueError):
    """Words that no scale gives a range."""


SCALES: dict[Scale, str] = {
    "icd203": (
        "Office of the Director of National Intelligence, Intelligence Community Directive 203: "
        "Analytic Standards, 2 January 2015, D.6.e(2)(a)"
    ),
    "phia": (
        "Professional Head of Intelligence Assessment, Probability Yardstick, "
        "UK Joint Intelligence Organisation, 2019"
    ),
    "ipcc": (
        "Mastrandrea and others, Guidance Note for Lead Authors of the IPCC Fifth Assessment Report "
        "on Consistent Treatment of Uncertainties, 2010, table 1"
    ),
    "kent": "Kent, Words of Estimative Probability, Studies in Intelligence 8 (4), 1964",
}
"""Where each scale is laid down."""

_ROWS: dict[Scale, tuple[tuple[str, int, int], ...]] = {
    "icd203": (
        ("almost no chance", 1, 5),
        ("remote", 1, 5),
        ("very unlikely", 5, 20),
        ("highly improbable", 5, 20),
        ("unlikely", 20, 45),
        ("improbable", 20, 45),
        ("roughly even chance", 45, 55),
        ("roughly even odds", 45, 55),
        ("likely", 55, 80),
        ("probable", 55, 80),
        ("very likely", 80, 95),
        ("highly probable", 80, 95),
        ("almost certain", 95, 99),
        ("nearly certain", 95, 99),
    ),
    "phia": (
        ("remote chance", 0, 5),
        ("highly unlikely", 10, 20),
        ("unlikely", 25, 35),
        ("realistic possibility", 40, 50),
        ("likely", 55, 75),
        ("probable", 55, 75),
        ("highly likely", 80, 90),
        ("almost certain", 95, 100),
    ),
    "ipcc": (
        ("exceptionally unlikely", 0, 1),
        ("very unlikely", 0, 10),
        ("unlikely", 0, 33),
        ("about as likely as not", 33, 66),
        ("likely", 66, 100),
        ("very likely", 90, 100),
        ("virtually certain", 99, 100),
    ),
    "kent": (
        ("almost certainly not", 2, 12),
        ("probably not", 20, 40),
        ("chances about even", 40, 60),
        ("probable", 63, 87),
        ("almost certain", 87, 99),
    ),
}

_SAME: dict[str, str] = {
    "probably": "probable",
    "improbably": "improbable",
    "almost certainly": "almost certain",
    "nearly certainly": "nearly certain",
    "highly probably": "highly probable",
    "even chance": "roughly even chance",
    "even odds": "roughly even odds",
}
"""Adverbs and short forms of terms that are on a scale."""

OPEN = frozenset(
    {"may", "might", "could", "can", "possible", "possibly", "conceivable", "cannot be excluded"}
)
"""Words that leave everything open: no scale gives them a range, and neither do we."""


def phrases(scale: Scale) -> tuple[Phrase, ...]:
    """All phrases of a scale, from the least likely up.

    Raises:
        KeyError: for an unknown scale.
    """
    return tuple(Phrase(w, scale, low / 100, high / 100) for w, low, high in _ROWS[scale])


def meanings(words: str) -> tuple[Phrase, ...]:
    """The phrase on every scale that has it.

    Raises:
        UnknownPhrase: if no scale has it.
    """
    plain = _plain(words)
    wanted = {plain, _SAME.get(plain, plain)}
    found = tuple(p for scale in SCALES for p in phrases(scale) if p.words in wanted)
    if found:
        return found
    if plain in OPEN:
        raise UnknownPhrase(
            f"“{words.strip()}” says that something is not excluded; no scale gives it a range"
        )
    near = difflib.get_close_matches(plain, sorted({p for r in _ROWS.values() for p, _, _ in r}), 1)
    hint = f"; did you mean “{near[0]}”?" if near else ""
    raise UnknownPhrase(f"“{words.strip()}” is on none of the scales {', '.join(SCALES)}{hint}")


def meaning(words: str, scale: Scale) -> Phrase:
    """The phrase on one scale.

    Raises:
        UnknownPhrase: if this scale does not have it, with the scales that do.
        KeyError: for an unknown scale.
    """
    found = meanings(words)
    for phrase in found:
        if phrase.scale == scale:
            return phrase
    if scale not in SCALES:
        raise KeyError(scale)
    others = ", ".join(p.scale for p in found)
    raise UnknownPhrase(f"“{words.strip()}” is no term of {scale}; {others} has it")


def found_in(text: str) -> tuple[str, ...]:
    """Phrases of any scale, and words that leave everything open, in a text, in order.

    The longest phrase counts where several overlap; one that is negated ("not likely") is left out,
    since no scale says what that means, and so is the month of May.
    """
    known = {w for rows in _ROWS.values() for w, _, _ in rows} | set(_SAME) | OPEN
    any_of = "|".join(re.escape(w) for w in sorted(known, key=len, reverse=True))
    pattern = re.compile(
        rf"(?P<no>\b(?:not|never|hardly|no)\s+)?\b(?P<w>{any_of})\b", re.IGNORECASE
    )
    return tuple(
        m["w"].lower() for m in pattern.finditer(text) if not m["no"] and not _month(m, text)
    )


def _month(match: re.Match[str], text: str) -> bool:
    """Whether "May" is the month: with a capital, and not the first word of a question or wish."""
    return match["w"] == "May" and not (
        match.start() == 0 and re.match(r"\s+[a-z]", text[match.end() :])
    )


def _plain(words: str) -> str:
    """Lower case, single spaces, without article or full stop."""
    text = re.sub(r"\s+", " ", words.strip().lower()).strip(".,;:“”\"'")
    return re.sub(r"^(?:an?|the) ", "", text)
