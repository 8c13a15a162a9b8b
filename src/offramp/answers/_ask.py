"""Put a question to a solution with the options that its answer takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from offramp.answers._answer import Answer
from offramp.solution import Solution


def ask(question: Callable[..., Answer], solution: Solution, **options: Any) -> Answer:
    """The answer to a question; options that it does not have are left out."""
    known = inspect.signature(question).parameters
    return question(solution, **{k: v for k, v in options.items() if k in known})
