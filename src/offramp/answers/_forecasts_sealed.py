"""Opening the sealed file: how forecasts turned out, for scoring and for nothing else.

The file stands beside the crisis file under the name that its ``sealed`` field gives. Outcomes are keyed by
forecast id. An entry keyed ``reading:path`` says whether a premise of that reading turned out to hold
(1) or not (0); forecasts can be right although it did not. Nothing here is read by a compile.

Raises: :class:`offramp.crisis.CrisisError` for a file that is not there or not in the format;
:class:`ValueError` for a ``sealed`` field that leads out of the crisis's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from offramp.crisis import Crisis, CrisisError, SealedFile, SealedOutcome
from offramp.crisis._document import read
from offramp.crisis._findings import placed
from offramp.crisis._load import locate
from offramp.crisis._shipped import shipped
from offramp.crisis._wording import findings


@dataclass(frozen=True)
class Outcomes:
    """What the sealed file says.

    Attributes:
        forecasts: Outcome by forecast id.
        premises: Whether a premise holds, by (reading, path).
        unknown: Keys that fit no forecast and no premise of the crisis.
        file: Where it was read, or "" if nothing was opened.
    """

    forecasts: Mapping[str, SealedOutcome] = field(default_factory=dict)
    premises: Mapping[tuple[str, str], SealedOutcome] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    file: str = ""


def sealed_beside(crisis: Crisis, source: str | Path | None = None) -> Path | None:
    """Where the sealed file of a crisis stands; None if the crisis names none or stands nowhere.

    Args:
        crisis: The crisis.
        source: What it was loaded from; left out, a shipped crisis is known by its id.
    """
    if crisis.sealed is None:
        return None
    if Path(crisis.sealed).name != crisis.sealed:
        raise ValueError(
            f"`sealed: {crisis.sealed}` leads out of the folder of the crisis; "
            "the sealed file stands beside it"
        )
    if source is None:
        home = shipped().get(crisis.id)
        return None if home is None else home.parent / crisis.sealed
    return locate(source).parent / crisis.sealed


def open_sealed(crisis: Crisis, sealed: str | Path | SealedFile | None) -> Outcomes:
    """Outcomes for this crisis; none where there is no sealed file to open."""
    if isinstance(sealed, SealedFile):
        return _sorted(crisis, sealed, "given")
    path = sealed_beside(crisis) if sealed is None else Path(sealed)
    if path is None:
        return Outcomes()
    document = read(path)
    try:
        content = SealedFile.model_validate(document.data)
    except ValidationError as error:
        raise CrisisError([placed(f, document) for f in findings(error, document.data)]) from None
    return _sorted(crisis, content, path.name)


def _sorted(crisis: Crisis, content: SealedFile, file: str) -> Outcomes:
    stated = {key for reading in crisis.readings.values() for key in reading.forecasts}
    held = {
        (name, premise.path) for name, reading in crisis.readings.items() for premise in reading.premises
    }  # fmt: skip
    forecasts, premises, unknown = {}, {}, []
    for key, outcome in content.outcomes.items():
        name, colon, path = key.partition(":")
        if key in stated:
            forecasts[key] = outcome
        elif colon and (name, path) in held:
            premises[name, path] = outcome
        else:
            unknown.append(key)
    return Outcomes(forecasts, premises, tuple(unknown), file)
