"""What is left at the end of a solved game, weighed by where the forward run ends."""

from __future__ import annotations

import dataclasses

import numpy as np

from offramp.solution._forward import propagate


def expected_end(game, solution, end):
    """Expected end value over the last distribution of states, read off as a flow."""
    longer = dataclasses.replace(
        game,
        months=game.months + 1,
        chance=(*game.chance, game.chance[-1]),
        signals=(*game.signals, None),
        protocol=dataclasses.replace(
            game.protocol, recognition=np.vstack([game.protocol.recognition, [0.0, 0.0]])
        ),
        flow_a=np.vstack([game.flow_a[:-1], end, end]),
        flow_voice=np.concatenate([game.flow_voice, game.flow_voice[:, -1:]], axis=1),
        flow_b=np.concatenate([game.flow_b, game.flow_b[:, -1:]], axis=1),
    )
    values = dataclasses.replace(
        solution.values,
        a=np.concatenate([solution.values.a, solution.values.a[-1:]]),
        b=np.concatenate([solution.values.b, solution.values.b[-1:]]),
    )
    return propagate(longer, values).flow_a[game.months]
