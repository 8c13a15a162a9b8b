"""A distribution at one date, summed up by the compiled kernels: one pass over its particles.

What is summed up is said in :class:`offramp.solution._forward.Futures`; values at a particle are read off the
grid by barycentric weights, type by type.
"""

from __future__ import annotations

from offramp.solution.kernels._jit import kernel
from offramp.solution.kernels._push import _vertices


@kernel
def survey(
    state, belief, mass, signed, types, steps, nb, regime, offer, position, tier, node, va, vb, by_type,
    settled_on, at_position, at_tier, at_node, open_types, sum_a, sum_b,
):  # fmt: skip
    """Sum up particles: state, belief (n, types), mass, whether a deal was signed.

    Args:
        regime, offer, position, tier, node: Coordinates of states.
        va, vb: Values of the month, (states, types, NB).
        by_type: Mass by type and regime, (types, 8), added to, as are all that follow.
        settled_on: Mass in a settlement on each offer.
        at_position, at_tier, at_node: Mass still open by coordinate.
        open_types: Mass still open by type; ``sum_a``, ``sum_b``: the same times values.

    Returns:
        Mass with a deal signed.
    """
    first = 0.0
    for i in range(len(state)):
        s = state[i]
        w = mass[i]
        r = regime[s]
        for th in range(types):
            by_type[th, r] += w * belief[i, th]
        if signed[i]:
            first += w
        if r == 3:
            settled_on[offer[s]] += w
        if r > 2:
            continue
        at_position[position[s]] += w
        at_tier[tier[s]] += w
        at_node[node[s]] += w
        k0, k1, k2, big, small = _vertices(types, steps, nb, belief[i, 0], belief[i, 1])
        for th in range(types):
            j = w * belief[i, th]
            open_types[th] += j
            a1 = va[s, th, k1]
            a0 = va[s, th, k0]
            sum_a[th] += j * (a0 + big * (a1 - a0) + small * (va[s, th, k2] - a1))
            b1 = vb[s, th, k1]
            b0 = vb[s, th, k0]
            sum_b[th] += j * (b0 + big * (b1 - b0) + small * (vb[s, th, k2] - b1))
    return first


@kernel
def flows(state, belief, mass, types, of_a, of_voice, of_b, out_voice, out_b, totals):
    """Expected flows of a month: A's is returned; voices' (V,) and B's by type (types,) are added to.

    ``of_a`` (states,), ``of_voice`` (V, states), ``of_b`` (types, states); ``totals``: mass by type, added to.
    """
    out_a = 0.0
    for i in range(len(state)):
        s = state[i]
        w = mass[i]
        out_a += w * of_a[s]
        for v in range(len(out_voice)):
            out_voice[v] += w * of_voice[v, s]
        for th in range(types):
            j = w * belief[i, th]
            totals[th] += j
            out_b[th] += j * of_b[th, s]
    return out_a
