"""A certificate in plain words, one line for each thing that was looked at.

Changes are printed with true minus signs and without signed zeros: values to three decimals of the own
stake, the chance of settlement to a tenth of a percentage point, of disaster to a hundredth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offramp.solution._certificate import Certificate, Check

NOISY, CROWDED = 1.5, 20.0
"""Below the first, choices are mostly noise; above the second, several equilibria are likely."""
MISSED = "TOLERANCE MISSED: read every number here as indicative"
MINUS, SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def size(value: float) -> str:
    """An error in stakes; one too small to print is said to be."""
    return "under 0.001" if value < 0.001 else f"{value:.3f}"


def points(value: float, decimals: int = 1) -> str:
    """An error of a probability in percentage points; one too small to print is said to be."""
    least = 10.0**-decimals
    if 100 * value < least:
        return f"under {least:g}{SPACE}points"
    return f"{100 * value:.{decimals}f}{SPACE}points"


def summary(c: Certificate) -> str:
    """The certificate in one line."""
    if not c.met:
        return MISSED
    value, settled = c.error("value_a"), c.error("settled")
    error = (
        "; how far finer grids move it was not checked"
        if value is None or settled is None
        else f"; error of the value to {c.sides[0]} {size(value)}, of the chance of settlement "
        f"{points(settled)}"
    )
    return f"met at {c.resolution} resolution: {_solved(c, 1)} of the choices that matter are solved{error}"


def lines(c: Certificate, each: bool = True) -> tuple[str, ...]:
    """The certificate, line by line; ``each``: with a line for every check."""
    exact = c.mode == "exact"
    how = "best responses" if exact else f"precision {c.precision:g} per round"
    said = [
        f"{c.mode} equilibrium at {how}, {c.resolution} resolution, {c.kernel} kernel",
        f"{_solved(c, 2)} of the choices that matter solved to 1e-10 (largest remaining residual "
        f"{c.residual:.2g} in log-odds where play goes with probability above 1e-6)",
        f"probability conserved to {c.mass_error:.1g}, beliefs to "
        + ", ".join(f"{e:.1g} ({_quoted(t)})" for t, e in zip(c.types, c.martingale, strict=True)),
    ]
    if not exact:
        said.append(_several(c))
    if c.regret is not None:
        said.append(
            f"what noise costs on the path of play: {c.sides[0]} {c.regret[0]:.2g} and {c.sides[1]} "
            f"{c.regret[1]:.2g} of its stake, choice by choice against its best act; at this precision "
            f"choices blur differences of {c.noise[0]:.2g} and {c.noise[1]:.2g}"
        )
    if each:
        said += [_moved(c, check) for check in c.checks]
    said += _errors(c)
    said += [f"not refined, {reason}" for reason in c.skipped]
    if len(c.band) > 1:
        said.append(_band(c))
    if not c.met:
        said.append(MISSED)
    if c.precision < NOISY:
        said.append("precision below 1.5 per round: choices are mostly noise")
    if c.precision > CROWDED and not exact:
        said.append("precision above 20 per round: several equilibria are likely, one is shown")
    return tuple(said)


def _solved(c: Certificate, decimals: int) -> str:
    return f"{100 * (1 - c.unsolved):.{decimals}f}{SPACE}%"


def _several(c: Certificate) -> str:
    if not c.several_probed:
        return "no choice was probed for a second solution"
    return (
        f"a second solution found at {100 * c.several:.2g}{SPACE}% of the {c.several_probed:,} choices "
        "probed for one, by weight"
    )


def _errors(c: Certificate) -> list[str]:
    """What the checks that count add up to."""
    a, b = c.error("value_a"), c.error("value_b")
    settled, disaster = c.error("settled"), c.error("disaster")
    if a is None or b is None or settled is None or disaster is None:
        return []
    return [
        f"error: value to {c.sides[0]} {size(a)}, to {c.sides[1]}, whatever its type, {size(b)}, "
        f"chance of settlement {points(settled)}, of disaster {points(disaster, 2)}; a smaller difference "
        "is no distinguishable difference"
    ]


def _band(c: Certificate) -> str:
    """The range over the precision band, which is no error."""
    heads = [head for _, head in c.band]
    ks = " / ".join(f"{k:g}" for k, _ in c.band)
    low_a, high_a = min(h.value_a for h in heads), max(h.value_a for h in heads)
    low, high = min(h.settled for h in heads), max(h.settled for h in heads)
    return (
        f"at precision {ks} per round the value to {c.sides[0]} runs from {low_a:.3f} to {high_a:.3f}, the "
        f"chance of settlement at month {heads[0].month} from {100 * low:.0f} to {100 * high:.0f}{SPACE}% (a "
        "range of behaviour, not an error)"
    )


def _moved(c: Certificate, check: Check) -> str:
    """What a check moved."""
    types = [
        f"{_quoted(name)} {_signed(change)}"
        for name, change in zip(c.types, check.value_b, strict=True)
    ]
    moved = (
        f"value to {c.sides[0]} {_signed(check.value_a)}, to {c.sides[1]} {', '.join(types)}, settlement at "
        f"month {check.month} {_signed_points(check.settled)}, disaster {_signed_points(check.disaster, 2)}"
    )
    note = "" if check.counts else " [for information, not counted as error]"
    if check.unsolved > 0.01:
        note += " [that solve misses its own tolerance]"
    return f"{check.name} ({check.what}): {moved}{note}"


def _signed(value: float) -> str:
    return "nothing" if abs(value) < 0.0005 else f"{value:+.3f}".replace("-", MINUS)


def _signed_points(value: float, decimals: int = 1) -> str:
    if abs(100 * value) < 0.5 * 10.0**-decimals:
        return "nothing"
    return f"{100 * value:+.{decimals}f}{SPACE}points".replace("-", MINUS)


def _quoted(name: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
