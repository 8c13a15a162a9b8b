"""What a command came to, for tests to look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Done(NamedTuple):
    """What a command printed and returned."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        found = json.loads(self.out)
        assert list(found) == ["schema", "ok", "data", "warnings"]
        assert found["schema"] == "offramp/1"
        assert found["ok"] == (self.code == 0)
        return found


Run = Callable[..., Done]
