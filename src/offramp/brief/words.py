"""Words of estimative probability: a number never stands without its word, nor against it.

Two yardsticks, and the reader chooses one:

- ``icd203``: Intelligence Community Directive 203, *Analytic Standards* (US, 2015), D.6.e(2)(a).
  Seven terms whose ranges touch, from 1 to 99 %. It has two rows of terms that must not be
  mixed: we use the first and the lint reports the second. Below 1 and above 99 % it has no term.
- ``phia``: the *Probability Yardstick* of the Professional Head of Intelligence Assessment (UK,
  2019). Seven terms with deliberate gaps between them; a number that falls in a gap is written
  "between X and Y" with the number.

Tie rule for ICD 203: a number on a touching edge takes the term nearer to an even chance, which is
the more cautious of the two (20 % is "unlikely", 80 % is "likely"). The lint accepts both
neighbours at an edge, since the directive does.

The word belongs to the number *as printed*, so that rounding cannot part them. Confidence (low,
moderate, high) is about the ground we stand on, not about the event: it has its own sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from offramp.answers._answer import Column, Table

Yardstick = Literal["icd203", "phia"]
"""A published scale of words for probabilities."""

Confidence = Literal["low", "moderate", "high"]
"""How good the ground is. Never in one sentence with a likelihood."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word for a range of percentages, with the phrase that reads well after "is"."""

    word: str
    low: float
    high: float
    phrase: str
    lead: str
    """How a sentence begins: "It is likely" or "There is a remote chance"."""


def _term(word: str, low: float, high: float, article: str = "", noun: bool = False) -> Term:
    phrase = f"{article}{word}"
    return Term(word, low, high, phrase, f"There is {phrase}" if noun else f"It is {phrase}")


TERMS: dict[Yardstick, tuple[Term, ...]] = {
    "icd203": (
        _term("almost no chance", 1, 5, noun=True),
        _term("very unlikely", 5, 20),
        _term("unlikely", 20, 45),
        _term("roughly even chance", 45, 55, "a ", noun=True),
        _term("likely", 55, 80),
        _term("very likely", 80, 95),
        _term("almost certain", 95, 99),
    ),
    "phia": (
        _term("remote chance", 0, 5, "a ", noun=True),
        _term("highly unlikely", 10, 20),
        _term("unlikely", 25, 35),
        _term("realistic possibility", 40, 50, "a ", noun=True),
        _term("likely", 55, 75),
        _term("highly likely", 80, 90),
        _term("almost certain", 95, 100),
    ),
}
"""The terms with their ranges in per cent. PHIA's "realistic possibility" ends below 50."""

SECOND_ROW = (
    ("remote", 1, 5),
    ("highly improbable", 5, 20),
    ("improbable", 20, 45),
    ("roughly even odds", 45, 55),
    ("probable", 55, 80),
    ("highly probable", 80, 95),
    ("nearly certain", 95, 99),
)
"""ICD 203's other row of terms: known to the lint, never written by us."""

NAMES: dict[Yardstick, str] = {
    "icd203": "ICD 203 (US)",
    "phia": "PHIA Probability Yardstick (UK)",
}

CITATIONS: dict[Yardstick, str] = {
    "icd203": (
        "Office of the Director of National Intelligence, Intelligence Community Directive 203: "
        "Analytic Standards, 2 January 2015"
    ),
    "phia": (
        "Professional Head of Intelligence Assessment, Probability Yardstick, "
        "UK Joint Intelligence Organisation, 2019"
    ),
}


def percent(p: float) -> str:
    """A probability as printed: whole per cent, and "less than 1 %" where it rounds to none."""
    _check(p)
    whole = round(100 * p)
    if whole == 0 and p > 0:
        return "less than 1 %"
    if whole == 100 and p < 1:
        return "more than 99 %"
    return f"{whole} %"


def word(p: float, yardstick: Yardstick = "icd203") -> str:
    """The term for a probability; "" where the yardstick has none; "between X and Y" in a gap."""
    _check(p)
    terms = _terms_at(_printed(p), yardstick)
    if not terms:
        return ""
    if len(terms) == 2:
        return f"between {terms[0].word} and {terms[1].word}"
    return terms[0].word


def estimate(
    p: float, yardstick: Yardstick = "icd203", low: float | None = None, high: float | None = None
) -> str:
    """Word and number together: ``highly likely (85 %)``, with a range ``likely (62 %; range
    48–75 %)``. Outside the yardstick the number stands alone.
    """
    terms = _terms_at(_printed(p), yardstick)
    numbers = percent(p)
    if low is not None and high is not None:
        _check(low)
        _check(high)
        if not low <= p <= high:
            raise ValueError(f"range {low:g} to {high:g} does not hold its central value {p:g}")
        numbers += f"; range {round(100 * low)}–{round(100 * high)} %"
    if not terms:
        return numbers
    if len(terms) == 2:
        return f"between {terms[0].word} and {terms[1].word} ({numbers})"
    return f"{terms[0].phrase} ({numbers})"


def sentence(
    p: float,
    clause: str,
    yardstick: Yardstick = "icd203",
    low: float | None = None,
    high: float | None = None,
) -> str:
    """A sentence about ``clause``, opened as its term needs: "It is likely (62 %) that ..."."""
    terms = _terms_at(_printed(p), yardstick)
    text = estimate(p, yardstick, low, high)
    if not terms:
        return f"The chance that {clause} is {text}."
    if len(terms) == 2:
        return f"The chance that {clause} is {text}."
    opening = terms[0].lead.removesuffix(terms[0].phrase)
    return f"{opening}{text} that {clause}."


def confidence_sentence(level: Confidence, reason: str) -> str:
    """Confidence in a sentence of its own, with its reason."""
    return f"Confidence in this judgement is {level}: {reason.rstrip('.')}."


def yardstick_table(yardstick: Yardstick) -> Table:
    """The yardstick as a table for the back of a brief."""
    rows = []
    for term in TERMS[yardstick]:
        upper = "under 50" if (yardstick, term.high) == ("phia", 50) else f"{term.high:g}"
        rows.append((term.word, f"{term.low:g} to {upper} %"))
    note = CITATIONS[yardstick] + ". "
    note += (
        "A number on a shared edge takes the term nearer to an even chance. "
        "There is no term below 1 or above 99 %."
        if yardstick == "icd203"
        else "A number that falls between two terms is written “between X and Y” with the number."
    )
    columns = (Column("term", "Term"), Column("range", "Means"))
    return Table(f"Words of probability: {NAMES[yardstick]}", columns, tuple(rows), note)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place in a text where words and numbers part, and what to write there."""

    passage: str
    problem: str


TOLERANCE = 0.5
"""Per cent by which a printed number may sit outside its term: it was rounded."""

_NUMBER = (
    r"(?P<n1>\d+(?:\.\d+)?)(?:\s*%?\s*(?:-|–|—|to)\s*(?P<n2>\d+(?:\.\d+)?))?\s*(?:%|per\s?cent)"
)
_LINK = r"[\s,:]*\(?\s*(?:(?:at|about|around|roughly|some|of)\s+)*"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'])|\n+")
_CONFIDENCE = re.compile(
    r"\b(?:low|moderate|medium|high)\s+confidence\b|\bconfidence\b[^.]{0,40}\bis\s+"
    r"(?:low|moderate|medium|high)\b",
    re.I,
)

_SECOND_WORDS = "|".join(sorted((re.escape(w) for w, _, _ in SECOND_ROW), key=len, reverse=True))
_SECOND = re.compile(
    rf"\b(?:is|are|be|seems|looks)\s+(?P<w>{_SECOND_WORDS})\b(?!\s+chance)"
    rf"|\b(?P<v>{_SECOND_WORDS})\b{_LINK}\d",
    re.I,
)
"""Terms of the second row where they are used as such: "remote villages" are no probability."""


def lint(text: str, yardstick: Yardstick = "icd203") -> tuple[Disagreement, ...]:
    """Find words that contradict their number, a second row of terms, and confidence mixed in.

    A word and a number belong together where one follows the other directly: "likely (62 %)",
    "likely, at about 62 %", "62 % (likely)".
    """
    vocabulary = _vocabulary(yardstick)
    foreign = _foreign(yardstick)
    every = sorted({*vocabulary, *foreign}, key=len, reverse=True)
    alternatives = "|".join(re.escape(w) for w in every)
    term = rf"\b(?P<w>{alternatives})\b"
    gap = re.compile(
        rf"\bbetween (?P<a>{alternatives}) and (?P<b>{alternatives})\b{_LINK}{_NUMBER}", re.I
    )
    after = re.compile(term + _LINK + _NUMBER, re.I)
    before = re.compile(_NUMBER + r"\s*\(\s*" + term + r"\s*[);,]", re.I)
    found: list[Disagreement] = []
    for part in _SENTENCE.split(text):
        for match in gap.finditer(part):
            a, b = match["a"].lower(), match["b"].lower()
            if a in vocabulary and b in vocabulary:
                band = (vocabulary[a][1], vocabulary[b][0])
                found += _outside(match, band, yardstick, f"between {a} and {b}")
        rest = gap.sub(lambda m: " " * len(m.group()), part)
        for pattern in (after, before):
            for match in pattern.finditer(rest):
                if match["w"].lower() in vocabulary:
                    band = vocabulary[match["w"].lower()]
                    found += _outside(match, band, yardstick, match["w"])
        for match in re.finditer(term, part, re.I):
            if match["w"].lower() in foreign:
                problem = f"“{match['w']}” is not a term of {NAMES[yardstick]}"
                found.append(Disagreement(match.group(), problem))
        if yardstick == "icd203":
            problem = "belongs to ICD 203's second row of terms, and rows are not mixed"
            found += [Disagreement(m["w"] or m["v"], problem) for m in _SECOND.finditer(part)]
        if _CONFIDENCE.search(part) and re.search(term, part, re.I):
            problem = "a likelihood and a confidence share a sentence: write two"
            found.append(Disagreement(part.strip(), problem))
    return tuple(found)


def _outside(
    match: re.Match[str], band: tuple[float, float], yardstick: Yardstick, term: str
) -> list[Disagreement]:
    low = float(match["n1"])
    high = float(match["n2"]) if match["n2"] else low
    if band[0] - TOLERANCE <= low and high <= band[1] + TOLERANCE:
        return []
    numbers = f"{low:g} %" if low == high else f"{low:g}–{high:g} %"
    right = word(min(max((low + high) / 200, 0.0), 1.0), yardstick) or "no term"
    return [
        Disagreement(
            match.group().strip(),
            f"“{term}” means {band[0]:g} to {band[1]:g} %, the number is {numbers}: "
            f"the word would be “{right}”",
        )
    ]


def _vocabulary(yardstick: Yardstick) -> dict[str, tuple[float, float]]:
    words = {t.word: (t.low, t.high) for t in TERMS[yardstick]}
    if yardstick == "icd203":
        words |= {w: (float(a), float(b)) for w, a, b in SECOND_ROW}
    else:
        words["probable"] = words["likely"]
    return words


def _foreign(yardstick: Yardstick) -> frozenset[str]:
    """Terms that only the other yardstick knows."""
    other: Yardstick = "phia" if yardstick == "icd203" else "icd203"
    return frozenset(t.word for t in TERMS[other]) - frozenset(_vocabulary(yardstick))


def _check(p: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"{p!r} is not a probability between 0 and 1")


def _printed(p: float) -> float:
    """The percentage as printed; just inside 0 and 100 where it prints as less or more."""
    _check(p)
    whole = float(round(100 * p))
    if whole == 0 and p > 0:
        return 0.5
    if whole == 100 and p < 1:
        return 99.5
    return whole


def _terms_at(value: float, yardstick: Yardstick) -> tuple[Term, ...]:
    """No term, one term, or the two on either side of a gap."""
    terms = TERMS[yardstick]
    inside = [t for t in terms if t.low <= value <= t.high]
    if yardstick == "phia":
        inside = [t for t in inside if (t.high, value) != (50, 50)]
    if inside:
        return (min(inside, key=lambda t: abs((t.low + t.high) / 2 - 50)),)
    below = [t for t in terms if t.high <= value]
    above = [t for t in terms if t.low > value]
    return (below[-1], above[0]) if below and above else ()
