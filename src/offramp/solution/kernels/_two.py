"""Typed nodes with two types: Newton and pseudo-transient continuation on many lanes at once.

The mathematics is that of :mod:`offramp.solution._typed`: unknowns are the posterior log-odds x_b of
each act b, residuals ``r_b = x_b - ln + rho - lambda (Q_1,b - Q_2,b)``, and the Jacobian is a diagonal
plus a border of rank one, so that a step needs no linear algebra::

    j_b = 1 + 1/tau - lambda (Q_1,b' - Q_2,b'),  h_b = lambda (sigma_1,b Q_1,b' - sigma_2,b Q_2,b')
    shift = -(sum h r / j) / (1 + sum h / j),    x_b -= (r_b + shift) / j_b

A lane is (node, prior). ``WIDTH`` lanes are worked on together, act by act, in loops that vectorise;
a lane that is done is written out and its place taken by the next one, so that no place idles. Each
lane goes through the stages of the reference: Newton, then continuation from the pooled prior with a
first tau and a growth per stage; the best point met is what is returned.

Payoffs are looked up in a flat table: act b of a lane starts at ``base[b] + (offset & mask[b])``; types
lie ``row_1`` and ``row_2`` further on; beliefs run from p_1 = 1 down to 0.
"""

from __future__ import annotations

import numpy as np

from offramp.solution.kernels._course import ENDS, RESTARTS, judge, move
from offramp.solution.kernels._jit import kernel, leaf
from offramp.solution.kernels._math import exp_, log_

WIDTH = 96
"""Lanes worked on together (a multiple of the vector length)."""
LOW = -100.0
"""Smallest exponent: e^-100 stands for nothing, and products stay normal numbers."""
FAR = 1e280


@leaf
def _look(T, steps, lam, w, at, x, lw, l0, off, base, mask, row1, row2, y, d1, d2, s1, s2, m1, m2):
    """Payoffs, slopes and scores of one act on w lanes; ``at`` is the act's place in the arrays."""
    top = steps - 0.5
    rise = lam * steps
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        z = min(max(-x[a], LOW), -LOW)
        p = 1.0 / (1.0 + exp_(z))
        u = p * steps
        c = np.uint64(min(u + 1e-12, top))
        f = max(u - np.float64(c), 0.0)
        g = np.uint64(base + (off[ln] & mask)) - c
        u0 = T[g + np.uint64(row1)]
        v0 = T[g + np.uint64(row2)]
        du = T[g + np.uint64(row1) - np.uint64(1)] - u0
        dv = T[g + np.uint64(row2) - np.uint64(1)] - v0
        q1 = lam * (u0 + f * du)
        q2 = lam * (v0 + f * dv)
        pq = p * (1.0 - p) * rise
        d1[a] = du * pq
        d2[a] = dv * pq
        y[a] = x[a] - l0[ln] - (q1 - q2)
        t1 = q1 + lw[a]
        t2 = q2 + lw[a]
        s1[a] = t1
        s2[a] = t2
        m1[ln] = t1 if t1 > m1[ln] else m1[ln]
        m2[ln] = t2 if t2 > m2[ln] else m2[ln]


@leaf
def _weigh(w, at, s1, s2, m1, m2, z1, z2):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        e1 = exp_(max(s1[a] - m1[ln], LOW))
        e2 = exp_(max(s2[a] - m2[ln], LOW))
        s1[a] = e1
        s2[a] = e2
        z1[ln] += e1
        z2[ln] += e2


@leaf
def _odds(w, m1, m2, z1, z2, rho):
    for ln in range(w):
        rho[ln] = (m1[ln] - m2[ln]) + (log_(z1[ln]) - log_(z2[ln]))
        z1[ln] = 1.0 / z1[ln]
        z2[ln] = 1.0 / z2[ln]


@leaf
def _arrow(w, at, y, rho, lw, d1, d2, s1, s2, z1, z2, itau, r, ij, shj, shr, err):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        there = 1.0 if lw[a] > -FAR else 0.0
        rr = (y[a] + rho[ln]) * there
        j = 1.0 + itau[ln] - (d1[a] - d2[a])
        v = 1.0 / (j if j > 0.1 else 0.1)
        h = (s1[a] * z1[ln] * d1[a] - s2[a] * z2[ln] * d2[a]) * there * v
        shj[ln] += h
        shr[ln] += h * rr
        r[a] = rr
        ij[a] = v
        size = abs(rr)
        err[ln] = size if size > err[ln] else err[ln]


@leaf
def _shift(w, shj, shr, shift):
    for ln in range(w):
        s = 1.0 + shj[ln]
        s = 0.1 if abs(s) < 0.1 else s
        shift[ln] = -shr[ln] / s


@leaf
def _stride(w, at, r, shift, ij, longest):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        step = -(r[a] + shift[ln]) * ij[a]
        r[a] = step
        size = abs(step)
        longest[ln] = size if size > longest[ln] else longest[ln]


@leaf
def _advance(w, at, x, r, lw, scale):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        there = 1.0 if lw[a] > -FAR else 0.0
        x[a] += r[a] * (scale[ln] * there)


@leaf
def _count(w, err, tol):
    n = 0
    for ln in range(w):
        n += 1 if err[ln] < tol else 0
    return n


@kernel
def solve_two(
    T, steps, lam, K, base, mask, row1, row2, LW, lw_at, offset, l0s, tol, longest_step, newton, tau0,
    growth, most, X, best,
):  # fmt: skip
    """Solve lanes; returns act-lane steps taken.

    Args:
        T: Flat table of payoffs. steps: grid steps per edge. lam: precision. K: number of acts.
        base, mask: Where each act's payoffs start, int64 (K,). row1, row2: rows of the two types.
        LW: Log prior weights, flat; ``lw_at`` where each lane's K weights start.
        offset, l0s: Offset and prior log-odds of each lane.
        tol, longest_step, newton: Tolerance, longest step, Newton steps.
        tau0, growth, most: Stages of continuation, arrays.
        X: Result, (K * lanes) act by act. best: residual of each lane, (lanes,).
    """
    n = len(offset)
    W = WIDTH
    x = np.zeros(K * W)
    lw = np.zeros(K * W)
    y = np.empty(K * W)
    d1 = np.empty(K * W)
    d2 = np.empty(K * W)
    s1 = np.empty(K * W)
    s2 = np.empty(K * W)
    r = np.empty(K * W)
    ij = np.empty(K * W)
    keep = np.empty(K * W)
    l0 = np.zeros(W)
    off = np.zeros(W, dtype=np.int64)
    who = np.zeros(W, dtype=np.int64)
    age = np.zeros(W, dtype=np.int64)
    stage = np.zeros(W, dtype=np.int64)
    better = np.zeros(W, dtype=np.bool_)
    fate = np.zeros(W, dtype=np.int64)
    tau = np.zeros(W)
    itau = np.zeros(W)
    last = np.zeros(W)
    m1 = np.empty(W)
    m2 = np.empty(W)
    z1 = np.empty(W)
    z2 = np.empty(W)
    rho = np.empty(W)
    shj = np.empty(W)
    shr = np.empty(W)
    err = np.empty(W)
    shift = np.empty(W)
    longest = np.empty(W)
    scale = np.empty(W)
    nearest = np.empty(W)
    taken = 0
    w = 0
    todo = 0
    while w < W and todo < n:
        for b in range(K):
            x[b * W + w] = l0s[todo]
            lw[b * W + w] = LW[lw_at[todo] + b]
        l0[w] = l0s[todo]
        off[w] = offset[todo]
        who[w] = todo
        age[w] = 0
        stage[w] = -1
        itau[w] = 0.0
        nearest[w] = np.inf
        w += 1
        todo += 1
    while w > 0:
        wide = min((w + 7) & ~7, W)
        for ln in range(wide):
            m1[ln] = -1e300
            m2[ln] = -1e300
            z1[ln] = 0.0
            z2[ln] = 0.0
            shj[ln] = 0.0
            shr[ln] = 0.0
            err[ln] = 0.0
            longest[ln] = 0.0
        for b in range(K):
            _look(T, steps, lam, wide, b * W, x, lw, l0, off, base[b], mask[b], row1, row2, y, d1, d2,
                  s1, s2, m1, m2)  # fmt: skip
        for b in range(K):
            _weigh(wide, b * W, s1, s2, m1, m2, z1, z2)
        _odds(wide, m1, m2, z1, z2, rho)
        for b in range(K):
            _arrow(wide, b * W, y, rho, lw, d1, d2, s1, s2, z1, z2, itau, r, ij, shj, shr, err)
        _shift(wide, shj, shr, shift)
        for b in range(K):
            _stride(wide, b * W, r, shift, ij, longest)
        taken += w
        for ln in range(wide):
            scale[ln] = min(1.0, longest_step / max(longest[ln], 1e-300))
        judge(w, err, tol, newton, tau0, growth, most, age, stage, tau, itau, last, nearest, better,
              fate)  # fmt: skip
        ln = 0
        while ln < w:
            if better[ln]:
                for b in range(K):
                    keep[b * W + ln] = x[b * W + ln]
            if fate[ln] != ENDS:
                if fate[ln] == RESTARTS:
                    scale[ln] = 0.0
                    for b in range(K):
                        x[b * W + ln] = l0[ln]
                ln += 1
                continue
            i = who[ln]
            best[i] = nearest[ln]
            for b in range(K):
                X[b * n + i] = keep[b * W + ln]
            if todo < n:
                for b in range(K):
                    x[b * W + ln] = l0s[todo]
                    lw[b * W + ln] = LW[lw_at[todo] + b]
                l0[ln] = l0s[todo]
                off[ln] = offset[todo]
                who[ln] = todo
                age[ln] = 0
                stage[ln] = -1
                itau[ln] = 0.0
                nearest[ln] = np.inf
                scale[ln] = 0.0
                todo += 1
                ln += 1
            else:
                w -= 1
                if ln < w:
                    for b in range(K):
                        x[b * W + ln] = x[b * W + w]
                        lw[b * W + ln] = lw[b * W + w]
                        r[b * W + ln] = r[b * W + w]
                        keep[b * W + ln] = keep[b * W + w]
                    l0[ln] = l0[w]
                    move(ln, w, off, who, age, stage, tau, itau, last, scale, nearest, better, fate)
        wide = min((w + 7) & ~7, W)
        for b in range(K):
            _advance(wide, b * W, x, r, lw, scale)
    return taken
