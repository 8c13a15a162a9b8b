"""Labels that take a side: where they stand in a text, and whether they are somebody's own words.

A crisis file is read by both sides. Names of actors, levers, plans and readings carry no label that one
side pins on another; prose may quote one only as the words of an author who is named. This module
finds such labels. It holds a list, not an understanding: what it does not know it does not find, and a
clean result says only that none of the listed labels stands there. The list is even-handed on purpose: it
has labels that each side of several conflicts pins on the other.

A label is *attributed* if, in the same sentence, it stands in quotation marks and the sentence says whose
words they are ("the author calls them ...", "author's term"). Raises nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LABELS: dict[str, str] = {
    # Names for a government or a people that are meant to deny it something.
    r"(?:kiev|kyiv|moscow|putin|zelensky\w*|maidan|western|russian|ukrainian)(?:['’]s)? regime": (
        "a label for a government"
    ),
    r"(?:puppet|vassal|rogue|pariah|failed|terrorist|criminal|mafia)[ -]"
    r"(?:states?|regimes?|governments?)": "a label for a state",
    r"junta(?!s? of (?:argentina|generals))": "a label for a government",
    r"(?:neo-?)?nazi(?:s|fication|fy)?|de-?nazif\w+|fascis(?:t|ts|m)|banderit\w+|ukronazi\w*": (
        "a label for a government or a people"
    ),
    r"rusc?his(?:t|ts|m)|orcs?|vatniks?|khokhols?|moskals?|katsaps?": "an insult",
    r"(?:evil|mad|bloody|brutal) (?:empire|dictator|tyrant|regime)|tyrants?|warmongers?": (
        "a moral verdict as a name"
    ),
    r"axis of (?:evil|resistance)|collective west|free world|civili[sz]ed world|anglo-?saxons?": (
        "a bloc as one side names it"
    ),
    # Names for acts that carry the verdict of one side.
    r"special military operation|liberation of (?:the )?(?:donbas\w*|crimea|kherson|kuwait)": (
        "one side's name for a war"
    ),
    r"unprovoked|imperialist|genocid\w+|ethnic cleansing|war of (?:aggression|conquest)": (
        "a verdict as a fact"
    ),
    r"occupiers?|invaders?|aggressors?|terrorists?|freedom fighters?|bandits?|thugs?": (
        "a verdict as a name for people"
    ),
    r"appease(?:rs?|ment)|defeatis[mt]\w*|traitors?|fifth column\w*|useful idiots?|stooges?|lackeys?": (
        "a label for those who disagree"
    ),
    r"so-called": "a sneer at a name",
}
"""Pattern -> what is wrong with it. Matched as whole words, whatever the case."""

_LABEL = re.compile(
    "|".join(rf"\b(?P<g{i}>{pattern})\b" for i, pattern in enumerate(LABELS)), re.IGNORECASE
)
_WHY = tuple(LABELS.values())
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n{2,}")
_QUOTED = re.compile(r"[“\"«„‘'`]([^”\"»“’'`]+)[”\"»“’'`]")
_WHOSE = re.compile(
    r"\bauthors?['’]s?\s+(?:own\s+)?(?:terms?|words?|labels?)"
    r"|\b(?:author|column(?:ist)?|document|text|article|source|speaker|he|she|they)\s+"
    r"(?:calls?|names?|writes?|says?|speaks? of|uses?|terms?)\b"
    r"|\bin the (?:author|column(?:ist)?|document|text|article|source)['’]s (?:own )?words?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A label: where it stands, what it is, and whether it is attributed to an author."""

    place: str
    label: str
    why: str
    sentence: str
    attributed: bool


def partisan(texts: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[Found, ...]:
    """Every listed label in texts by place, attributed or not."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    return tuple(found for place, text in pairs for found in _in(place, text))


def _in(place: str, text: str) -> list[Found]:
    found = []
    for sentence in _SENTENCE.split(text):
        quotes = [m.span(1) for m in _QUOTED.finditer(sentence)]
        whose = _WHOSE.search(sentence) is not None
        for match in _LABEL.finditer(sentence):
            inside = any(a <= match.start() and match.end() <= b for a, b in quotes)
            why = _WHY[int((match.lastgroup or "g0")[1:])]
            found.append(Found(place, match.group(), why, sentence.strip(), inside and whose))
    return found
