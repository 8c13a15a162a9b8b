"""The game: a crisis compiled into tables. No strategy in it."""

from offramp.game._beliefs import BeliefGrid, simplex_grid
from offramp.game._compile import compile_game
from offramp.game._game import CompileError, Game
from offramp.game._resolution import DRAFT, FINE, RESOLUTIONS, SKETCH, STANDARD, Resolution

__all__ = [
    "DRAFT",
    "FINE",
    "RESOLUTIONS",
    "SKETCH",
    "STANDARD",
    "BeliefGrid",
    "CompileError",
    "Game",
    "Resolution",
    "compile_game",
    "simplex_grid",
]
