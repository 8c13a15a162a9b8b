"""The game: a crisis compiled into tables. No strategy in it."""

from offramp.game._beliefs import BeliefGrid, simplex_grid
from offramp.game._compile import compile_game
from offramp.game._game import CompileError, Game
from offramp.game._resolution import DRAFT, FINE, RESOLUTIONS, SKETCH, STANDARD, Resolution
from offramp.game._tables import (
    Act,
    Chance,
    End,
    MoveA,
    MoveB,
    MoveBoth,
    Proposal,
    TableGame,
    from_tables,
)

__all__ = [
    "DRAFT",
    "FINE",
    "RESOLUTIONS",
    "SKETCH",
    "STANDARD",
    "Act",
    "BeliefGrid",
    "Chance",
    "CompileError",
    "End",
    "Game",
    "MoveA",
    "MoveB",
    "MoveBoth",
    "Proposal",
    "Resolution",
    "TableGame",
    "compile_game",
    "from_tables",
    "simplex_grid",
]
