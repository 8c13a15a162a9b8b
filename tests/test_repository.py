"""Statements about the repository itself: files, lock, dependencies, imports, documentation.

Whatever a reviewer would otherwise have to remember is checked here. Nothing in this file
computes a figure of the model.
"""

from __future__ import annotations

import ast
import doctest
import functools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "offramp"
LOCK = ROOT / "lock" / "requirements.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = {
    extra: [Requirement(text) for text in texts]
    for extra, texts in PROJECT["optional-dependencies"].items()
}

PIPELINE = ("crisis", "game", "solution", "ensembles", "answers", "audit", "brief")
EDGE = {"cli", "web", "__main__"}
FRONT_DOOR = "the front door (offramp/__init__.py)"
HEAVY = {"numpy", "scipy", "altair", "pandas"}


# --- What git keeps ------------------------------------------------------------------------


@functools.cache
def tracked() -> tuple[str, ...]:
    """Paths that git tracks, relative to the root; skips the test where there is no git."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("git is missing, or this is not a clone")
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(name for name in listed.stdout.split("\0") if (ROOT / name).is_file())


# Brackets and backslashes keep each pattern from matching its own text.
PRIVATE_NAMES = {
    "the host of a package registry": (
        r"\bpypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|\bdeb\.debian\.org"
        r"|proxy\.golang\.org|static\.crates\.io|conda\.anaconda\.org"
    ),
    "a folder of one machine": r"(?<![\w.~-])/wor[k]/",
    "the folder beside the project": r"\.\./shared\b",
}


@pytest.mark.parametrize("what", PRIVATE_NAMES)
def test_no_tracked_file_names(what: str) -> None:
    allowed = {".ci/run"} if what == "the folder beside the project" else set()
    pattern = re.compile(PRIVATE_NAMES[what])
    found = [
        f"{name}:{number}"
        for name in tracked()
        if name not in allowed
        for number, line in enumerate(
            (ROOT / name).read_text(encoding="utf-8", errors="ignore").splitlines(), start=1
        )
        if pattern.search(line)
    ]
    assert not found, f"these name {what}: {found}"


@pytest.mark.parametrize("script", ["dev", ".ci/run"])
def test_scripts_run_as_they_are(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK), f"{script} is not executable"
    shell = path.read_text(encoding="utf-8").splitlines()[0].split()[-1].rpartition("/")[2]
    assert shell == ("sh" if script == "dev" else "bash")
    subprocess.run([shell, "-n", str(path)], check=True)


# --- Lock and dependencies -----------------------------------------------------------------


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """Requirements of the lock by canonical name, each with its options (the hashes)."""
    text = re.sub(r"^\s*#.*$", "", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    pins: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in entries:
        requirement, *options = re.split(r"\s+(?=--)", entry.strip())
        parsed = Requirement(requirement)
        pins[canonicalize_name(parsed.name)] = (parsed, options)
    assert len(pins) == len(entries), "a name is locked twice"
    return pins


def test_lock_pins_one_version_of_everything_with_hashes() -> None:
    for requirement, options in locked().values():
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert options, f"{requirement} has no hash"
        for option in options:
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option.strip()), option


def test_lock_holds_no_address() -> None:
    text = LOCK.read_text(encoding="utf-8")
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted", "file:", " @ "):
        assert word not in text


def test_lock_answers_every_requirement_of_pyproject() -> None:
    pins = locked()
    for requirement in [*RUNTIME, *EXTRAS["dev"]]:
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is not locked: run ./dev lock"
        version = str(pins[name][0].specifier).removeprefix("==")
        assert version in requirement.specifier, f"{name} {version} is not {requirement}"


def test_every_runtime_dependency_is_explained() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([\w.-]+) \|", text, flags=re.MULTILINE)) - {"package"}
    assert {canonicalize_name(name) for name in explained} == {
        canonicalize_name(requirement.name) for requirement in RUNTIME
    }


def runtime_closure() -> dict[str, Distribution]:
    """Everything that a plain installation brings here, by canonical name."""
    found: dict[str, Distribution] = {}
    waiting = list(RUNTIME)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[name] = distribution(name)
        waiting += [Requirement(text) for text in found[name].requires or []]
    return found


def test_no_runtime_dependency_is_under_the_gpl() -> None:
    for name, dist in runtime_closure().items():
        stated = dist.metadata.get_all("License-Expression") or []
        stated += [c for c in dist.metadata.get_all("Classifier") or [] if c.startswith("License")]
        if not stated:  # an old field that may hold a whole text
            stated = [text.partition("\n")[0] for text in dist.metadata.get_all("License") or []]
        assert stated, f"{name} states no licence"
        # A compiled-in GCC runtime library is not copyleft for those who link to it.
        for licence in (re.sub(r"L?GPL-\S+ WITH GCC-exception-\S+", "", text) for text in stated):
            assert not re.search(r"(?<!L)GPL|(?<!Lesser )General Public", licence), (name, licence)


# --- Imports -------------------------------------------------------------------------------


class Import(NamedTuple):
    """An import statement: where it stands, and the absolute name of what it brings in."""

    place: str
    module: str


def source_files(part: str = "") -> list[Path]:
    """Python files of a part of the package (a folder or one module); of all of it for ""."""
    if not part:
        return sorted(SOURCE.rglob("*.py"))
    return sorted([*(SOURCE / part).rglob("*.py"), *SOURCE.glob(f"{part}.py")])


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands, with relative names made absolute."""
    package = path.relative_to(SOURCE.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            yield from (Import(place, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(place, f"{base}.{alias.name}") for alias in node.names)


def part_of(module: str) -> str | None:
    """The part of offramp that a module name belongs to; None if it is not of offramp."""
    top, _, rest = module.partition(".")
    if top != "offramp":
        return None
    part = rest.partition(".")[0]
    is_part = (SOURCE / part).is_dir() or (SOURCE / f"{part}.py").is_file()
    return part if part and is_part else FRONT_DOOR


def parts() -> set[str]:
    """The packages and modules directly under offramp that hold code."""
    return {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in source_files()}


def offences(part: str, allowed: set[str]) -> list[str]:
    """Imports in a part from parts that are not allowed, for people to read."""
    return [
        f"{place} imports {module}"
        for path in source_files(part)
        for place, module in imports(path)
        if part_of(module) not in {None, *allowed}
    ]


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_imports_only_itself_and_what_is_left_of_it(stage: str) -> None:
    """Answers, audits and briefs may hold textbook closed forms and scores beside their numbers; the
    core may not."""
    allowed = set(PIPELINE[: PIPELINE.index(stage) + 1]) | {"_version"}
    if stage in ("answers", "audit", "brief"):
        allowed |= {"theory", "estimation"}
    assert not offences(stage, allowed)


@pytest.mark.parametrize("part", ["theory", "estimation"])
def test_what_knows_no_crisis_stands_alone(part: str) -> None:
    assert not offences(part, {part})


def test_nothing_imports_the_edge() -> None:
    inside = parts() - EDGE
    found = [text for part in sorted(inside) for text in offences(part, inside | {FRONT_DOOR})]
    assert not found


def test_every_import_is_of_the_standard_library_or_a_declared_dependency() -> None:
    declared = {canonicalize_name(r.name) for r in RUNTIME}
    for extra, requirements in EXTRAS.items():
        if extra != "dev":
            declared |= {canonicalize_name(r.name) for r in requirements}
    providers = packages_distributions()
    known = {"offramp", *sys.stdlib_module_names}
    undeclared = {
        f"{place} imports {module}"
        for path in source_files()
        for place, module in imports(path)
        if (top := module.partition(".")[0]) not in known
        and not {canonicalize_name(name) for name in providers.get(top, [])} & declared
    }
    assert not undeclared


OFFRAMP = "import sys; from offramp.cli import main; sys.argv[0] = 'offramp'; sys.exit(main())"


def test_help_is_lean() -> None:
    """`offramp --help` answers without loading an array, a solver or a chart library."""
    at_exit = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
    done = subprocess.run(
        [sys.executable, "-c", at_exit + OFFRAMP, "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "offramp" in loaded
    assert not HEAVY & loaded


# --- Documentation (./dev docs) ------------------------------------------------------------

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELLS = {"sh", "shell", "bash", "console"}

in_every_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


class Block(NamedTuple):
    """A fenced block: its first line's number, the words after the fence, the text."""

    line: int
    info: tuple[str, ...]
    text: str


def blocks(document: Path) -> Iterator[Block]:
    """Fenced blocks of a Markdown file, in order."""
    fence, start = "", 0
    info: tuple[str, ...] = ()
    lines: list[str] = []
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        opening = re.match(r"(`{3,}|~{3,})\s*(.*)$", line)
        if not fence and opening:
            fence, start, info, lines = opening[1], number + 1, tuple(opening[2].split()), []
        elif fence and line.rstrip() == fence:
            yield Block(start, info, "\n".join(lines) + "\n")
            fence = ""
        elif fence:
            lines.append(line)
    assert not fence, f"{document.name}:{start - 1}: the block is never closed"


@pytest.mark.docs
@in_every_document
def test_python_in_documents_runs(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of one document share names. With prompts, what they print is checked too.

    A block opened by "```python no-run" is only compiled.
    """
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for line, info, text in blocks(document):
        if info[:1] != ("python",):
            continue
        if ">>>" in text:
            test = doctest.DocTestParser().get_doctest(
                text, {}, document.name, str(document), line - 1
            )
            test.globs = names
            report: list[str] = []
            runner.run(test, out=report.append, clear_globs=False)
            assert not runner.failures, "".join(report)
        else:
            code = compile("\n" * (line - 1) + text, str(document), "exec")
            if "no-run" not in info:
                exec(code, names)


@functools.cache
def offramp_knows(command: str) -> bool:
    """Whether offramp has a command of this name."""
    done = subprocess.run([sys.executable, "-c", OFFRAMP, command, "--help"], capture_output=True)
    return done.returncode == 0


@functools.cache
def dev_commands() -> set[str]:
    """Commands that ./dev keeps to itself."""
    shown = subprocess.run([ROOT / "dev", "help"], check=True, capture_output=True, text=True)
    return set(re.findall(r"^  ([a-z]+) ", shown.stdout, flags=re.MULTILINE))


@pytest.mark.docs
@in_every_document
def test_commands_in_documents_exist(document: Path) -> None:
    unknown = []
    for line, info, text in blocks(document):
        if info[:1] and info[0] not in SHELLS:
            continue
        for number, shown in enumerate(text.splitlines(), start=line):
            call = re.match(r"(?:\$ )?(offramp|\./dev) ([a-z][\w|-]*)", shown)
            if call is None:
                continue
            for command in call[2].split("|"):
                if call[1] == "./dev" and command in dev_commands():
                    continue
                if not offramp_knows(command):
                    unknown.append(f"{document.relative_to(ROOT)}:{number}: {call[1]} {command}")
    assert not unknown


@pytest.mark.docs
@in_every_document
def test_links_and_figures_in_documents_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for block in blocks(document):
        text = text.replace(block.text, "\n")
    targets = re.findall(r"\[[^\]]*\]\(<?([^)\s>]+)", text)
    local = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    missing = [target for target in local if target and not (document.parent / target).exists()]
    assert not missing
