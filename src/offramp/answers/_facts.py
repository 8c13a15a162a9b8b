"""Small shared facts: how numbers print, where inputs come from, what sides are called."""

from __future__ import annotations

from collections.abc import Iterable

from offramp.answers._answer import Support
from offramp.crisis import Crisis, Quantity, quantities
from offramp.game import Game
from offramp.solution import Solution


def bare(number: float) -> str:
    """A number as people write it: at most four significant digits."""
    return f"{number:.4g}"


def range_text(number: Quantity) -> str:
    """``0.15 to 0.45``, or a dash."""
    if number.low is None or number.high is None:
        return "–"
    return f"{bare(number.low)} to {bare(number.high)}"


def supports(crisis: Crisis, paths: Iterable[tuple[str, str]]) -> tuple[Support, ...]:
    """Inputs by path with the reason they matter.

    Raises:
        KeyError: for a path that is not a number of the crisis.
    """
    known = quantities(crisis)
    found = []
    for path, why in paths:
        number = known[path]
        found.append(
            Support(path, bare(number.value), range_text(number), "; ".join(number.source), why)
        )
    return tuple(found)


def stake(value: float, signed: bool = False) -> str:
    """A stake value to two decimals, with a true minus sign."""
    text = f"{value:+.2f}" if signed else f"{value:.2f}"
    return text.replace("-", "\N{MINUS SIGN}")


def percent(p: float) -> str:
    """A probability as whole per cent, never 0 % or 100 % unless it is exactly so."""
    if 0 < p < 0.005:
        return "under 1 %"
    if 0.995 < p < 1:
        return "over 99 %"
    return f"{p:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def span_text(low: float, high: float) -> str:
    """A range of probabilities that does not break across lines: ``26-28 %``."""
    a, b = round(100 * low), round(100 * high)
    text = f"{a}" if a == b else f"{a}\N{EN DASH}{b}"
    return f"{text}\N{NO-BREAK SPACE}%"


def months_text(n: int) -> str:
    """``1 month``, ``12 months``."""
    return f"{n} month" if n == 1 else f"{n} months"


def fine_percent(p: float) -> str:
    """A small probability as per cent with one decimal."""
    return f"{100 * p:.1f}\N{NO-BREAK SPACE}%"


def side_names(game: Game) -> tuple[str, str]:
    """What readers call blocs A and B."""
    return game.crisis.blocs["A"].name, game.crisis.blocs["B"].name


def owner(name: str) -> str:
    """``Ukraine's``, ``the leads'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def type_name(game: Game, j: int) -> str:
    """B's type j in curly quotes, lower case."""
    return quoted(game.crisis.types[game.types[j]].name.lower())


def settings(solution: Solution) -> tuple[tuple[str, str], ...]:
    """Settings a figure was computed under."""
    game = solution.game
    return (
        ("plan", game.plan_id),
        ("reading", game.reading_id or "base"),
        ("resolution", game.resolution.name),
        ("precision", f"{solution.precision:g} per round"),
        ("mode", solution.mode),
    )


def join(words: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    items = list(words)
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def quoted(name: str) -> str:
    """A name in curly quotes, for use inside sentences."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
