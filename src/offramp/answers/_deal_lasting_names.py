"""What readers call contracts, issues, places on them and mixes of concessions."""

from __future__ import annotations

from offramp.answers._deal_lasting_mix import Mix
from offramp.answers._deal_moves import Instrument
from offramp.answers._deal_offramp import moved_issues
from offramp.answers._facts import join, quoted
from offramp.game import Game


def contract_name(game: Game, key: str) -> str:
    """What readers call an offer."""
    return next((o.name for o in game.offers if o.id == key), key)


def issue_name(game: Game, key: str) -> str:
    """What readers call an issue."""
    return game.crisis.issues[key].name


def place_words(game: Game, issue: str, at: float) -> str:
    """What a place on an issue means: the words of the file where it has a point there, else the number."""
    for point in game.crisis.issues[issue].scale:
        if abs(point.at - at) < 1e-6:
            return quoted(point.means)
    return f"{at:.2f}"


def given_words(game: Game, one: Instrument) -> str:
    """An instrument in words."""
    if one.kind == "point":
        key = game.stakes.issues[one.issue]
        return f"{quoted(issue_name(game, key))} at {place_words(game, key, one.at)}"
    if one.kind == "relief":
        return f"{one.word} relief"
    return quoted(game.crisis.levers[one.lever].name)


def mix_words(game: Game, contract: str, mix: Mix) -> str:
    """A mix in words: instruments, then the issues that move."""
    said = [given_words(game, one) for one in mix.given]
    base = game.crisis.contracts[contract].terms
    points = {one.issue for one in mix.given if one.kind == "point"}
    for m in moved_issues(game, contract, mix.terms):
        key = game.stakes.issues[m]
        if m not in points:
            said.append(
                f"{quoted(issue_name(game, key))} from {base[key]:.2f} to {mix.terms[m]:.2f}"
            )
    return join(said) if said else "nothing"


def given_by_row(game: Game, contract: str, mix: Mix) -> dict[str, str]:
    """A mix by what it is about: an issue, relief or a lever, and what is given there."""
    base = game.crisis.contracts[contract].terms
    found: dict[str, str] = {}
    for one in mix.given:
        if one.kind == "point":
            key = game.stakes.issues[one.issue]
            means = place_words(game, key, one.at)
            found[issue_name(game, key)] = means.strip(
                "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
            )
        elif one.kind == "relief":
            found["Relief"] = one.word
        else:
            found[game.crisis.levers[one.lever].name] = "given"
    for m in moved_issues(game, contract, mix.terms):
        key = game.stakes.issues[m]
        name = issue_name(game, key)
        if name not in found:
            found[name] = f"{base[key]:.2f} to {mix.terms[m]:.2f}"
    return found
