"""What is wrong with a crisis file, where, and what to write instead.

A :class:`Problem` is one finding with its place: a line and column of a text file, or a cell of a
workbook. A :class:`CrisisError` carries every problem of one pass, and prints them by place::

    crisis.yaml:12:7: unknown field `saliense`
      saliense: 0.25
      ^
      did you mean `salience`?

Lines and columns count from 1; a column counts characters, so a tab is one column. Whatever was
read from the file is printed with its control, format and bidirectional characters escaped: a
hostile file cannot write terminal sequences through its own error messages. Long lines are cut
around the caret.

``suggestion`` is a whole sentence. :func:`nearest` finds the word the writer probably meant, and
:func:`did_you_mean` makes the sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Path = tuple[str | int, ...]
"""Where a value is: keys of mappings and places in lists, counted from 0, from the top."""

MAX_SHOWN = 100
"""Problems printed before "and N more": past this nobody reads on, one cause repeats itself."""

MAX_MESSAGE = 400
"""Characters of a message shown: a key may be a megabyte long, a sentence is not."""

BEFORE_CARET = 60
SHOWN_WIDTH = 96
"""Terminal columns of a source line shown in all, and at most before the caret. With the indent
of two, a line fits the 100 columns of a usual terminal."""

TAB = "    "
"""A tab prints as four spaces wherever it stands, so that the caret below stays under its place."""

MAX_NEAREST = 64
"""Longest word :func:`nearest` corrects: names are shorter, and the distance is quadratic."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``excerpt`` is the whole source line; printing cuts and escapes it.

    ``line`` and ``column`` place it in a text file, ``cell`` (``Sheet!B7``) in a workbook; all are
    ``None`` where the whole file is at fault. ``code`` is a stable short name for programs.
    """

    message: str
    path: Path = ()
    file: str = ""
    line: int | None = None
    column: int | None = None
    cell: str | None = None
    suggestion: str | None = None
    excerpt: str | None = None
    code: str = "invalid"

    @property
    def place(self) -> str:
        """``file:line:col``, ``file:Sheet!B7``, or ``file`` alone, safe to print."""
        if self.cell is not None:
            where: tuple[str, ...] = (self.cell,)
        else:
            where = tuple(str(n) for n in (self.line, self.column) if n is not None)
        return ":".join(part for part in (printable(self.file), *map(printable, where)) if part)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the JSON envelope; texts are escaped and cut as they are in print."""
        return {
            "message": _short(self.message),
            "path": [_short(part) if isinstance(part, str) else part for part in self.path],
            "file": printable(self.file),
            "line": self.line,
            "column": self.column,
            "cell": None if self.cell is None else printable(self.cell),
            "suggestion": None if self.suggestion is None else _short(self.suggestion),
            "excerpt": None if self.excerpt is None else _window(self.excerpt, self.column or 1)[0],
            "code": self.code,
        }

    def __str__(self) -> str:
        place = self.place
        if self.line is None and self.cell is None and self.path:
            place = ": ".join(filter(None, (place, _short(dotted(self.path)))))
        rows = [f"{place}: {_short(self.message)}" if place else _short(self.message)]
        if self.excerpt is not None:
            shown, before = _window(self.excerpt, self.column or 1)
            rows.append(f"  {shown}".rstrip())
            if self.column is not None:
                rows.append("  " + " " * before + "^")
        if self.suggestion is not None:
            rows.append(f"  {_short(self.suggestion)}")
        return "\n".join(rows)


class CrisisError(ValueError):
    """A crisis that cannot be used as written. ``problems`` are in the order of the file."""

    exit_code = 3

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=_by_place))
        if not self.problems:
            raise ValueError("a CrisisError needs at least one problem")
        super().__init__(self.problems)

    def __str__(self) -> str:
        rows = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        if len(self.problems) > MAX_SHOWN:
            rows.append(f"and {len(self.problems) - MAX_SHOWN} more")
        return "\n".join(rows)


def dotted(path: Path) -> str:
    """``("levers", 3, "cost")`` as ``levers[3].cost``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def printable(text: str) -> str:
    r"""``text`` with every character that is not plainly visible written as an escape.

    Control characters, terminal sequences, bidirectional overrides, zero-width and no-break
    spaces all become ``\x1b`` or ``\u202e``; letters of every script stay.
    """
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The sentence "did you mean `x`?" for the candidate nearest to ``word``, if one is near."""
    match = nearest(word, candidates)
    return None if match is None else f"did you mean `{match}`?"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was probably meant to be, or ``None``.

    In this order: the same but for case, ``-``, ``_`` and spaces; the same words in another order;
    the smallest number of single-letter slips (insert, delete, replace, swap), at most one in
    every three letters and three in all; the only candidate that ends in ``.word``; the only
    candidate that begins with ``word``. Ties go to the first in the order of the candidates.
    """
    known = list(dict.fromkeys(candidates))
    given = _plain(word)
    if not given or len(given) > MAX_NEAREST:
        return None
    plain = [_plain(candidate) for candidate in known]
    for form in (_unspaced, _word_set):
        wanted = form(given)
        for candidate, text in zip(known, plain, strict=True):
            if form(text) == wanted:
                return candidate
    best, slips = None, min(3, len(given) // 3) + 1
    letters = set(given)
    for candidate, text in zip(known, plain, strict=True):
        others = set(text)
        if (
            abs(len(text) - len(given)) < slips
            and len(letters - others) < slips
            and len(others - letters) < slips
            and (count := _slips(given, text)) < slips
        ):
            best, slips = candidate, count
    if best is not None:
        return best
    ending = [c for c, text in zip(known, plain, strict=True) if text.endswith("." + given)]
    if len(ending) == 1:
        return ending[0]
    starting = [c for c, text in zip(known, plain, strict=True) if text.startswith(given)]
    return starting[0] if len(given) >= 3 and len(starting) == 1 else None


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    return re.sub(r"[-\s_]+", "_", text.strip().casefold())


def _unspaced(text: str) -> str:
    return text.replace("_", "")


def _word_set(text: str) -> list[str]:
    return sorted(text.split("_"))


def _slips(a: str, b: str) -> int:
    """Optimal string alignment distance: a swap of two neighbours counts as one slip."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _short(text: str) -> str:
    if len(text) <= MAX_MESSAGE:
        return printable(text)
    return printable(text[: MAX_MESSAGE - 2]) + " …"


def _width(cell: str) -> int:
    """Terminal columns of a printed cell: two for wide East Asian, none for combining marks."""
    if cell.isascii():
        return len(cell)
    if unicodedata.combining(cell):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of ``line`` to show around ``column``, and the columns that stand before it."""
    at = min(max(column - 1, 0), len(line))

    def cells(characters: Iterable[str], room: int) -> list[str]:
        kept: list[str] = []
        for character in characters:
            cell = TAB if character == "\t" else _visible(character)
            room -= _width(cell)
            if room < 0:
                break
            kept.append(cell)
        return kept

    if len(line) <= SHOWN_WIDTH:
        whole = cells(line, SHOWN_WIDTH)
        if len(whole) == len(line):
            return "".join(whole), sum(map(_width, whole[:at]))
    reach = SHOWN_WIDTH + 1  # one character past the room, so that a zero-width tail is cut too
    left = cells(reversed(line[max(0, at - reach) : at]), BEFORE_CARET)[::-1]
    before = sum(map(_width, left))
    right = cells(line[at : at + reach], SHOWN_WIDTH - before)
    if len(left) < at:
        left, before = ["… ", *left], before + 2
    if at + len(right) < len(line):
        right.append(" …")
    return "".join((*left, *right)), before


def _by_place(problem: Problem) -> tuple[Any, ...]:
    """Files by name; in a file, what concerns the whole first, then by line or by cell."""
    sheet, row, letters = "", 0, ""
    if problem.cell is not None:
        sheet = problem.cell
        if found := re.fullmatch(r"(.*)!\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", problem.cell):
            sheet, letters, row = found[1], found[2].upper(), int(found[3])
    return (
        problem.file,
        problem.line or 0,
        problem.column or 0,
        sheet,
        row,
        len(letters),
        letters,
        problem.message,
    )
