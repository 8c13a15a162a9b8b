"""What the kernels of two and of three types share: a lane's course, and where a belief lies.

A lane goes through the stages of :mod:`offramp.solution._typed`: Newton (stage -1), then continuation from
the pooled prior, each stage with a first tau, a growth per step and a number of steps.

Beliefs over three types are packed by cumulative coordinates i = D p_1 and j = D (p_1 + p_2), i <= j: belief
number ``NB - 1 - i (D + 1) + i (i + 1) / 2 - j``. The vertices around a belief are (i, j), then (i, j + 1) if
the fraction of j is the larger (to 1e-12), else (i + 1, j), then (i + 1, j + 1): no branch is needed.
"""

from __future__ import annotations

import numpy as np

from offramp.solution.kernels._jit import leaf

GOES_ON, RESTARTS, ENDS = 0, 1, 2


@leaf
def judge(
    w, err, tol, newton, tau0, growth, most, age, stage, tau, itau, last, nearest, better, fate
):
    """What becomes of w lanes after a step: each goes on, restarts with the next stage, or ends.

    ``better``: whether the point just looked at is the nearest to a solution so far and is to be kept.
    One call for all lanes: a call costs as much as a lane's whole step.
    """
    for ln in range(w):
        e = err[ln]
        keeps = e < tol or stage[ln] >= 0 or age[ln] == newton - 1
        better[ln] = e < nearest[ln] and keeps
        if better[ln]:
            nearest[ln] = e
        age[ln] += 1
        if e < tol:
            fate[ln] = ENDS
            continue
        if stage[ln] >= 0:
            ratio = last[ln] / max(e, 1e-300) if last[ln] < 1e300 else 1.0
            tau[ln] *= min(max(ratio, 1.0 / 3.0), growth[stage[ln]])
            last[ln] = e
            if age[ln] < most[stage[ln]]:
                itau[ln] = 1.0 / tau[ln]
                fate[ln] = GOES_ON
                continue
        elif age[ln] < newton:
            fate[ln] = GOES_ON
            continue
        if stage[ln] + 1 >= len(tau0):
            fate[ln] = ENDS
            continue
        stage[ln] += 1
        age[ln] = 0
        tau[ln] = tau0[stage[ln]]
        itau[ln] = 1.0 / tau[ln]
        last[ln] = np.inf
        fate[ln] = RESTARTS


@leaf
def move(ln, w, off, who, age, stage, tau, itau, last, scale, nearest, better, fate):
    """The last lane takes the place of one that ended."""
    off[ln] = off[w]
    who[ln] = who[w]
    age[ln] = age[w]
    stage[ln] = stage[w]
    tau[ln] = tau[w]
    itau[ln] = itau[w]
    last[ln] = last[w]
    scale[ln] = scale[w]
    nearest[ln] = nearest[w]
    better[ln] = better[w]
    fate[ln] = fate[w]


@leaf
def vertices_three(steps, nb, p1, p12):
    """Beliefs around one, (k0, k1, k2), weights of the second and third, and which side was taken."""
    last = steps - 0.5
    u = p1 * steps
    v = p12 * steps
    ci = np.float64(np.int64(min(u + 1e-12, last)))
    cj = np.float64(np.int64(min(v + 1e-12, last)))
    cj = max(cj, ci)
    f = max(u - ci, 0.0)
    g = max(v - cj, 0.0)
    later = g + 1e-12 >= f
    cell = (nb - 1.0) - ci * (steps + 1.0) + 0.5 * ci * (ci + 1.0) - cj
    side = ci - steps  # from (i, j) to (i + 1, j)
    k0 = np.int64(cell)
    k1 = np.int64(cell + (-1.0 if later else side))
    k2 = np.int64(cell + (side - 1.0))
    return k0, k1, k2, (g if later else f), (f if later else g), later
