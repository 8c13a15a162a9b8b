"""Particles forward: from policies at each particle to the particles of the next step.

A particle is (state, flag, masses of each type); its belief is the masses' share. Branches add their
masses to a dense table by (state, belief cell, flag); a cell is the vertex of a fine grid with the largest
weight, so that what merges keeps total mass, each type's mass and the mean belief. Places that were
touched are listed and sorted, so that the order of work leaves no trace but rounding.
"""

from __future__ import annotations

import numpy as np

from offramp.solution.kernels._course import vertices_three
from offramp.solution.kernels._jit import kernel, leaf
from offramp.solution.kernels._math import exp_, log_


@leaf
def _vertices(types, steps, nb, p1, p2):
    """Grid beliefs around a belief and the weights of the second and third: (k0, k1, k2, big, small)."""
    if types == 2:
        u = p1 * steps
        c = np.int64(min(u + 1e-12, steps - 0.5))
        k0 = np.int64(steps) - c
        return k0, k0 - 1, k0 - 1, max(u - c, 0.0), 0.0
    k0, k1, k2, big, small, _ = vertices_three(steps, nb, p1, p1 + p2)
    return k0, k1, k2, big, small


@leaf
def _cell(types, fine, fine_nb, j1, j2, j3):
    """Cell of the belief that masses share: the vertex of the fine grid with the largest weight."""
    total = max(j1 + j2 + j3, 1e-300)
    k0, k1, k2, big, small = _vertices(types, fine, fine_nb, j1 / total, j2 / total)
    w0 = 1.0 - big
    w1 = big - small
    if w0 >= w1 and w0 >= small:
        return k0
    return k1 if w1 >= small else k2


@leaf
def _put(state, flag, types, j1, j2, j3, cell, fine_nb, regime, acc, seen, touched, count):
    """Add masses (j1, j2, j3), not all of them 0, to ``state``; ``cell`` is the cell of their belief."""
    r = regime[state]
    if r == 3:
        flag = 1
    elif r > 3:
        cell = 0
    place = (state * (np.int64(fine_nb) + 1) + cell) * 2 + flag
    acc[place, 0] += j1
    acc[place, 1] += j2
    if types == 3:
        acc[place, 2] += j3
    if seen[place] == 0:
        seen[place] = 1
        touched[count] = place
        count += 1
    return count


@leaf
def _add(state, flag, types, j1, j2, j3, cell, fine_nb, regime, acc, seen, touched, moment, count):
    """Add masses (j1, j2, j3) of a branch, as :func:`_put` does, if there are any.

    ``moment`` gathers mass times belief times belief, before anything merges.
    """
    total = j1 + j2 + j3
    if not total > 0.0:
        return count
    if total > 1e-280:  # reciprocals of less are infinite
        moment[0, 0] += j1 * j1 / total
        moment[0, 1] += j1 * j2 / total
        moment[1, 1] += j2 * j2 / total
        if types == 3:
            moment[0, 2] += j1 * j3 / total
            moment[1, 2] += j2 * j3 / total
            moment[2, 2] += j3 * j3 / total
    return _put(state, flag, types, j1, j2, j3, cell, fine_nb, regime, acc, seen, touched, count)


@leaf
def _in_order(touched, count, seen):
    """Touched places from the first to the last: by a look at all of them unless few are touched."""
    if len(seen) > 64 * count:
        return np.sort(touched[:count])
    order = np.empty(count, dtype=np.int64)
    n = 0
    for place in range(len(seen)):
        if seen[place] != 0:
            order[n] = place
            n += 1
    return order


@kernel
def collect(types, cells, light, acc, seen, touched, count, state, mass, flag):
    """Particles of the touched places, light ones merged by state; clears the table. Returns how many.

    ``state``, ``mass`` (n, types) and ``flag`` are filled in order of place.
    """
    for i in range(count):
        place = touched[i]
        total = 0.0
        for th in range(types):
            total += acc[place, th]
        s = place // 2 // (cells + 1)
        if total < light and place // 2 % (cells + 1) != cells:
            rest = (s * (cells + 1) + cells) * 2 + place % 2
            for th in range(types):
                acc[rest, th] += acc[place, th]
                acc[place, th] = 0.0
            if seen[rest] == 0:
                seen[rest] = 1
                touched[count] = rest
                count += 1
    order = _in_order(touched, count, seen)
    n = 0
    for i in range(count):
        place = order[i]
        total = 0.0
        for th in range(types):
            total += acc[place, th]
        if total > 0.0:
            state[n] = place // 2 // (cells + 1)
            flag[n] = place % 2
            for th in range(types):
                mass[n, th] = acc[place, th]
            n += 1
        seen[place] = 0
        for th in range(types):
            acc[place, th] = 0.0
    return n


@kernel
def keep(
    some, share, state, mass, flag, types, fine, fine_nb, regime, acc, seen, touched, moment, count
):
    """Particles ``some`` stay where they are with chance ``share``."""
    for i in some:
        j3 = share * mass[i, 2] if types == 3 else 0.0
        cell = _cell(types, fine, fine_nb, share * mass[i, 0], share * mass[i, 1], j3)
        count = _add(state[i], flag[i], types, share * mass[i, 0], share * mass[i, 1], j3,
                     cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
    return count


@kernel
def nature(
    indptr, indices, data, state, mass, flag, n, types, fine, fine_nb, regime, acc, seen, touched, moment, count
):  # fmt: skip
    """Spread particles by nature's moves (CSR); beliefs stay, so nothing is learned."""
    for i in range(n):
        s = state[i]
        cell = _cell(
            types, fine, fine_nb, mass[i, 0], mass[i, 1], mass[i, 2] if types == 3 else 0.0
        )
        for e in range(indptr[s], indptr[s + 1]):
            p = data[e]
            j3 = p * mass[i, 2] if types == 3 else 0.0
            count = _put(indices[e], flag[i], types, p * mass[i, 0], p * mass[i, 1], j3,
                         cell, fine_nb, regime, acc, seen, touched, count)  # fmt: skip
    return count


@kernel
def learn(
    likelihood,
    state,
    mass,
    flag,
    n,
    types,
    fine,
    fine_nb,
    regime,
    acc,
    seen,
    touched,
    moment,
    count,
):
    """Split particles by a public signal with P(y | theta) = ``likelihood[y, theta]``."""
    for i in range(n):
        for y in range(likelihood.shape[0]):
            j3 = likelihood[y, 2] * mass[i, 2] if types == 3 else 0.0
            cell = _cell(types, fine, fine_nb, likelihood[y, 0] * mass[i, 0],
                         likelihood[y, 1] * mass[i, 1], j3)  # fmt: skip
            count = _add(state[i], flag[i], types, likelihood[y, 0] * mass[i, 0],
                         likelihood[y, 1] * mass[i, 1], j3, cell, fine_nb, regime, acc, seen, touched, moment,
                         count)  # fmt: skip
    return count


@kernel
def push_a(
    some, row_of, share, state, mass, flag, belief, types, steps, nb, lam_a, ca, cb,
    first_node, k_of, node_w, first_lane, target, ratify, here, reply, reply_code, own, own_w, own_a,
    own_code, n_acts, VA, VB, best_b, sigma, lanes, offers, codes, fine, fine_nb, regime, acc, seen,
    touched, moment, count, acts_out, signed_out, regrets,
):  # fmt: skip
    """A has the initiative at particles ``some`` with chance ``share``: choice and branches.

    Args:
        row_of: Row of each particle of ``some``; ``first_lane``: its first lane in VA, VB, ``best_b``
            (types, lanes) and ``sigma`` (types, n_acts, lanes), one lane per proposal of the row.
        codes: Act codes: signed, unratified, paused, refused, pause refused.
        regrets: Expected regrets, added to: A's, then B's by type (by mass).
    """
    S = own.shape[1]
    most = 0
    for i in range(len(some)):
        most = max(most, first_node[row_of[i] + 1] - first_node[row_of[i]])
    q = np.zeros(most + S)
    e = np.zeros(most + S)
    mu = np.zeros(3)
    for i in range(len(some)):
        at = some[i]
        row = row_of[i]
        a = first_node[row]
        P = first_node[row + 1] - a
        lane0 = first_lane[i]
        m1 = mass[at, 0]
        m2 = mass[at, 1]
        m3 = mass[at, 2] if types == 3 else 0.0
        mu[0] = belief[at, 0]
        mu[1] = belief[at, 1]
        mu[2] = belief[at, 2] if types == 3 else 0.0
        k0, k1, k2, big, small = _vertices(types, steps, nb, mu[0], mu[1])
        top = -1e300
        best = -1e300
        for k in range(P + S):
            w = node_w[a + k] if k < P else own_w[row, k - P]
            if w <= 0.0:
                continue
            v = 0.0
            for th in range(types):
                if k < P:
                    v += mu[th] * VA[th * lanes + lane0 + k]
                else:
                    to = own[row, k - P]
                    c0 = ca[to, th, k0]
                    c1 = ca[to, th, k1]
                    v += mu[th] * (
                        c0 + big * (c1 - c0) + small * (ca[to, th, k2] - c1) + own_a[row, k - P]
                    )
            q[k] = v
            best = max(best, v)
            top = max(top, lam_a * v + log_(w))
        z = 0.0
        for k in range(P + S):
            w = node_w[a + k] if k < P else own_w[row, k - P]
            e[k] = 0.0
            if w > 0.0:
                e[k] = exp_(max(lam_a * q[k] + log_(w) - top, -690.0))
                z += e[k]
        still = _cell(types, fine, fine_nb, m1, m2, m3)
        total = (m1 + m2 + m3) * share
        value = 0.0
        for k in range(P + S):
            value += e[k] / z * q[k] if e[k] > 0.0 else 0.0
        regrets[0] += total * (best - value)
        for k in range(P + S):
            if e[k] <= 0.0:
                continue
            c = share * e[k] / z
            if k >= P:
                acts_out[own_code[k - P]] += c * (m1 + m2 + m3)
                count = _add(own[row, k - P], flag[at], types, c * m1, c * m2, c * m3,
                             still, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                continue
            lane = lane0 + k
            o = k_of[a + k]
            pause = o == offers
            for th in range(types):
                j = m1 if th == 0 else (m2 if th == 1 else m3)
                regrets[1 + th] += c * j * (best_b[th * lanes + lane] - VB[th * lanes + lane])
            for b in range(n_acts):
                j1 = c * m1 * sigma[b * lanes + lane]
                j2 = c * m2 * sigma[(n_acts + b) * lanes + lane]
                j3 = c * m3 * sigma[(2 * n_acts + b) * lanes + lane] if types == 3 else 0.0
                j = j1 + j2 + j3
                cell = _cell(types, fine, fine_nb, j1, j2, j3)
                if b == 0:
                    r = 1.0 if pause else ratify[row, o]
                    if pause:
                        acts_out[codes[2]] += j
                    else:
                        acts_out[codes[0]] += r * j
                        acts_out[codes[1]] += (1.0 - r) * j
                        signed_out[o] += r * j
                    count = _add(target[row, o], flag[at], types, r * j1, r * j2, r * j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                    if r < 1.0:
                        r = 1.0 - r
                        count = _add(here[row], flag[at], types, r * j1, r * j2, r * j3,
                                     cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                elif b == 1:
                    acts_out[codes[4] if pause else codes[3]] += j
                    count = _add(here[row], flag[at], types, j1, j2, j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                else:
                    acts_out[reply_code[b - 2]] += j
                    count = _add(reply[row, b - 2], flag[at], types, j1, j2, j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
    return count


@kernel
def push_b(
    some, row_of, node_of, share, state, mass, flag, types, steps, nb, columns, target, ratify, here,
    reply, reply_w, reply_code, own, own_code, log_w, answers, n_acts, VB, best_b, sigma, lanes, offers,
    codes, fine, fine_nb, regime, acc, seen, touched, moment, count, acts_out, signed_out, regrets,
):  # fmt: skip
    """B has the initiative at particles ``some`` with chance ``share``; arguments as :func:`push_a`.

    ``node_of``: node of each particle in ``log_w`` (nodes, acts) and ``answers`` (nodes, P, 2 + R, NB).
    """
    P = len(columns)
    R = reply.shape[1]
    for i in range(len(some)):
        at = some[i]
        row = row_of[i]
        node = node_of[i]
        m1 = share * mass[at, 0]
        m2 = share * mass[at, 1]
        m3 = share * mass[at, 2] if types == 3 else 0.0
        for th in range(types):
            j = m1 if th == 0 else (m2 if th == 1 else m3)
            regrets[1 + th] += j * (best_b[th * lanes + i] - VB[th * lanes + i])
        for b in range(n_acts):
            if log_w[node, b] < -1e280:
                continue
            j1 = m1 * sigma[b * lanes + i]
            j2 = m2 * sigma[(n_acts + b) * lanes + i]
            j3 = m3 * sigma[(2 * n_acts + b) * lanes + i] if types == 3 else 0.0
            j = j1 + j2 + j3
            if not j > 0.0:
                continue
            cell = _cell(types, fine, fine_nb, j1, j2, j3)
            if b >= P:
                acts_out[own_code[b - P]] += j
                count = _add(own[row, b - P], flag[at], types, j1, j2, j3,
                             cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                continue
            o = columns[b]
            pause = o == offers
            k0, k1, k2, big, small = _vertices(types, steps, nb, j1 / j, j2 / j)
            for x in range(2 + R):
                if x >= 2 and reply_w[row, x - 2] <= 0.0:
                    continue
                a0 = answers[node, b, x, k0]
                a1 = answers[node, b, x, k1]
                c = a0 + big * (a1 - a0) + small * (answers[node, b, x, k2] - a1)
                if x == 0:
                    r = 1.0 if pause else ratify[row, o]
                    if pause:
                        acts_out[codes[2]] += c * j
                    else:
                        acts_out[codes[0]] += c * r * j
                        acts_out[codes[1]] += c * (1.0 - r) * j
                        signed_out[o] += c * r * j
                    f = c * r
                    count = _add(target[row, o], flag[at], types, f * j1, f * j2, f * j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                    if r < 1.0:
                        f = c * (1.0 - r)
                        count = _add(here[row], flag[at], types, f * j1, f * j2, f * j3,
                                     cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                elif x == 1:
                    acts_out[codes[4] if pause else codes[3]] += c * j
                    count = _add(here[row], flag[at], types, c * j1, c * j2, c * j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                else:
                    acts_out[reply_code[x - 2]] += c * j
                    count = _add(reply[row, x - 2], flag[at], types, c * j1, c * j2, c * j3,
                                 cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
    return count


@kernel
def push_review(
    some, row_of, node_of, mass, flag, types, steps, nb, kept, broken, stays, VB, best_b, sigma, lanes,
    codes, fine, fine_nb, regime, acc, seen, touched, moment, count, acts_out, regrets,
):  # fmt: skip
    """Settlements under review at particles ``some``: kept, broken by A, broken by B (``codes``)."""
    for i in range(len(some)):
        at = some[i]
        row = row_of[i]
        m1 = mass[at, 0]
        m2 = mass[at, 1]
        m3 = mass[at, 2] if types == 3 else 0.0
        for th in range(types):
            j = m1 if th == 0 else (m2 if th == 1 else m3)
            regrets[1 + th] += j * (best_b[th * lanes + i] - VB[th * lanes + i])
        for b in range(2):
            j1 = m1 * sigma[b * lanes + i]
            j2 = m2 * sigma[(2 + b) * lanes + i]
            j3 = m3 * sigma[(4 + b) * lanes + i] if types == 3 else 0.0
            j = j1 + j2 + j3
            if not j > 0.0:
                continue
            cell = _cell(types, fine, fine_nb, j1, j2, j3)
            if b == 1:
                acts_out[codes[2]] += j
                count = _add(broken[row], flag[at], types, j1, j2, j3,
                             cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
                continue
            k0, k1, k2, big, small = _vertices(types, steps, nb, j1 / j, j2 / j)
            s0 = stays[node_of[i], k0]
            s1 = stays[node_of[i], k1]
            c = s0 + big * (s1 - s0) + small * (stays[node_of[i], k2] - s1)
            acts_out[codes[0]] += c * j
            acts_out[codes[1]] += (1.0 - c) * j
            count = _add(kept[row], flag[at], types, c * j1, c * j2, c * j3,
                         cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
            f = 1.0 - c
            if f > 0.0:
                count = _add(broken[row], flag[at], types, f * j1, f * j2, f * j3,
                             cell, fine_nb, regime, acc, seen, touched, moment, count)  # fmt: skip
    return count
