"""Reading a crisis file: YAML 1.2 text to plain values, with the place of every one of them.

**Grammar.** YAML 1.2 with the core schema, and JSON, which is YAML. A plain scalar is

- null: ``null Null NULL ~`` or nothing; truth: ``true True TRUE false False FALSE``;
- an integer: ``-12``, ``0x1F``, ``0o17``; a leading zero changes nothing (``017`` is seventeen);
- a number: ``0.5``, ``.5``, ``1e3``; never infinite: ``.inf``, ``.nan`` and ``1e999`` are refused;
- text in every other case: ``NO``, ``on``, ``yes``, ``12:30`` and ``2025-04-15`` are text.

A mapping key is the text as written: ``on``, ``1`` and ``true`` are the keys "on", "1", "true", as
they would be in JSON. Anchors and aliases work; an alias stands for a copy.

**Refused**, each with its place: a key given twice, an anchor given twice, an alias to nothing or
to what holds it, merge keys (``<<``), tags (``!x``), keys that are no plain text, ``%YAML 1.1``, a
second document, and characters that an XML export or a terminal cannot take. All such problems of
a file are reported in one pass; a syntax error or a limit ends the pass.

**Limits.** :data:`MAX_BYTES`, :data:`MAX_DEPTH`, :data:`MAX_NODES`; aliases count expanded, and a
limit is checked before the expansion. The composer works on parser events without recursion. With
libyaml (in every PyYAML wheel) any refusal takes less than a second. The pure Python parser gives
the same places, but is five times slower and refuses some YAML 1.2, such as ``{a: why?, b: 1}``;
its syntax errors say so.

Lines end with LF, CRLF or CR. Places count from 1. A value of a nested mapping in block style
begins at its first key; an empty value just after its ``:``; an alias where it is written, but
what lies inside it where the anchor is.
"""

from __future__ import annotations

import json
import re
import stat
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate, islice
from os import PathLike
from pathlib import Path as FilePath
from typing import Any, NamedTuple, NoReturn

import yaml

from offramp.crisis._diagnostics import MAX_SHOWN, CrisisError, Path, Problem, did_you_mean, nearest

_Parser: type[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

MAX_BYTES = 4 * 1024 * 1024
"""Fifty times the reference case; past it a file is data, and belongs in a table beside it."""

MAX_DEPTH = 64
"""Lists and mappings inside each other. The schema needs about ten; recursion stays shallow."""

MAX_NODES = 50_000
"""Values, with aliases expanded: ten times the reference case, composed in half a second."""

MAX_PROBLEMS = 5_000
"""The pass over a file ends there: so many have one cause, and each takes memory and time."""

MAX_DIGITS = 400
"""Digits of a number. More than any double can hold, and int() slows with the square of them."""

MAX_NAME = 80
"""Characters of a key or an anchor that a message quotes."""

MAX_NEIGHBOURS = 1_000
"""Files of a folder looked at for a did-you-mean when the file is not there."""

_HIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff"
    "\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, other line ends, bidirectional overrides, stray byte order marks."""

_LINE_END = re.compile("\r\n|\n|\r")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_SURROGATE_PAIR = re.compile(
    r"((?:^|[^\\])(?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Mark(NamedTuple):
    """A place in the text; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a crisis file says, and where.

    ``marks`` has the place of every value and ``key_marks`` that of every key, by path; the root
    is ``()``. ``written`` keeps the text of those scalars that are not text (``014``, ``TRUE``,
    ``1e3``), for messages that tell the writer to put it in quotes.
    """

    data: dict[str, Any]
    file: str
    marks: dict[Path, Mark] = field(repr=False)
    key_marks: dict[Path, Mark] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    written: dict[Path, str] = field(repr=False)

    def locate(self, path: Path, *, at_key: bool = False) -> Mark:
        """The place of the value at ``path``, or of its key.

        A part of the path that is not in the file is passed over: of a missing field the place of
        the nearest mapping that should hold it is given, and names that a validator adds for the
        alternatives of a union do no harm. A path that ends in ``[key]`` means the key.
        """
        here: Path = ()
        for part in path:
            if (inner := (*here, part)) in self.marks:
                here = inner
        at_key = at_key or path[-1:] == ("[key]",)
        return self.key_marks.get(here, self.marks[here]) if at_key else self.marks[here]

    def problem(
        self,
        path: Path,
        message: str,
        suggestion: str | None = None,
        *,
        at_key: bool = False,
        offset: int | None = None,
        code: str = "invalid",
    ) -> Problem:
        """A problem with the value (or key) at ``path``.

        ``offset`` counts characters into a text value, as an expression error does; where the text
        stands in the file just as it is read, the caret moves that far into it.
        """
        mark = self.locate(path, at_key=at_key)
        if offset is not None and not at_key:
            mark = self._inside(path, mark, offset)
        line = self.lines[mark.line - 1]
        return Problem(message, path, self.file, *mark, None, suggestion, line, code)

    def _inside(self, path: Path, mark: Mark, offset: int) -> Mark:
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return mark
        line = self.lines[mark.line - 1]
        for start in (mark.column - 1, mark.column):  # plain, and after an opening quote
            if isinstance(value, str) and line.startswith(value, start):
                return Mark(mark.line, start + 1 + min(offset, len(value)))
        return mark


def read(path: str | PathLike[str]) -> Document:
    """Read a crisis file.

    Raises :class:`~offramp.crisis._diagnostics.CrisisError` for a file that is not there, cannot
    be read, is no UTF-8 text, is larger than :data:`MAX_BYTES`, or is refused as the module says.
    """
    file = FilePath(path)
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            inside = ", ".join(name for name in _neighbours(file)[:5])
            hint = f"it holds {inside}" if inside else None
            _fail(str(file), "this is a folder, not a crisis file", hint, code="file")
        if not stat.S_ISREG(mode):
            _fail(str(file), "this is a device or a pipe, not a file", code="file")
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        _fail(str(file), "there is no such file", _missing(file), code="file")
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        if isinstance(error, CrisisError):
            raise
        reason = error.strerror if isinstance(error, OSError) else None
        _fail(str(file), f"the file cannot be read: {reason or error}", code="file")
    return from_text(_decode(raw, str(file)), str(file))


def from_text(text: str, name: str = "<text>") -> Document:
    """Read a crisis from YAML or JSON text; ``name`` stands for the file in messages."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        _fail(name, *_TOO_LARGE, code="limit")
    text = text.removeprefix("\ufeff")
    source = _Source(text, name)
    if hidden := _HIDDEN.search(text):
        count = sum(1 for _ in _HIDDEN.finditer(text))
        more = f", the first of {count}" if count > 1 else ""
        source.fail(
            hidden.start(),
            f"the character U+{ord(hidden[0]):04X} cannot be seen and is not allowed{more}",
            "delete it, or write it as a \\u escape in double quotes"
            if hidden[0] in "\x85\u2028\u2029"
            else "delete it",
            code="character",
        )
    return _Composer(source).document()


_TOO_LARGE = (
    f"the file is larger than {MAX_BYTES // 1024**2} MiB",
    "keep long data in a table beside the crisis file",
)


def _decode(raw: bytes, file: str) -> str:
    if raw.startswith(b"PK\x03\x04"):
        _fail(file, "this is a zip archive, perhaps an Excel workbook, and not YAML", code="file")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        _fail(file, "the file is UTF-16 text", "save it as UTF-8", code="encoding")
    if len(raw) > MAX_BYTES:
        _fail(file, *_TOO_LARGE, code="limit")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8").removeprefix("\ufeff")
        rest = raw[error.start : error.start + 200].decode("latin-1")
        _Source(good + rest, file).fail(
            len(good),
            f"the byte 0x{raw[error.start]:02x} at offset {error.start} is not UTF-8",
            "save the file as UTF-8",
            code="encoding",
        )


def _neighbours(folder: FilePath) -> list[str]:
    """Names of the crisis files and workbooks in ``folder``, sorted; none if it cannot be read."""
    found: list[str] = []
    try:
        for count, entry in enumerate(folder.iterdir()):
            if count >= MAX_NEIGHBOURS:
                break
            if entry.suffix.lower() in (".yaml", ".yml", ".json", ".xlsx"):
                found.append(entry.name)
    except OSError:
        return []
    return sorted(found)


def _missing(file: FilePath) -> str | None:
    if not file.parent.is_dir():
        return f"there is no folder `{file.parent}` either"
    beside = _neighbours(file.parent)
    by_stem = {FilePath(name).stem: name for name in reversed(beside)}
    name = nearest(file.name, beside) or by_stem.get(nearest(file.stem, by_stem) or "")
    return None if name is None else f"did you mean `{file.parent / name}`?"


def _fail(file: str, message: str, suggestion: str | None = None, *, code: str) -> NoReturn:
    raise CrisisError([Problem(message, file=file, suggestion=suggestion, code=code)])


class _Source:
    """The text, its lines, and the way from a character's index to its place."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        if "\r" in text:
            self.lines = tuple(_LINE_END.split(text))
            self.starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
        else:
            self.lines = tuple(text.split("\n"))
            self.starts = [0, *accumulate(len(line) + 1 for line in self.lines[:-1])]

    def at(self, index: int) -> Mark:
        index = min(index, len(self.text))
        line = bisect_right(self.starts, index)
        return Mark(line, index - self.starts[line - 1] + 1)

    def problem(
        self, mark: Mark, path: Path, message: str, suggestion: str | None, code: str
    ) -> Problem:
        line = self.lines[mark.line - 1]
        return Problem(message, path, self.file, *mark, None, suggestion, line, code)

    def fail(self, index: int, message: str, suggestion: str | None, *, code: str) -> NoReturn:
        raise CrisisError([self.problem(self.at(index), (), message, suggestion, code)])


class _PassEnded(Exception):
    """The pass over the file cannot go on; what is wrong is among the problems."""


@dataclass(slots=True)
class _Anchor:
    value: Any
    path: Path
    mark: Mark
    size: int = 1  # values, with its own
    height: int = 0  # collections inside each other, with its own
    open: bool = False  # not closed yet, so an alias to it would hold itself


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read."""

    value: Any
    path: Path
    mark: Mark
    count: int  # values composed before it
    anchor: str | None
    seen: dict[str, Mark] = field(default_factory=dict)
    key: str | None = None
    height: int = 1


_NO_KEY = "?"
"""Stands in paths for a key that was refused, so that its value can still be read."""


class _Composer:
    """From parser events to a :class:`Document`. Holds the stack, the marks and the problems."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.text, self.shifts = _as_yaml(source.text)
        self.problems: list[Problem] = []
        self.marks: dict[Path, Mark] = {}
        self.key_marks: dict[Path, Mark] = {}
        self.written: dict[Path, str] = {}
        self.anchors: dict[str, _Anchor] = {}
        self.stack: list[_Open] = []
        self.count = 0
        self.root: Any = None

    def document(self) -> Document:
        with suppress(_PassEnded):
            self.compose()
        if self.problems:
            raise CrisisError(self.problems)
        return Document(
            self.root,
            self.source.file,
            self.marks,
            self.key_marks,
            self.source.lines,
            self.written,
        )

    def compose(self) -> None:
        documents = 0
        for event in self.events():
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.begin(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.end()
            elif kind is yaml.AliasEvent:
                self.alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    message = "a second document begins here; a crisis file holds one"
                    hint = "delete the `---`, or move what follows to a file of its own"
                    self.stop(self.place(event), message, hint, "document")
                if event.version not in (None, (1, 2)):
                    message = "a crisis file is YAML 1.2, where `no` and `on` are text"
                    self.add(self.place(event), (), message, "delete the %YAML line", "document")
        if self.root is None and not self.problems:
            self.stop(Mark(1, 1), "the file is empty", None, "document")
        if () in self.marks and not isinstance(self.root, dict):
            held = "a list" if isinstance(self.root, list) else "a single value"
            message = f"a crisis file is a mapping of keys to values; this is {held}"
            self.add(self.marks[()], (), message, None, "document")

    def events(self) -> Iterator[Any]:
        parser = _Parser(self.text)
        while True:
            try:
                event = parser.get_event()
            except yaml.MarkedYAMLError as error:
                self.syntax(error)
            except (ValueError, OverflowError):  # the pure parser on "\Uffffffff"
                message = "an escape in double quotes names no character"
                escape = re.search(r"\\U(?!00(?:0[0-9a-fA-F]|10))", self.source.text)
                place = self.source.at(escape.start() if escape else 0)
                self.stop(place, message, None, "syntax")
            if event is None or isinstance(event, yaml.StreamEndEvent):
                return
            yield event

    # Places and problems

    def place(self, event: Any) -> Mark:
        return self.at(event.start_mark)

    def at(self, mark: Any) -> Mark:
        if self.shifts:
            return self.source.at(_unshifted(mark.index, self.shifts))
        if mark.line >= len(self.source.starts):  # libyaml ends a file on a line of its own
            return self.source.at(mark.index)
        return Mark(mark.line + 1, mark.index - self.source.starts[mark.line] + 1)

    def add(self, mark: Mark, path: Path, message: str, hint: str | None, code: str) -> None:
        self.problems.append(self.source.problem(mark, path, message, hint, code))
        if len(self.problems) == MAX_PROBLEMS:
            message = f"{MAX_PROBLEMS:,} problems up to here; the rest of the file was not read"
            self.stop(mark, message, None, "limit")

    def stop(self, mark: Mark, message: str, hint: str | None, code: str) -> NoReturn:
        self.problems.append(self.source.problem(mark, (), message, hint, code))
        raise _PassEnded

    def syntax(self, error: Any) -> NoReturn:
        """The parser's error in our words: it ends the pass."""
        mark = error.problem_mark or error.context_mark
        place, start = self.at(mark), None
        if error.context_mark is not None:
            start = self.at(error.context_mark)
        before = self.source.lines[place.line - 1][: place.column - 1]
        ended = not self.text[mark.index :].strip()
        message, hint, at_start = _explain(error, self.text[mark.index :][:1], before, ended)
        if start is not None:
            message = message.replace("{start}", f"line {start.line}, column {start.column}")
        if _Parser is yaml.SafeLoader:
            hint = f"{hint}; {_PURE}" if hint else _PURE
        self.stop(start if at_start and start is not None else place, message, hint, "syntax")

    # Where the next value goes

    def awaits_key(self) -> bool:
        return (
            bool(self.stack)
            and isinstance(self.stack[-1].value, dict)
            and (self.stack[-1].key is None)
        )

    def path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return (*top.path, _NO_KEY if top.key is None else top.key)

    def put(self, value: Any, height: int) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        top.height = max(top.height, height + 1)
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            top.key = _NO_KEY
        else:
            top.value[top.key] = value
            top.key = None

    def spend(self, mark: Mark, values: int) -> None:
        if self.count + values > MAX_NODES:
            message = f"the file holds more than {MAX_NODES:,} values, aliases expanded"
            self.stop(mark, message, "keep long data in a table beside the crisis file", "limit")
        self.count += values

    def deepen(self, mark: Mark, height: int) -> None:
        if len(self.stack) + height > MAX_DEPTH:
            message = f"lists and mappings lie more than {MAX_DEPTH} deep inside each other"
            self.stop(mark, message, None, "limit")

    # Events

    def scalar(self, event: Any) -> None:
        mark = self.place(event)
        if self.awaits_key():
            self.begin_entry(event, mark)
            return
        path = self.path()
        self.spend(mark, 1)
        self.marks[path] = mark
        self.check_tag(event, mark, path)
        value = event.value
        if event.implicit[0]:
            value = self.resolve(value, mark, path)
            if not isinstance(value, str):
                self.written[path] = event.value
        elif event.style == '"':
            self.check_text(value, mark, path)
        if event.anchor is not None:
            self.name(event.anchor, _Anchor(value, path, mark))
        self.put(value, 0)

    def begin_entry(self, event: Any, mark: Mark) -> None:
        """A scalar in the place of a key."""
        top, key = self.stack[-1], event.value
        path = (*top.path, key)
        self.check_tag(event, mark, path)
        if event.anchor is not None:
            message = f"the anchor `&{_cut(event.anchor)}` stands on a key"
            self.add(mark, path, message, "put it after the `:`", "anchor")
        if event.implicit[0] and key == "<<":
            message = "merge keys (`<<`) are not part of YAML 1.2"
            hint = "write the fields out, so that a reader sees which value holds"
            self.add(mark, path, message, hint, "merge")
            top.key = _NO_KEY
            return
        if event.implicit[0] and key == "":
            self.add(mark, top.path, "there is no key before this `:`", None, "key")
            top.key = _NO_KEY
            return
        if event.style == '"':
            self.check_text(key, mark, path)
        if (first := top.seen.get(key)) is not None:
            message = (
                f"the key `{_cut(key)}` is given twice: first at line {first.line}, "
                f"column {first.column}, and again here"
            )
            self.add(mark, path, message, "keep one of the two, or rename one", "duplicate")
        else:
            top.seen[key] = mark
            self.key_marks[path] = mark
        top.key = key

    def begin(self, event: Any, value: Any) -> None:
        mark, path = self.place(event), self.path()
        if self.awaits_key():
            kind = "mapping" if isinstance(value, dict) else "list"
            hint = 'put it in quotes if it is text, as in "{name}": ...'
            self.add(mark, path, f"a {kind} stands where a key is needed", hint, "key")
        self.deepen(mark, 1)
        self.check_tag(event, mark, path)
        self.stack.append(_Open(value, path, mark, self.count, event.anchor))
        self.spend(mark, 1)
        self.marks[path] = mark
        if event.anchor is not None:
            self.name(event.anchor, _Anchor(value, path, mark, open=True))

    def end(self) -> None:
        done = self.stack.pop()
        if done.anchor is not None and self.anchors[done.anchor].mark == done.mark:
            self.anchors[done.anchor] = _Anchor(
                done.value, done.path, done.mark, self.count - done.count, done.height
            )
        self.put(done.value, done.height)

    def name(self, name: str, anchor: _Anchor) -> None:
        first = self.anchors.setdefault(name, anchor)
        if first is not anchor:
            message = (
                f"the anchor `&{_cut(name)}` is given twice: first at line {first.mark.line}, "
                f"column {first.mark.column}, and again here"
            )
            self.add(anchor.mark, anchor.path, message, "rename one of the two", "anchor")

    def alias(self, event: Any) -> None:
        mark, path = self.place(event), self.path()
        anchor = self.anchors.get(event.anchor)
        if self.awaits_key():
            message = f"the alias `*{_cut(event.anchor)}` stands where a key is needed"
            self.add(mark, path, message, "write the key out", "key")
            self.put(None, 0)
            return
        if anchor is None or anchor.open:
            if anchor is None:
                message = f"there is no anchor `&{_cut(event.anchor)}` above this"
                known = islice(self.anchors, MAX_SHOWN)
                hint = did_you_mean(event.anchor, known) if len(self.problems) < MAX_SHOWN else None
                hint = hint or "a text that begins with `*` needs quotes"
            else:
                message = f"the alias `*{_cut(event.anchor)}` stands inside its own anchor"
                hint = "write out what is meant: a value cannot hold itself"
            self.add(mark, path, message, hint, "anchor")
            self.spend(mark, 1)
            self.marks[path] = mark
            self.put(None, 0)
            return
        self.spend(mark, anchor.size)
        self.deepen(mark, anchor.height)
        value = self.graft(anchor.value, anchor.path, path)
        self.marks[path] = mark
        self.put(value, anchor.height)

    def graft(self, value: Any, source: Path, target: Path) -> Any:
        """A copy of ``value`` for ``target``, with the marks of ``source``. MAX_DEPTH deep."""
        self.marks[target] = self.marks[source]
        if isinstance(value, dict):
            for key in value:
                self.key_marks[(*target, key)] = self.key_marks[(*source, key)]
            return {k: self.graft(v, (*source, k), (*target, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self.graft(v, (*source, i), (*target, i)) for i, v in enumerate(value)]
        if source in self.written:
            self.written[target] = self.written[source]
        return value

    # Scalars

    def check_tag(self, event: Any, mark: Mark, path: Path) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag `{_cut(tag)}` is not allowed: a crisis is plain data"
            hint = "delete it; a text that begins with `!` needs quotes"
            self.add(mark, path, message, hint, "tag")

    def check_text(self, value: str, mark: Mark, path: Path) -> None:
        """Escapes in double quotes can make what the text itself may not hold."""
        if not value.isprintable() and (hidden := _HIDDEN.search(value)):
            if hidden[0] in "\x85\u2028\u2029":
                return
            message = f"an escape here makes the character U+{ord(hidden[0]):04X}, not allowed"
            self.add(mark, path, message, "delete the escape", "character")

    def resolve(self, text: str, mark: Mark, path: Path) -> str | int | float | bool | None:
        """The value of a plain scalar in the core schema."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
            if len(text) <= MAX_DIGITS:
                value = _number(text)
                if value is not None:
                    return value
            message = "this number is too large, too long or too near 0 for a computer's numbers"
            self.add(mark, path, message, "put it in quotes if it is text", "number")
            return None
        if _ENDLESS.fullmatch(text):
            message = f"`{text}` is no number here: nothing in a crisis is infinite or undefined"
            self.add(mark, path, message, "leave the field out, or give a bound", "number")
            return None
        return text


def _cut(name: str) -> str:
    """A name from the file, short enough that the sentence around it is still seen."""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _number(text: str) -> int | float | None:
    """The value of an integer or decimal; ``None`` if it overflows, or vanishes to 0."""
    value = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)) if _INTEGER.fullmatch(text) else None
    try:
        close = float(text if value is None else value)
    except OverflowError:
        return None
    digits = re.split("[eE]", text)[0]
    if abs(close) == float("inf") or (close == 0 and value is None and digits.strip("+-.0")):
        return None
    return close if value is None else value


def _as_yaml(text: str) -> tuple[str, list[tuple[int, int]]]:
    r"""JSON text as the YAML parser takes it, and where characters were dropped.

    JSON may be indented by tabs, and writes a character past U+FFFF as two ``\u`` escapes; both
    are rewritten. The list gives, from which index of the new text on, how many characters of the
    old one are gone before it. Text that is no JSON stays as it is.
    """
    pairs = _SURROGATE_PAIR.search(text) is not None
    if text.lstrip()[:1] != "{" or not (pairs or "\t" in text):
        return text, []
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text, []
    text = text.replace("\t", " ")
    parts: list[str] = []
    shifts: list[tuple[int, int]] = []
    done = length = gone = 0
    while found := _SURROGATE_PAIR.search(text, max(done - 1, 0)):
        high, low = int(found[2], 16) - 0xD800, int(found[3], 16) - 0xDC00
        character = f"\\U{0x10000 + (high << 10) + low:08x}"
        part = text[done : found.end(1)] + character
        parts.append(part)
        length += len(part)
        gone += found.end() - found.end(1) - len(character)
        shifts.append((length, gone))
        done = found.end()
    return "".join((*parts, text[done:])), shifts


def _unshifted(index: int, shifts: list[tuple[int, int]]) -> int:
    place = bisect_right(shifts, (index, MAX_BYTES))
    return index + (shifts[place - 1][1] if place else 0)


_QUOTE = "put the text in quotes"
_INDENT = "the indentation fits nothing that is open since {start}"
_ESCAPE = "a backslash in double quotes begins an escape"
_NO_ESCAPE = "use single quotes, or double the backslash"

_PURE = "if this is right as it is: PyYAML lacks libyaml here, and refuses some YAML 1.2"

_EXPLAINED: tuple[tuple[str, str, str | None, bool], ...] = (
    (
        "mapping values are not allowed",
        "a `:` stands where no key can be",
        "indent the line like its neighbours, or put a text that holds `: ` in quotes",
        False,
    ),
    (
        "sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on a line of its own, or put a text that begins with `- ` in quotes",
        False,
    ),
    ("could not find expected ':'", "this line is neither `key: value` nor `- value`", None, True),
    ("expected ',' or ']'", "a `,` or `]` is missing: a list is open since {start}", None, False),
    (
        "expected ',' or '}'",
        "a `,` or `}` is missing: a mapping is open since {start}",
        None,
        False,
    ),
    ("unexpected end of stream", "this quote is never closed", "close it, or double it", True),
    ("unexpected document", "this quote is never closed", "close it, or double it", True),
    ("alphabetic or numeric", "`&` and `*` begin the name of an anchor", _QUOTE, True),
    ("expected key", _INDENT, None, False),
    ("expected '-' indicator", _INDENT, None, False),
    ("expected <block end>", _INDENT, None, False),
    ("<document start>", "the indentation fits no line above", None, False),
    ("undefined tag handle", "tags (`!x`) are not allowed: a crisis is plain data", _QUOTE, True),
    ("escape", _ESCAPE, _NO_ESCAPE, False),
    ("hexdecimal number", _ESCAPE, _NO_ESCAPE, False),
    ("incompatible YAML document", "a crisis file is YAML 1.2", "delete the %YAML line", False),
)
"""What libyaml or PyYAML says, what that means, what to do, and whether its start is the place."""


def _explain(error: Any, character: str, before: str, ended: bool) -> tuple[str, str | None, bool]:
    """Message, suggestion, and whether the place is where the parser began.

    ``character`` is the one at fault, ``before`` what stands before it in its line, ``ended`` says
    that nothing but space follows in the file.
    """
    said = str(error.problem).replace("block sequence", "sequence")
    if "cannot start any token" in said:
        if character == "\t":
            return "a tab stands where YAML wants spaces", "indent with spaces", False
        sign = "a back quote" if character == "`" else f"`{character}`"
        return f"a text cannot begin with {sign}", _QUOTE, False
    if "block scalar" in str(error.context):
        message = "after `|` or `>` the text begins on the next line"
        return message, "move it there, or put it in quotes", False
    for part, message, hint, at_start in _EXPLAINED:
        if part not in said:
            continue
        if message == _INDENT and before.strip():
            return (
                "this does not belong to the value before it",
                "quote the value as a whole",
                False,
            )
        if "is missing" in message and ended:
            kind = "list" if "]" in message else "mapping"
            return f"this {kind} is never closed", None, True
        return message, hint, at_start
    return ": ".join(filter(None, (error.context, said))), None, False
