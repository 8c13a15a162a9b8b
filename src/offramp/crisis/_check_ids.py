"""Cross-checks of who and what: every id exists, and whoever is named stands on the right side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from offramp.crisis._diagnostics import Path, did_you_mean, dotted, nearest
from offramp.crisis._findings import Finding, View, reference
from offramp.crisis._paths import UnknownPath, get
from offramp.crisis._quantity import DEFAULT_SOURCE, Frozen, Quantity

DECISIONS = ("settlement", "ceasefire", "deployment")
"""Decisions that are no lever, and to which consent may be needed."""

FIELDS_OF_CONSENT = ("sanctions", "assets", "trade", "arms", "force", "backstop")
"""Kinds of decisions with a rule of their own under ``coalition.rules``."""

ALSO = ("host", "custodian", "mandate")
"""Roles that ``consent.also`` may name instead of an actor."""

NEEDS = ("ceasefire", "mandate", "host_consent")
"""Preconditions of a lever that are no lever."""

REGIMES = ("standoff", "war", "ceasefire", "settlement")


def _all(path: Path, words: Iterable[str], known: Iterable[str], what: str) -> Iterator[Finding]:
    known = tuple(known)
    for place, word in enumerate(words):
        yield from reference((*path, place), word, known, what)


def keys(path: Path, words: Iterable[str], known: Iterable[str], what: str) -> Iterator[Finding]:
    known = tuple(known)
    for word in words:
        yield from reference((*path, word), word, known, what, at_key=True)


def left_out(given: Iterable[str], needed: Iterable[str]) -> str:
    """The needed ids that are not given, unless a wrong one is nearly one of them."""
    given, needed = tuple(given), tuple(needed)
    meant = {nearest(word, needed) for word in given if word not in needed}
    return ", ".join(f"`{word}`" for word in needed if word not in given and word not in meant)


def blocs(view: View) -> Iterator[Finding]:
    """Both blocs are there; principal and voices are actors of their bloc; consent is theirs."""
    crisis, ids = view.crisis, view.ids
    for side in ("A", "B"):
        if side not in crisis.blocs:
            message = f"there is no bloc {side}: a crisis has two negotiating sides"
            yield Finding(("blocs",), message, f"add `{side}:` with its principal and voices")
    for side, bloc in crisis.blocs.items():
        at: Path = ("blocs", side)
        yield from reference((*at, "principal"), bloc.principal, ids["actors"], "actor")
        yield from keys((*at, "voices"), bloc.voices, ids["actors"], "actor")
        for key, path in ((bloc.principal, (*at, "principal")), *_voices(at, bloc.voices)):
            actor = crisis.actors.get(key)
            if actor is not None and actor.bloc != side:
                message = f"`{key}` speaks for bloc {side}, but its own `bloc` is {actor.bloc}"
                yield Finding(path, message, f"set `actors.{key}.bloc: {side}`, or take it out")
        decisions = (*DECISIONS, *ids["levers"])
        yield from keys((*at, "consent"), bloc.consent, decisions, "decision or lever")
        for decision, who in bloc.consent.items():
            people = (*ids["actors"], *ids["members"])
            yield from _all((*at, "consent", decision), who, people, "actor or member")


def _voices(at: Path, voices: Iterable[str]) -> Iterator[tuple[str, Path]]:
    return ((key, (*at, "voices", key)) for key in voices)


def preferences(view: View) -> Iterator[Finding]:
    """Preferences are on issues of the crisis, and every voice has one on every issue."""
    crisis, ids = view.crisis, view.ids
    for key, actor in crisis.actors.items():
        at = ("actors", key, "preferences")
        yield from keys(at, actor.preferences, ids["issues"], "issue")
    voices = dict.fromkeys(key for bloc in crisis.blocs.values() for key in bloc.voices)
    for key in voices:
        voice = crisis.actors.get(key)
        for issue in ids["issues"] if voice is not None else ():
            if voice is not None and issue not in voice.preferences:
                message = f"`{key}` is a voice but has no preference on the issue `{issue}`"
                hint = f"add `{issue}: {{ideal: ..., weight: ...}}`; weight 0 if it does not care"
                yield Finding(("actors", key, "preferences"), message, hint)


def issues(view: View) -> Iterator[Finding]:
    """Locks and guarantees that issues name exist."""
    for key, issue in view.crisis.issues.items():
        at = ("issues", key)
        if issue.locked_by is not None:
            yield from reference((*at, "locked_by"), issue.locked_by, view.parties, "actor")
        for place, point in enumerate(issue.scale):
            if point.guarantee is not None:
                path = (*at, "scale", place, "guarantee")
                yield from reference(path, point.guarantee, view.ids["guarantees"], "guarantee")


def red_lines(view: View) -> Iterator[Finding]:
    """Red lines belong to an actor and concern an issue."""
    for key, line in view.crisis.red_lines.items():
        yield from reference(("red_lines", key, "actor"), line.actor, view.ids["actors"], "actor")
        yield from reference(("red_lines", key, "issue"), line.issue, view.ids["issues"], "issue")


def contracts(view: View) -> Iterator[Finding]:
    """Contracts have terms on every issue and a known guarantee; guarantees a known lever."""
    crisis, ids = view.crisis, view.ids
    for key, contract in crisis.contracts.items():
        at = ("contracts", key)
        yield from keys((*at, "terms"), contract.terms, ids["issues"], "issue")
        if missing := left_out(contract.terms, ids["issues"]):
            message = f"the contract `{key}` has no terms on {missing}"
            hint = "a settlement fixes every issue; write the status quo where nothing changes"
            yield Finding((*at, "terms"), message, hint)
        if contract.guarantee is not None:
            path = (*at, "guarantee")
            yield from reference(path, contract.guarantee, ids["guarantees"], "guarantee")
        if contract.relief not in crisis.relief.schedules:
            message = f"`relief.schedules` does not say what `{contract.relief}` relief brings"
            yield Finding((*at, "relief"), message, f"add `{contract.relief}` to it")
    for key, guarantee in crisis.guarantees.items():
        if guarantee.lever is not None:
            yield from reference(
                ("guarantees", key, "lever"), guarantee.lever, ids["levers"], "lever"
            )


def levers(view: View) -> Iterator[Finding]:
    """Holders, targets and objectors are parties; preconditions, threats and answers exist."""
    ids, parties = view.ids, view.parties
    for key, lever in view.crisis.levers.items():
        at = ("levers", key)
        yield from reference((*at, "holder"), lever.holder, parties, "actor")
        yield from _all((*at, "targets"), lever.targets, parties, "actor")
        yield from _all((*at, "objectors"), lever.objectors, parties, "actor")
        yield from _all((*at, "consent", "of"), lever.consent.of, parties, "actor")
        yield from _all((*at, "consent", "also"), lever.consent.also, (*ALSO, *parties), "actor")
        needs = (*NEEDS, *ids["levers"])
        yield from _all((*at, "needs"), lever.needs, needs, "precondition or lever")
        yield from _all((*at, "executes"), lever.executes, ids["levers"], "lever")
        answers = (*ids["levers"], *ids["events"])
        yield from _all((*at, "answers"), lever.answers, answers, "lever or event")
        for path in lever.sets:
            yield from _parameter(view, (*at, "sets", path), path)
        for path in lever.shifts:
            if path not in ids["events"]:
                yield from _parameter(view, (*at, "shifts", path), path)


def _parameter(view: View, at: Path, path: str, *, at_key: bool = True) -> Iterator[Finding]:
    """A finding if ``path`` leads to no number of the crisis."""
    try:
        value = get(view.crisis, path)
    except UnknownPath as error:
        section, *rest = path.split(".")
        if rest and rest[0] in view.ids.get(section, ()) and error.path == path:
            entry = getattr(view.crisis, section, {})
            if rest[0] not in entry:
                return  # the entry is there but failed the schema
        yield Finding(at, error.message, error.suggestion, at_key=at_key, code="reference")
        return
    if value is not None and not isinstance(value, Quantity | int | float):
        message = f"`{path}` is a whole entry, not a number"
        inside = next((f"`{path}.{name}`" for name in _numbers(value)), None)
        hint = f"name a number inside it, such as {inside}" if inside else None
        yield Finding(at, message, hint, at_key=at_key, code="reference")


def _numbers(value: object) -> Iterator[str]:
    if isinstance(value, Frozen):
        for name in type(value).model_fields:
            if isinstance(getattr(value, name), Quantity):
                yield name


def plans(view: View) -> Iterator[Finding]:
    """Levers, contracts, plans and people that a plan names exist; its levers are not B's."""
    ids, parties = view.ids, view.parties
    used = ids["levers"]
    for key, plan in view.crisis.plans.items():
        at: Path = ("plans", key)
        for place, stage in enumerate(plan.stages):
            here: Path = (*at, "stages", place)
            for nth, use in enumerate(stage.on):
                yield from reference((*here, "on", nth, "lever"), use.lever, used, "lever")
                yield from _held_by_b(view, (*here, "on", nth, "lever"), key, use.lever)
            yield from _all((*here, "off"), stage.off, used, "lever")
            yield from _all((*here, "authority", "of"), stage.authority.of, parties, "actor")
        for name in ("withheld", "on_ceasefire"):
            yield from _all((*at, name), getattr(plan, name), used, "lever")
        if plan.offer is not None:
            yield from reference((*at, "offer"), plan.offer, ids["contracts"], "contract")
        yield from _all((*at, "alternatives"), plan.alternatives, ids["contracts"], "contract")
        if plan.derived_from is not None:
            yield from reference((*at, "derived_from"), plan.derived_from, ids["plans"], "plan")
        occasions = (*ids["events"], *used)
        yield from keys((*at, "on_event"), plan.on_event, occasions, "event or lever")
        for occasion, answer in plan.on_event.items():
            yield from _all((*at, "on_event", occasion), answer, used, "lever")
        yield from keys((*at, "dropped"), plan.dropped, used, "lever")
        for lever, who in plan.dropped.items():
            yield from _all((*at, "dropped", lever), who, parties, "actor")


def _held_by_b(view: View, path: Path, plan: str, lever: str) -> Iterator[Finding]:
    held = view.crisis.levers.get(lever)
    if held is None:
        return
    holder = view.crisis.actors.get(held.holder)
    if held.holder == "B" or (holder is not None and holder.bloc == "B"):
        message = f"the plan `{plan}` uses `{lever}`, which `{held.holder}` of bloc B holds"
        yield Finding(path, message, "plans are bloc A's: use a lever that A holds")


def members(view: View) -> Iterator[Finding]:
    """What members hold, refuse and can veto exists."""
    ids = view.ids
    for key, member in view.crisis.members.items():
        at = ("members", key)
        yield from _all((*at, "holds"), member.holds, ids["levers"], "lever")
        known = (*ids["levers"], *ids["refusals"])
        yield from _all((*at, "refuses"), member.refuses, known, "lever or refusal")
        known = (*DECISIONS, *FIELDS_OF_CONSENT, *ids["levers"])
        for place, veto in enumerate(member.vetoes):
            if veto not in known:
                message = f"nothing is decided under the name `{veto}`: this veto is never used"
                hint = did_you_mean(veto, known) or f"decisions are {', '.join(known[:9])}"
                yield Finding((*at, "vetoes", place), message, hint, warning=True)
    weights = view.crisis.coalition.majority_weights
    yield from keys(("coalition", "majority_weights"), weights, view.parties, "member")
    if view.crisis.broker is not None:
        people = (*ids["actors"], *ids["outsiders"], *ids["members"])
        yield from reference(("broker", "actor"), view.crisis.broker.actor, people, "actor")


def events(view: View) -> Iterator[Finding]:
    """What an event changes exists."""
    ids = view.ids
    targets = {
        "lever_off": (ids["levers"], "lever"),
        "contract": (ids["contracts"], "contract"),
        "consent": (view.parties, "actor"),
        "regime": (REGIMES, "regime"),
    }
    for key, event in view.crisis.events.items():
        for place, effect in enumerate(event.effects):
            at: Path = ("events", key, "effects", place)
            if effect.kind in targets:
                known, what = targets[effect.kind]
                yield from reference((*at, "target"), effect.target, known, what)
            if effect.kind == "parameter" or effect.path:
                yield from _parameter(view, (*at, "path"), effect.path, at_key=False)


def evidence(view: View) -> Iterator[Finding]:
    """Likelihoods cover the types; epochs and dependence groups name what exists."""
    ids = view.ids
    for key, item in view.crisis.evidence.items():
        at = ("evidence", key)
        yield from keys((*at, "likelihood"), item.likelihood, ids["types"], "type")
        missing = left_out(item.likelihood, ids["types"])
        if missing and item.about == "B" and item.move is None:
            message = f"`likelihood` has no chance of seeing this from {missing}"
            yield Finding((*at, "likelihood"), message, "give one for every type, or name a `move`")
        for name in ("epochs", "sealed_for"):
            yield from _all((*at, name), getattr(item, name), ids["epochs"], "epoch")
    for key, group in view.crisis.dependence.items():
        at = ("dependence", key, "items")  # type: ignore[assignment]
        yield from _all(at, group.items, ids["evidence"], "evidence")


def readings(view: View) -> Iterator[Finding]:
    """Epochs, discriminators, elicited words and guesses name what exists."""
    ids = view.ids
    for key, reading in view.crisis.readings.items():
        at = ("readings", key)
        yield from reference((*at, "epoch"), reading.epoch, ids["epochs"], "epoch")
        premises = [premise.path for premise in reading.premises]
        path = (*at, "load_bearing_guess")
        yield from _all(path, reading.load_bearing_guess, premises, "premise")
    for place, test in enumerate(view.crisis.discriminators):
        yield from _all(
            ("discriminators", place, "readings"), test.readings, ids["readings"], "reading"
        )
        yield from _all(("discriminators", place, "items"), test.items, ids["evidence"], "evidence")
        if test.lever is not None:
            path = ("discriminators", place, "lever")  # type: ignore[assignment]
            yield from reference(path, test.lever, ids["levers"], "lever")
    for key, board in view.crisis.elicitation.items():
        for item, word in board.answers.items():
            path = ("elicitation", key, "answers", item)  # type: ignore[assignment]
            yield from reference(path, word, board.shares, "word in `shares`")


def sources(view: View) -> Iterator[Finding]:
    """Every source key is declared under ``sources``."""
    known = (*view.crisis.sources, DEFAULT_SOURCE)
    for node in view.nodes:
        for reference_text in getattr(node.value, "source", ()):
            key = reference_text.partition(":")[0].strip()
            if key not in known:
                at = f" (in {dotted(node.path)})" if isinstance(node.value, Quantity) else ""
                message = f"the source `{key}` is not declared under `sources`{at}"
                hint = did_you_mean(key, known) or f"add `{key}: {{title: ...}}` under `sources`"
                yield Finding((*node.path, "source"), message, hint, code="reference")


CHECKS = (
    blocs,
    preferences,
    issues,
    red_lines,
    contracts,
    levers,
    plans,
    members,
    events,
    evidence,
    readings,
    sources,
)
