"""Reading tables that others publish: every bad row is reported where it is, the rest is read.

A reader of rows gets :class:`Record`, which knows the text of each field and its place in the file.
What is wrong with a field raises :class:`BadField`; the loop in :func:`read_table` turns it into a
:class:`offramp.crisis.Problem` and goes on. Nothing is repaired.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from offramp.crisis import CrisisError, Problem
from offramp.crisis._diagnostics import did_you_mean

R = TypeVar("R")

LONGEST_FIELD = 2**24
"""A field of a broken file may swallow the rest of it; 16 MB is more than any line that is meant."""


class DataFileError(CrisisError):
    """A publisher's file that cannot be used, or rows of it that cannot."""


class BadField(ValueError):
    """What is wrong with one field of a row, and what to write instead."""

    def __init__(self, field: str, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.field, self.suggestion = field, suggestion


@dataclass(frozen=True)
class Loaded(Generic[R]):
    """Rows of a file that could be read, and what was wrong with the others.

    Attributes:
        file: The file as given.
        publisher: Whose layout was recognised.
        rows: Rows in the order of the file.
        problems: One or more for each row that was left out.
        skipped: Rows that are well-formed and were left out for what they are, by reason.
    """

    file: str
    publisher: str
    rows: tuple[R, ...]
    problems: tuple[Problem, ...]
    skipped: Mapping[str, int]

    def strict(self) -> tuple[R, ...]:
        """All rows.

        Raises:
            DataFileError: with every problem, if there is one.
        """
        if self.problems:
            raise DataFileError(self.problems)
        return self.rows

    def summary(self) -> str:
        """How many rows were read and how many were not."""
        parts = [f"{len(self.rows):,} rows read from {self.file} ({self.publisher})"]
        bad = len({p.line for p in self.problems})
        if bad:
            parts.append(f"{bad:,} could not be read")
        parts += [f"{count:,} left out: {why}" for why, count in self.skipped.items()]
        return "; ".join(parts)


class Skip(Exception):
    """A row that is fine but is not one of those asked for; says why."""


@dataclass(frozen=True)
class Record:
    """One row: fields by column, its first line, and that line's text."""

    fields: Mapping[str, str]
    line: int
    text: str
    starts: Sequence[int] | None

    def text_of(self, column: str) -> str:
        """A field without surrounding blanks."""
        return self.fields[column].strip()

    def needed(self, column: str) -> str:
        """A field that must not be empty."""
        found = self.text_of(column)
        if not found:
            raise BadField(column, f"`{column}` is empty")
        return found

    def number(
        self, column: str, *, least: float | None = None, most: float | None = None
    ) -> float:
        """A number; commas between groups of three digits are allowed."""
        found = self.needed(column)
        value = number_from(found)
        if value is None:
            raise BadField(
                column,
                f"`{column}` is not a number: `{found[:40]}`",
                "write digits with a decimal point, for example 1234.5",
            )
        if (least is not None and value < least) or (most is not None and value > most):
            ends = (
                f"{'' if least is None else f'{least:g}'} to {'' if most is None else f'{most:g}'}"
            )
            raise BadField(column, f"`{column}` is {value:g}, outside {ends.strip()}")
        return value

    def integer(self, column: str, *, least: int | None = None, most: int | None = None) -> int:
        """A whole number."""
        value = self.number(column, least=least, most=most)
        if value != int(value):
            raise BadField(column, f"`{column}` is not a whole number: {value:g}")
        return int(value)

    def date(self, column: str, formats: Sequence[str], example: str) -> dt.date:
        """A date in one of the publisher's formats."""
        found = self.needed(column)
        for form in formats:
            try:
                return dt.datetime.strptime(found, form).date()
            except ValueError:
                continue
        raise BadField(
            column, f"`{column}` is not a date: `{found[:40]}`", f"dates look like {example}"
        )


def number_from(text: str) -> float | None:
    """A finite number, or None. Commas count only between groups of three digits."""
    plain = text
    if "," in text:
        head, _, tail = text.partition(".")
        groups = head.lstrip("+-").split(",")
        if not groups[0] or len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:]):
            return None
        plain = head.replace(",", "") + (f".{tail}" if tail else "")
    if not plain or not set(plain) <= set("0123456789+-.eE"):
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if abs(value) != float("inf") else None


@dataclass(frozen=True)
class Layout:
    """How a publisher writes a table.

    Attributes:
        publisher: Its name.
        delimiter: Between fields.
        quoted: Whether fields may be in double quotes.
        columns: Names of columns if the file has no header line, else None.
        required: Columns that must be there; a tuple stands for one of several names.
    """

    publisher: str
    delimiter: str
    quoted: bool
    required: tuple[str | tuple[str, ...], ...]
    columns: tuple[str, ...] | None = None


def read_table(
    path: str | Path, layout: Layout, row: Callable[[Record], R], known: Iterable[str] = ()
) -> Loaded[R]:
    """Read a file by its layout.

    Args:
        path: The file; UTF-8, with or without a byte order mark.
        layout: How it is written.
        row: Makes a row of a record, or raises :class:`BadField` or :class:`Skip`.
        known: Further columns of the layout, for suggestions.

    Raises:
        DataFileError: if the header lacks a column that is needed, the file is empty, or its rows
            cannot be told apart.
        OSError: if the file cannot be read.
    """
    file = str(path)
    problems: list[Problem] = []
    rows: list[R] = []
    skipped: dict[str, int] = {}
    with Path(path).open("rb") as stream:
        lines = _decoded(stream, file, problems)
        records = _records(lines, layout, file)
        columns = layout.columns
        if columns is None:
            first = next(records, None)
            if first is None:
                raise DataFileError(
                    [*problems, Problem("the file is empty", file=file, code="empty")]
                )
            names, line, text = first
            columns = tuple(name.strip() for name in names)
            missing = _missing(columns, layout, known, file, line, text)
            if missing:
                raise DataFileError([*problems, *missing])
        for fields, line, text in records:
            if not any(fields):
                continue
            if len(fields) != len(columns):
                problems.append(
                    Problem(
                        f"{len(fields)} fields where {layout.publisher} has {len(columns)}",
                        file=file,
                        line=line,
                        suggestion=_about_width(len(fields), len(columns), layout),
                        excerpt=text.rstrip("\r\n"),
                        code="row_width",
                    )
                )
                continue
            record = Record(
                dict(zip(columns, fields, strict=True)), line, text, _starts(text, fields, layout)
            )
            try:
                rows.append(row(record))
            except Skip as reason:
                skipped[str(reason)] = skipped.get(str(reason), 0) + 1
            except BadField as bad:
                problems.append(_problem(bad, record, columns, file))
    if not rows and not problems and not skipped:
        raise DataFileError([Problem("the file has no rows", file=file, code="empty")])
    return Loaded(file, layout.publisher, tuple(rows), tuple(problems), skipped)


def _decoded(
    stream: Iterable[bytes], file: str, problems: list[Problem]
) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(stream, 1):
        piece = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        try:
            yield number, piece.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(
                Problem(
                    f"byte {error.start + 1} of the line is not UTF-8 text",
                    file=file,
                    line=number,
                    suggestion="save the file as UTF-8",
                    code="encoding",
                )
            )


def _records(
    lines: Iterator[tuple[int, str]], layout: Layout, file: str
) -> Iterator[tuple[list[str], int, str]]:
    """Fields, first line and its text of each row; a row of several lines keeps its first one's text.

    Raises:
        DataFileError: where quotes or line ends leave no way to tell one row from the next.
    """
    if not layout.quoted:
        for number, text in lines:
            if "\0" not in text:
                yield text.rstrip("\r\n").split(layout.delimiter), number, text
            else:
                yield [""], number, text
        return
    taken: list[tuple[int, str]] = []

    def feed() -> Iterator[str]:
        for number, text in lines:
            taken.append((number, text))
            yield text

    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(feed(), delimiter=layout.delimiter)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = Problem(
                f"the rows cannot be told apart from here on: {error}",
                file=file,
                line=taken[0][0],
                suggestion="is a quotation mark left open, or are lines ended by carriage returns alone?",
                code="rows",
            )
            raise DataFileError([problem]) from error
        number, text = taken[0]
        text = text if len(taken) == 1 else ""
        taken.clear()
        yield fields, number, text


def _starts(text: str, fields: Sequence[str], layout: Layout) -> list[int] | None:
    """Column (from 1) at which each field starts, or None if the row is on several lines."""
    if not text:
        return None
    starts, quoted = [1], False
    for at, letter in enumerate(text.rstrip("\r\n"), 1):
        if letter == '"' and layout.quoted:
            quoted = not quoted
        elif letter == layout.delimiter and not quoted:
            starts.append(at + 1)
    return starts if len(starts) == len(fields) else None


def _missing(
    columns: Sequence[str],
    layout: Layout,
    known: Iterable[str],
    file: str,
    line: int,
    text: str,
) -> list[Problem]:
    found = []
    for wanted in layout.required:
        names = (wanted,) if isinstance(wanted, str) else wanted
        if any(name in columns for name in names):
            continue
        near = next((c for c in columns if did_you_mean(c, names) is not None), None)
        found.append(
            Problem(
                f"{layout.publisher}: there is no column {' or '.join(f'`{n}`' for n in names)}",
                file=file,
                line=line,
                column=None,
                suggestion=f"is it the column `{near}`?" if near else _elsewhere(columns, known),
                excerpt=text.rstrip("\r\n"),
                code="missing_column",
            )
        )
    return found


def _elsewhere(columns: Sequence[str], known: Iterable[str]) -> str:
    shared = sorted(set(columns) & set(known))
    if shared:
        return "export the file with all its columns"
    return "is this another publisher's file, or one without its header line?"


def _about_width(found: int, wanted: int, layout: Layout) -> str:
    between = {"\t": "a tab", ",": "a comma", ";": "a semicolon"}[layout.delimiter]
    if found == 1:
        return f"fields are separated by {between}"
    if found > wanted:
        return f"a field may hold {between} of its own"
    return "the row may be broken off, or continue on the next line"


def _problem(bad: BadField, record: Record, columns: Sequence[str], file: str) -> Problem:
    place = columns.index(bad.field) if bad.field in columns else None
    column = record.starts[place] if record.starts is not None and place is not None else None
    return Problem(
        str(bad),
        path=(bad.field,),
        file=file,
        line=record.line,
        column=column,
        suggestion=bad.suggestion,
        excerpt=record.text.rstrip("\r\n") if record.text else None,
        code="bad_field",
    )
