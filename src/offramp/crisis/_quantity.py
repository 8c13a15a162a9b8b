"""Numbers with a range and a source.

A crisis file never holds a bare opinion. A number is written as ``0.3``, as ``5 to 20`` (a 90 %
interval whose central value is its midpoint), as ``[central, low, high]``, or as a mapping with
``value`` (in any of these ways), ``low``, ``high``, ``distribution``, ``unit``, ``source``,
``grade``, ``as_of``, ``who`` and ``note``. Several experts may give one number (``experts``); the
pooled number then follows the stated ``pool`` rule: *linear* (weighted mean of central values,
from the least low to the greatest high) or *quantile* (weighted means of lows, of centrals and of
highs), and the spread stays visible.

Symbols: c central value, [l, h] a 90 % interval, l <= c <= h.
Source strings are ``key`` or ``key:locator`` with the keys declared under ``sources``; several are
separated by semicolons. The key ``default`` marks a value this package assumed.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

DEFAULT_SOURCE = "default"
"""Source key of numbers that the file left out and the package assumed."""

WAYS_TO_WRITE = "a number, `low to high` or [central, low, high]"
"""How a quantity may be written in short, for messages."""

_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_RANGE = re.compile(rf"\s*{_NUMBER}\s*(%?)\s+to\s+{_NUMBER}\s*(%?)\s*")


class Frozen(BaseModel):
    """Immutable, closed to unknown keys: the base of everything in a crisis file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def split_sources(value: Any) -> Any:
    """Accept ``"K; d000:P16"`` or a list of strings as source references."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


Sources = Annotated[
    tuple[str, ...],
    BeforeValidator(split_sources),
    Field(description="Source references: `key` or `key:locator`, separated by semicolons."),
]


class Opinion(Frozen):
    """One expert's answer to one number."""

    who: str = Field(description="Who said it, or a pseudonym.")
    value: float = Field(description="Central value.")
    low: float | None = Field(default=None, description="5th percentile.")
    high: float | None = Field(default=None, description="95th percentile.")
    weight: float = Field(default=1.0, gt=0, description="Weight in the pool, e.g. performance.")
    source: Sources = Field(default=())


class Quantity(Frozen):
    """A number with range, unit, source, grade and date."""

    value: float = Field(description="Central value.", allow_inf_nan=False)
    low: float | None = Field(default=None, description="5th percentile.", allow_inf_nan=False)
    high: float | None = Field(default=None, description="95th percentile.", allow_inf_nan=False)
    distribution: Literal["range", "fixed", "uniform", "triangular", "normal", "lognormal"] = Field(
        default="range",
        description=(
            "Shape used when the number is sampled; `range` reads low and high as a 90 % interval."
        ),
    )
    unit: str = Field(default="", description="Unit of the number.")
    source: Sources = Field(default=())
    grade: str | None = Field(
        default=None, pattern=r"^[A-F][1-6]$", description="Admiralty grade, e.g. `B2`."
    )
    as_of: dt.date | None = Field(default=None, description="Date the number speaks about.")
    who: str = Field(default="", description="Who gave the number.")
    note: str = Field(default="", description="Why this value.")
    experts: tuple[Opinion, ...] = Field(default=(), description="Several answers to one number.")
    pool: Literal["linear", "quantile"] | None = Field(
        default=None, description="How several answers become one."
    )

    @model_validator(mode="before")
    @classmethod
    def _read(cls, raw: Any) -> Any:
        return parse_quantity(raw)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("a range needs both a low and a high end")
        if self.low is not None and self.high is not None:
            if self.low > self.high:
                raise ValueError(f"the range is upside down: low {self.low:g} > high {self.high:g}")
            if not self.low <= self.value <= self.high:
                raise ValueError(
                    f"the central value {self.value:g} lies outside its range "
                    f"{self.low:g} to {self.high:g}"
                )
        if self.experts and self.pool is None:
            raise ValueError("several experts need a `pool` rule: linear or quantile")
        return self

    @property
    def is_default(self) -> bool:
        """True when the file left this number out and the package assumed it."""
        return DEFAULT_SOURCE in self.source

    def at(self, value: float) -> Quantity:
        """The same number with another central value, range dropped if it no longer contains it."""
        inside = self.low is not None and self.high is not None and self.low <= value <= self.high
        return self.model_copy(
            update={
                "value": float(value),
                "low": self.low if inside else None,
                "high": self.high if inside else None,
            }
        )


def parse_quantity(raw: Any) -> Any:
    """Turn the short ways of writing a number into the mapping form.

    Raises:
        ValueError: when the text is not ``low to high`` or the list does not hold three numbers.
    """
    if isinstance(raw, Quantity):
        return raw.model_dump()
    if isinstance(raw, bool):
        raise ValueError(f"expected {WAYS_TO_WRITE}, got {str(raw).lower()}")
    if isinstance(raw, int | float):
        return {"value": raw}
    if isinstance(raw, str):
        match = _RANGE.fullmatch(raw)
        if match is None:
            raise ValueError(f"expected {WAYS_TO_WRITE}, got the text `{raw[:60]}`")
        scale = 0.01 if "%" in (match[2], match[4]) else 1.0
        low, high = float(match[1]) * scale, float(match[3]) * scale
        return {"value": (low + high) / 2, "low": low, "high": high}
    if isinstance(raw, list | tuple):
        if len(raw) != 3 or any(isinstance(v, bool) or not isinstance(v, int | float) for v in raw):
            raise ValueError(f"expected {WAYS_TO_WRITE}, got a list that is not three numbers")
        return {"value": raw[0], "low": raw[1], "high": raw[2]}
    if not isinstance(raw, dict):
        return raw
    if "experts" in raw and "value" not in raw:
        return {**raw, **_pool(raw)}
    if isinstance(raw.get("value"), str | list | tuple):
        return {**raw, **parse_quantity(raw["value"])}
    return raw


def _pool(raw: dict[str, Any]) -> dict[str, float]:
    try:
        answers = [Opinion.model_validate(e) for e in raw["experts"]]
    except (TypeError, ValidationError):
        return {"value": 0.0}  # the field `experts` is refused where it stands
    if not answers:
        raise ValueError("`experts` is empty")
    total = sum(a.weight for a in answers)
    value = sum(a.weight * a.value for a in answers) / total
    lows = [a.low if a.low is not None else a.value for a in answers]
    highs = [a.high if a.high is not None else a.value for a in answers]
    if raw.get("pool") == "quantile":
        return {
            "value": value,
            "low": sum(a.weight * low for a, low in zip(answers, lows, strict=True)) / total,
            "high": sum(a.weight * high for a, high in zip(answers, highs, strict=True)) / total,
        }
    return {"value": value, "low": min(lows), "high": max(highs)}


def assumed(value: float, low: float, high: float, why: str, unit: str = "") -> Quantity:
    """A declared default: a number with a range, a reason and the source ``default``."""
    return Quantity(value=value, low=low, high=high, unit=unit, source=(DEFAULT_SOURCE,), note=why)


def assumed_both(
    value: float, low: float, high: float, why: str, unit: str = ""
) -> dict[Literal["A", "B"], Quantity]:
    """The same declared default for either side."""
    number = assumed(value, low, high, why, unit)
    return {"A": number, "B": number}


Text = Annotated[str, Field(max_length=4000)]
"""Prose in a crisis file."""
