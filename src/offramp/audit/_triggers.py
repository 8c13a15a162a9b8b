"""Trigger audit: what a "never, unless" comes to once others hold the trigger (S58).

    P(fire) = P(trigger) P(act | trigger) + P(act without the trigger)

A reading that calls the act improbable and also makes it near certain after a trigger that others can
pull contradicts itself where the first is below what the second gives: that is flagged.

Units: probabilities over the same period.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TriggerAudit:
    """The parts, and what the reading itself states.

    Attributes:
        trigger: P(trigger); ``response`` P(act | trigger); ``rest`` P(act and no trigger).
        stated: What the reading gives the act as a whole, None if it gives nothing.
    """

    trigger: float
    response: float
    rest: float = 0.0
    stated: float | None = None

    def __post_init__(self) -> None:
        for name in ("trigger", "response", "rest", "stated"):
            p = getattr(self, name)
            if p is not None and not 0 <= p <= 1:
                raise ValueError(f"{name} is a probability; got {p:g}")
        if self.rest > 1 - self.trigger:
            raise ValueError(
                f"rest is the chance of the act without the trigger, at most {1 - self.trigger:g}; "
                f"got {self.rest:g}"
            )

    @property
    def fires(self) -> float:
        """P(fire)."""
        return self.trigger * self.response + self.rest

    @property
    def least(self) -> float:
        """What the trigger alone gives, whatever the rest is."""
        return self.trigger * self.response

    @property
    def contradicts(self) -> bool:
        """Whether what is stated for the act is less than the trigger alone makes it."""
        return self.stated is not None and self.stated < self.least

    def words(self, act: str, trigger: str) -> str:
        """One sentence."""
        text = (
            f"{trigger} has a chance of {self.trigger:.0%} and is answered with {self.response:.0%}, which "
            f"alone makes {act} {self.least:.0%} likely"
        )
        if self.stated is None:
            return text + "."
        told = f"; the reading gives it {self.stated:.0%}"
        return text + told + (", less than its own trigger does." if self.contradicts else ".")
