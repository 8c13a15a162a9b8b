"""Tables of payoffs at decision nodes, and values once the fixed points are known.

Layouts: continuations C are (states, types, NB), A's conditional on B's type. A node's table is (K,
types, NB), nodes one after another. Results are (nodes, types, NB). Beliefs run innermost, so that
loops over them vectorise. What each entry means is said in :mod:`offramp.solution._nodes`, which computes
the same with whole-array operations.
"""

from __future__ import annotations

import numpy as np

from offramp.solution.kernels._course import vertices_three
from offramp.solution.kernels._jit import kernel, leaf
from offramp.solution.kernels._math import exp_, log_
from offramp.solution.kernels._two import FAR, LOW, WIDTH

GONE = -1e290
"""Log weight of an act that is not available."""


@leaf
def _log_weight(w):
    return log_(w) if w > 0.0 else GONE


@kernel
def answer_tables(
    first, last, row_of, k_of, here, ca, cb, target, ratify, sign_a, sign_b, reply, reply_w,
    reply_a, reply_b, TA, TB, LW,
):  # fmt: skip
    """B's answers to A's proposals: nodes ``first`` to ``last`` of the list (row_of, k_of)."""
    n = ca.shape[1]
    nb = ca.shape[2]
    R = reply.shape[1]
    for node in range(first, last):
        i = node - first
        row = row_of[node]
        k = k_of[node]
        stay = here[row]
        to = target[row, k]
        r = ratify[row, k]
        la = sign_a[row, k]
        lb = sign_b[row, k]
        LW[i, 0] = 0.0
        LW[i, 1] = 0.0
        for th in range(n):
            for m in range(nb):
                TA[i, 0, th, m] = r * (ca[to, th, m] + la) + (1.0 - r) * ca[stay, th, m]
                TB[i, 0, th, m] = r * (cb[to, th, m] + lb) + (1.0 - r) * cb[stay, th, m]
                TA[i, 1, th, m] = ca[stay, th, m]
                TB[i, 1, th, m] = cb[stay, th, m]
        for b in range(R):
            w = reply_w[row, b]
            LW[i, 2 + b] = _log_weight(w)
            if w > 0.0:
                to = reply[row, b]
                for th in range(n):
                    for m in range(nb):
                        TA[i, 2 + b, th, m] = ca[to, th, m] + reply_a[row, b]
                        TB[i, 2 + b, th, m] = cb[to, th, m] + reply_b[row, b, th]
            else:
                for th in range(n):
                    for m in range(nb):
                        TA[i, 2 + b, th, m] = 0.0
                        TB[i, 2 + b, th, m] = 0.0


@kernel
def initiative_tables(
    rows, columns, points, lam_a, here, ca, cb, target, ratify, propose, sign_a, sign_b, reply,
    reply_w, reply_a, reply_b, own, own_w, own_a, own_b, TA, TB, LW, answers,
):  # fmt: skip
    """B's acts at its own initiative: proposals, answered by A's logit at each belief, then own acts.

    ``columns``: proposals in use; ``points`` (types, NB); ``answers`` (rows, columns, 2 + R, NB): A's chances.
    """
    n = ca.shape[1]
    nb = ca.shape[2]
    R = reply.shape[1]
    P = len(columns)
    q = np.empty((2 + R, nb))
    for i in range(len(rows)):
        row = rows[i]
        stay = here[row]
        for c in range(P):
            k = columns[c]
            w = propose[row, k]
            LW[i, c] = _log_weight(w)
            if w <= 0.0:
                for th in range(n):
                    for m in range(nb):
                        TA[i, c, th, m] = 0.0
                        TB[i, c, th, m] = 0.0
                for b in range(2 + R):
                    for m in range(nb):
                        answers[i, c, b, m] = 0.0
                continue
            to = target[row, k]
            r = ratify[row, k]
            la = sign_a[row, k]
            lb = sign_b[row, k]
            for m in range(nb):
                q[0, m] = 0.0
                q[1, m] = 0.0
            for th in range(n):
                for m in range(nb):
                    q[0, m] += points[th, m] * (
                        r * (ca[to, th, m] + la) + (1.0 - r) * ca[stay, th, m]
                    )
                    q[1, m] += points[th, m] * ca[stay, th, m]
            for b in range(R):
                at = reply[row, b]
                if reply_w[row, b] > 0.0:
                    for m in range(nb):
                        q[2 + b, m] = reply_a[row, b]
                    for th in range(n):
                        for m in range(nb):
                            q[2 + b, m] += points[th, m] * ca[at, th, m]
            for m in range(nb):
                top = max(q[0, m], q[1, m])
                for b in range(R):
                    if reply_w[row, b] > 0.0:
                        top = max(top, q[2 + b, m])
                z = 0.0
                for b in range(2 + R):
                    odds = 1.0 if b < 2 else reply_w[row, b - 2]
                    e = 0.0
                    if odds > 0.0:
                        e = odds * exp_(max(lam_a * (q[b, m] - top), -690.0))
                    answers[i, c, b, m] = e
                    z += e
                for b in range(2 + R):
                    answers[i, c, b, m] /= z
            for th in range(n):
                for m in range(nb):
                    yes = answers[i, c, 0, m]
                    no = answers[i, c, 1, m] + yes * (1.0 - r)
                    TA[i, c, th, m] = yes * r * (ca[to, th, m] + la) + no * ca[stay, th, m]
                    TB[i, c, th, m] = yes * r * (cb[to, th, m] + lb) + no * cb[stay, th, m]
            for b in range(R):
                if reply_w[row, b] > 0.0:
                    at = reply[row, b]
                    for th in range(n):
                        for m in range(nb):
                            share = answers[i, c, 2 + b, m]
                            TA[i, c, th, m] += share * (ca[at, th, m] + reply_a[row, b])
                            TB[i, c, th, m] += share * (cb[at, th, m] + reply_b[row, b, th])
        for c in range(own.shape[1]):
            w = own_w[row, c]
            LW[i, P + c] = _log_weight(w)
            at = own[row, c]
            for th in range(n):
                for m in range(nb):
                    TA[i, P + c, th, m] = ca[at, th, m] + own_a[row, c] if w > 0.0 else 0.0
                    TB[i, P + c, th, m] = cb[at, th, m] + own_b[row, c, th] if w > 0.0 else 0.0


@kernel
def review_tables(
    rows, points, lam_a, renege, states, broken, gain_a, gain_b, ca, cb, TA, TB, LW, stays
):  # fmt: skip
    """Settlements under review: B keeps or breaks, then A; ``stays`` (rows, NB): A's chance to keep."""
    n = ca.shape[1]
    nb = ca.shape[2]
    for i in range(len(rows)):
        row = rows[i]
        s = states[row]
        x = broken[row]
        LW[i, 0] = 0.0
        LW[i, 1] = _log_weight(renege)
        for m in range(nb):
            gain = gain_a[row]
            for th in range(n):
                gain += points[th, m] * (ca[x, th, m] - ca[s, th, m])
            if renege > 0.0:
                e = renege * exp_(min(max(lam_a * gain, -690.0), 690.0))
                stays[i, m] = 1.0 / (1.0 + e)
            else:
                stays[i, m] = 1.0
        for th in range(n):
            for m in range(nb):
                k = stays[i, m]
                TA[i, 0, th, m] = k * ca[s, th, m] + (1.0 - k) * (ca[x, th, m] + gain_a[row])
                TB[i, 0, th, m] = k * cb[s, th, m] + (1.0 - k) * cb[x, th, m]
                TA[i, 1, th, m] = ca[x, th, m]
                TB[i, 1, th, m] = cb[x, th, m] + gain_b[row, th]


@leaf
def _read(T, w, at, to, row, k0, k1, k2, big, small, q):
    """Payoffs of one act and type at the located beliefs, into ``q``."""
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        v0 = T[k0[a] + np.uint64(row)]
        v1 = T[k1[a] + np.uint64(row)]
        v2 = T[k2[a] + np.uint64(row)]
        q[np.uint64(to) + np.uint64(ln)] = v0 + big[a] * (v1 - v0) + small[a] * (v2 - v1)


@leaf
def _score(w, at, to, lam, lw, q, s, top):
    for ln in range(w):
        v = lam * q[np.uint64(to) + np.uint64(ln)] + lw[np.uint64(at) + np.uint64(ln)]
        s[np.uint64(to) + np.uint64(ln)] = v
        top[ln] = v if v > top[ln] else top[ln]


@leaf
def _share(w, to, s, top, qa, qb, z, va, vb):
    for ln in range(w):
        a = np.uint64(to) + np.uint64(ln)
        e = exp_(max(s[a] - top[ln], LOW)) if s[a] > -FAR else 0.0
        s[a] = e
        z[ln] += e
        va[ln] += e * qa[a]
        vb[ln] += e * qb[a]


@leaf
def _place_three(w, at, steps, nb, x1, x2, offset, base, k0, k1, k2, big, small):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        u1 = x1[a]
        u2 = x2[a]
        top = max(max(u1, u2), 0.0)
        e1 = exp_(max(u1 - top, LOW))
        e2 = exp_(max(u2 - top, LOW))
        e3 = exp_(max(-top, LOW))
        inv = 1.0 / (e1 + e2 + e3)
        p1 = e1 * inv
        v0, v1, v2, big[a], small[a], _ = vertices_three(steps, nb, p1, p1 + e2 * inv)
        start = base + offset[ln]
        k0[a] = np.uint64(v0 + start)
        k1[a] = np.uint64(v1 + start)
        k2[a] = np.uint64(v2 + start)


@leaf
def _place_edge(w, at, steps, edge, x, offset, base, k0, k1, k2, big, small):
    top = steps - 0.5
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        p = 1.0 / (1.0 + exp_(min(max(-x[a], LOW), -LOW)))
        u = p * steps
        c = np.int64(min(u + 1e-12, top))
        here = np.int64(steps) - c
        k0[a] = np.uint64(base + offset[ln] + edge[here])
        k1[a] = np.uint64(base + offset[ln] + edge[here - 1])
        k2[a] = k1[a]
        big[a] = max(u - np.float64(c), 0.0)
        small[a] = 0.0


@kernel
def evaluate(
    kind, TA, TB, n, nb, steps, edge, K, lam, LW, node, spot, place, stride, X1, X2, VA, VB, keep,
    lane, lanes, sigma, best,
):  # fmt: skip
    """Values and policies of lanes whose fixed points are known.

    Args:
        kind: 3 inside a simplex of three types, 2 on an edge, 1 at a corner (no signal).
        TA, TB: Flat tables of both sides; n types, nb beliefs; ``steps`` per edge.
        edge: For kind 2: grid belief at each place of the edge from p = 1 down to 0 of its first type.
        K: Acts. LW: Log weights, flat. lam: B's precision.
        node: Node of each lane; ``spot``: for kind 1 the grid belief of the lane.
        place: Where a lane's values go; the value of type th goes to ``place + th * stride``.
        X1, X2: Fixed points, act by act (X2 for three types).
        VA, VB: Flat results. keep: whether to fill ``sigma`` (types, K, lanes) and ``best``, B's best
            payoff (types, lanes), both flat, at the places ``lane`` of ``lanes``.
    """
    n_lanes = len(node)
    W = WIDTH
    block = K * n * nb
    k0 = np.zeros(K * W, dtype=np.uint64)
    k1 = np.zeros(K * W, dtype=np.uint64)
    k2 = np.zeros(K * W, dtype=np.uint64)
    big = np.zeros(K * W)
    small = np.zeros(K * W)
    lw = np.zeros(K * W)
    x1 = np.zeros(K * W)
    x2 = np.zeros(K * W)
    qa = np.zeros(n * K * W)
    qb = np.zeros(n * K * W)
    s = np.zeros(n * K * W)
    off = np.zeros(W, dtype=np.int64)
    top = np.zeros(W)
    z = np.zeros(W)
    va = np.zeros(W)
    vb = np.zeros(W)
    for start in range(0, n_lanes, W):
        w = min(W, n_lanes - start)
        wide = min((w + 7) & ~7, W)
        for ln in range(w):
            off[ln] = node[start + ln] * block
        for b in range(K):
            for ln in range(w):
                lw[b * W + ln] = LW[node[start + ln] * K + b]
            if kind == 1:
                for ln in range(w):
                    at = np.uint64(off[ln] + b * n * nb + spot[start + ln])
                    k0[b * W + ln] = at
                    k1[b * W + ln] = at
                    k2[b * W + ln] = at
                    big[b * W + ln] = 0.0
                    small[b * W + ln] = 0.0
            elif kind == 2:
                for ln in range(w):
                    x1[b * W + ln] = X1[b * n_lanes + start + ln]
                _place_edge(wide, b * W, steps, edge, x1, off, b * n * nb, k0, k1, k2, big, small)
            else:
                for ln in range(w):
                    x1[b * W + ln] = X1[b * n_lanes + start + ln]
                    x2[b * W + ln] = X2[b * n_lanes + start + ln]
                _place_three(
                    wide, b * W, steps, nb, x1, x2, off, b * n * nb, k0, k1, k2, big, small
                )
        for th in range(n):
            for ln in range(wide):
                top[ln] = -1e300
                z[ln] = 0.0
                va[ln] = 0.0
                vb[ln] = 0.0
            for b in range(K):
                to = (th * K + b) * W
                _read(TB, wide, b * W, to, th * nb, k0, k1, k2, big, small, qb)
                _read(TA, wide, b * W, to, th * nb, k0, k1, k2, big, small, qa)
                _score(wide, b * W, to, lam, lw, qb, s, top)
            for b in range(K):
                _share(wide, (th * K + b) * W, s, top, qa, qb, z, va, vb)
            for ln in range(w):
                VA[place[start + ln] + th * stride] = va[ln] / z[ln]
                VB[place[start + ln] + th * stride] = vb[ln] / z[ln]
            if keep:
                for ln in range(w):
                    most = -1e300
                    for b in range(K):
                        i = (th * K + b) * W + ln
                        sigma[(th * K + b) * lanes + lane[start + ln]] = s[i] / z[ln]
                        if lw[b * W + ln] > -FAR:
                            most = max(most, qb[i])
                    best[th * lanes + lane[start + ln]] = most


@kernel
def choose(
    rows, first_node, k_of, node_w, points, lam_a, ca, cb, own, own_w, own_a, own_b, VA, VB, base,
    share, out_a, out_b,
):  # fmt: skip
    """A's logit choice among its proposals and own acts, added to the values of its states.

    Args:
        rows: Rows handled; ``first_node[row]`` to ``first_node[row + 1]`` are its proposals, with prior
            weights ``node_w``; their values lie at node - base in ``VA`` and ``VB`` (nodes, types, NB).
        share: Chance that A has the initiative.
        out_a, out_b: Values (rows, types, NB) to which ``share`` times the result is added.
    """
    n = points.shape[0]
    nb = points.shape[1]
    S = own.shape[1]
    most = 0
    for i in range(len(rows)):
        most = max(most, first_node[rows[i] + 1] - first_node[rows[i]])
    q = np.empty((most + S, nb))
    top = np.empty(nb)
    z = np.empty(nb)
    for i in range(len(rows)):
        row = rows[i]
        a = first_node[row]
        P = first_node[row + 1] - a
        for m in range(nb):
            top[m] = -1e300
            z[m] = 0.0
        for k in range(P + S):
            w = node_w[a + k] if k < P else own_w[row, k - P]
            if w <= 0.0:
                continue
            for m in range(nb):
                q[k, m] = 0.0
            if k < P:
                for th in range(n):
                    for m in range(nb):
                        q[k, m] += points[th, m] * VA[a + k - base, th, m]
            else:
                to = own[row, k - P]
                for th in range(n):
                    for m in range(nb):
                        q[k, m] += points[th, m] * (ca[to, th, m] + own_a[row, k - P])
            odds = log_(w)
            for m in range(nb):
                v = lam_a * q[k, m] + odds
                q[k, m] = v
                top[m] = v if v > top[m] else top[m]
        for k in range(P + S):
            w = node_w[a + k] if k < P else own_w[row, k - P]
            if w <= 0.0:
                continue
            for m in range(nb):
                e = exp_(max(q[k, m] - top[m], -690.0))
                q[k, m] = e
                z[m] += e
        for m in range(nb):
            z[m] = share / z[m]
        for k in range(P + S):
            w = node_w[a + k] if k < P else own_w[row, k - P]
            if w <= 0.0:
                continue
            if k < P:
                for th in range(n):
                    for m in range(nb):
                        p = q[k, m] * z[m]
                        out_a[row, th, m] += p * VA[a + k - base, th, m]
                        out_b[row, th, m] += p * VB[a + k - base, th, m]
            else:
                to = own[row, k - P]
                for th in range(n):
                    for m in range(nb):
                        p = q[k, m] * z[m]
                        out_a[row, th, m] += p * (ca[to, th, m] + own_a[row, k - P])
                        out_b[row, th, m] += p * (cb[to, th, m] + own_b[row, k - P, th])
