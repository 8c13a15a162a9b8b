"""Typed nodes with three types: as :mod:`._two`, with 2x2 blocks and a border of rank two.

The Newton system is solved in closed form, block by block, with the 2x2 border; determinants nearer
to zero than .02 are moved to that size, as in the reference.
"""

from __future__ import annotations

import numpy as np

from offramp.solution.kernels._course import (
    ENDS,
    RESTARTS,
    judge,
    move,
    vertices_three,
)
from offramp.solution.kernels._jit import kernel, leaf
from offramp.solution.kernels._math import exp_, log_
from offramp.solution.kernels._two import FAR, LOW, WIDTH

SMALL = 0.02


@leaf
def _away(z):
    return (SMALL if z >= 0.0 else -SMALL) if abs(z) < SMALL else z


@leaf
def _look(T, steps, nb, lam, w, at, x1, x2, lw, l1, l2, off, base, mask, y1, y2, s1, s2, s3,
          a1, a2, b1, b2, c1, c2, m1, m2, m3):  # fmt: skip
    """Payoffs, slopes along x_1 and x_2 of each type, and scores of one act."""
    row = np.uint64(nb)
    rise_by = lam * steps
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
        p2 = e2 * inv
        p12 = p1 + p2
        v0, v1, v2, big, small, later = vertices_three(steps, nb, p1, p12)
        start = base + (off[ln] & mask)
        k0 = np.uint64(v0 + start)
        k1 = np.uint64(v1 + start)
        k2 = np.uint64(v2 + start)
        in1 = p1 * (1.0 - p1) * rise_by
        in2 = -p1 * p2 * rise_by
        out = (1.0 - p12) * rise_by

        q0 = T[k0]
        r1 = T[k1] - q0
        r2 = T[k2] - q0 - r1
        q1 = lam * (q0 + big * r1 + small * r2)
        along_u = r2 if later else r1
        along_v = r1 if later else r2
        a1[a] = along_u * in1 + along_v * out * p1
        a2[a] = along_u * in2 + along_v * out * p2

        q0 = T[k0 + row]
        r1 = T[k1 + row] - q0
        r2 = T[k2 + row] - q0 - r1
        q2 = lam * (q0 + big * r1 + small * r2)
        along_u = r2 if later else r1
        along_v = r1 if later else r2
        b1[a] = along_u * in1 + along_v * out * p1
        b2[a] = along_u * in2 + along_v * out * p2

        q0 = T[k0 + row + row]
        r1 = T[k1 + row + row] - q0
        r2 = T[k2 + row + row] - q0 - r1
        q3 = lam * (q0 + big * r1 + small * r2)
        along_u = r2 if later else r1
        along_v = r1 if later else r2
        c1[a] = along_u * in1 + along_v * out * p1
        c2[a] = along_u * in2 + along_v * out * p2

        y1[a] = u1 - l1[ln] - (q1 - q3)
        y2[a] = u2 - l2[ln] - (q2 - q3)
        q1 += lw[a]
        q2 += lw[a]
        q3 += lw[a]
        s1[a] = q1
        s2[a] = q2
        s3[a] = q3
        m1[ln] = q1 if q1 > m1[ln] else m1[ln]
        m2[ln] = q2 if q2 > m2[ln] else m2[ln]
        m3[ln] = q3 if q3 > m3[ln] else m3[ln]


@leaf
def _weigh(w, at, s1, s2, s3, m1, m2, m3, z1, z2, z3):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        e1 = exp_(max(s1[a] - m1[ln], LOW))
        e2 = exp_(max(s2[a] - m2[ln], LOW))
        e3 = exp_(max(s3[a] - m3[ln], LOW))
        s1[a] = e1
        s2[a] = e2
        s3[a] = e3
        z1[ln] += e1
        z2[ln] += e2
        z3[ln] += e3


@leaf
def _odds(w, m1, m2, m3, z1, z2, z3, rho1, rho2):
    for ln in range(w):
        n3 = log_(z3[ln]) + m3[ln]
        rho1[ln] = log_(z1[ln]) + m1[ln] - n3
        rho2[ln] = log_(z2[ln]) + m2[ln] - n3
        z1[ln] = 1.0 / z1[ln]
        z2[ln] = 1.0 / z2[ln]
        z3[ln] = 1.0 / z3[ln]


@leaf
def _arrow(w, at, y1, y2, rho1, rho2, lw, s1, s2, s3, z1, z2, z3, a1, a2, b1, b2, c1, c2, itau,
           i11, i12, i21, i22, g1, g2, t11, t12, t21, t22, err):  # fmt: skip
    """Blocks, their inverses and the border's sums; residuals are left in y1 and y2."""
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        there = 1.0 if lw[a] > -FAR else 0.0
        r1 = (y1[a] + rho1[ln]) * there
        r2 = (y2[a] + rho2[ln]) * there
        j11 = 1.0 + itau[ln] - (a1[a] - c1[a])
        j12 = -(a2[a] - c2[a])
        j21 = -(b1[a] - c1[a])
        j22 = 1.0 + itau[ln] - (b2[a] - c2[a])
        det = j11 * j22 - j12 * j21
        v = 1.0 / _away(det)
        k11 = j22 * v
        k12 = -j12 * v
        k21 = -j21 * v
        k22 = j11 * v
        p1 = s1[a] * z1[ln] * there
        p2 = s2[a] * z2[ln] * there
        p3 = s3[a] * z3[ln] * there
        h11 = p1 * a1[a] - p3 * c1[a]
        h12 = p1 * a2[a] - p3 * c2[a]
        h21 = p2 * b1[a] - p3 * c1[a]
        h22 = p2 * b2[a] - p3 * c2[a]
        n11 = h11 * k11 + h12 * k21
        n12 = h11 * k12 + h12 * k22
        n21 = h21 * k11 + h22 * k21
        n22 = h21 * k12 + h22 * k22
        g1[ln] -= n11 * r1 + n12 * r2
        g2[ln] -= n21 * r1 + n22 * r2
        t11[ln] += n11
        t12[ln] += n12
        t21[ln] += n21
        t22[ln] += n22
        i11[a] = k11
        i12[a] = k12
        i21[a] = k21
        i22[a] = k22
        y1[a] = r1
        y2[a] = r2
        size = max(abs(r1), abs(r2))
        err[ln] = size if size > err[ln] else err[ln]


@leaf
def _shift(w, g1, g2, t11, t12, t21, t22):
    for ln in range(w):
        a = 1.0 + t11[ln]
        d = 1.0 + t22[ln]
        v = 1.0 / _away(a * d - t12[ln] * t21[ln])
        h1 = (d * g1[ln] - t12[ln] * g2[ln]) * v
        h2 = (a * g2[ln] - t21[ln] * g1[ln]) * v
        g1[ln] = h1
        g2[ln] = h2


@leaf
def _stride(w, at, y1, y2, g1, g2, i11, i12, i21, i22, longest):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        r1 = y1[a] + g1[ln]
        r2 = y2[a] + g2[ln]
        k1 = -(i11[a] * r1 + i12[a] * r2)
        k2 = -(i21[a] * r1 + i22[a] * r2)
        y1[a] = k1
        y2[a] = k2
        size = max(abs(k1), abs(k2))
        longest[ln] = size if size > longest[ln] else longest[ln]


@leaf
def _advance(w, at, x1, x2, y1, y2, lw, scale):
    for ln in range(w):
        a = np.uint64(at) + np.uint64(ln)
        k = scale[ln] if lw[a] > -FAR else 0.0
        x1[a] += y1[a] * k
        x2[a] += y2[a] * k


@kernel
def solve_three(
    T, steps, nb, lam, K, base, mask, LW, lw_at, offset, l1s, l2s, tol, longest_step, newton, tau0,
    growth, most, X1, X2, best,
):  # fmt: skip
    """Solve lanes; returns lane-steps taken. Arguments as :func:`._two.solve_two`.

    ``nb``: grid beliefs, also the distance between types in ``T``; ``l1s``, ``l2s``: prior log-odds against
    type 3; ``X1``, ``X2``: results, (K * lanes) each, act by act.
    """
    n = len(offset)
    W = WIDTH
    x1 = np.zeros(K * W)
    x2 = np.zeros(K * W)
    lw = np.zeros(K * W)
    y1 = np.empty(K * W)
    y2 = np.empty(K * W)
    s1 = np.empty(K * W)
    s2 = np.empty(K * W)
    s3 = np.empty(K * W)
    a1 = np.empty(K * W)
    a2 = np.empty(K * W)
    b1 = np.empty(K * W)
    b2 = np.empty(K * W)
    c1 = np.empty(K * W)
    c2 = np.empty(K * W)
    i11 = np.empty(K * W)
    i12 = np.empty(K * W)
    i21 = np.empty(K * W)
    i22 = np.empty(K * W)
    keep1 = np.empty(K * W)
    keep2 = np.empty(K * W)
    l1 = np.zeros(W)
    l2 = np.zeros(W)
    off = np.zeros(W, dtype=np.int64)
    who = np.zeros(W, dtype=np.int64)
    age = np.zeros(W, dtype=np.int64)
    stage = np.zeros(W, dtype=np.int64)
    better = np.zeros(W, dtype=np.bool_)
    fate = np.zeros(W, dtype=np.int64)
    tau = np.zeros(W)
    itau = np.zeros(W)
    last = np.zeros(W)
    nearest = np.empty(W)
    scale = np.empty(W)
    m1 = np.empty(W)
    m2 = np.empty(W)
    m3 = np.empty(W)
    z1 = np.empty(W)
    z2 = np.empty(W)
    z3 = np.empty(W)
    rho1 = np.empty(W)
    rho2 = np.empty(W)
    g1 = np.empty(W)
    g2 = np.empty(W)
    t11 = np.empty(W)
    t12 = np.empty(W)
    t21 = np.empty(W)
    t22 = np.empty(W)
    err = np.empty(W)
    longest = np.empty(W)
    taken = 0
    w = 0
    todo = 0
    while w < W and todo < n:
        for b in range(K):
            x1[b * W + w] = l1s[todo]
            x2[b * W + w] = l2s[todo]
            lw[b * W + w] = LW[lw_at[todo] + b]
        l1[w] = l1s[todo]
        l2[w] = l2s[todo]
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
            m3[ln] = -1e300
            z1[ln] = 0.0
            z2[ln] = 0.0
            z3[ln] = 0.0
            g1[ln] = 0.0
            g2[ln] = 0.0
            t11[ln] = 0.0
            t12[ln] = 0.0
            t21[ln] = 0.0
            t22[ln] = 0.0
            err[ln] = 0.0
            longest[ln] = 0.0
        for b in range(K):
            _look(T, steps, nb, lam, wide, b * W, x1, x2, lw, l1, l2, off, base[b], mask[b], y1, y2,
                  s1, s2, s3, a1, a2, b1, b2, c1, c2, m1, m2, m3)  # fmt: skip
        for b in range(K):
            _weigh(wide, b * W, s1, s2, s3, m1, m2, m3, z1, z2, z3)
        _odds(wide, m1, m2, m3, z1, z2, z3, rho1, rho2)
        for b in range(K):
            _arrow(wide, b * W, y1, y2, rho1, rho2, lw, s1, s2, s3, z1, z2, z3, a1, a2, b1, b2, c1,
                   c2, itau, i11, i12, i21, i22, g1, g2, t11, t12, t21, t22, err)  # fmt: skip
        _shift(wide, g1, g2, t11, t12, t21, t22)
        for b in range(K):
            _stride(wide, b * W, y1, y2, g1, g2, i11, i12, i21, i22, longest)
        taken += w
        for ln in range(wide):
            scale[ln] = min(1.0, longest_step / max(longest[ln], 1e-300))
        judge(w, err, tol, newton, tau0, growth, most, age, stage, tau, itau, last, nearest, better,
              fate)  # fmt: skip
        ln = 0
        while ln < w:
            if better[ln]:
                for b in range(K):
                    keep1[b * W + ln] = x1[b * W + ln]
                    keep2[b * W + ln] = x2[b * W + ln]
            if fate[ln] != ENDS:
                if fate[ln] == RESTARTS:
                    scale[ln] = 0.0
                    for b in range(K):
                        x1[b * W + ln] = l1[ln]
                        x2[b * W + ln] = l2[ln]
                ln += 1
                continue
            i = who[ln]
            best[i] = nearest[ln]
            for b in range(K):
                X1[b * n + i] = keep1[b * W + ln]
                X2[b * n + i] = keep2[b * W + ln]
            if todo < n:
                for b in range(K):
                    x1[b * W + ln] = l1s[todo]
                    x2[b * W + ln] = l2s[todo]
                    lw[b * W + ln] = LW[lw_at[todo] + b]
                l1[ln] = l1s[todo]
                l2[ln] = l2s[todo]
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
                        x1[b * W + ln] = x1[b * W + w]
                        x2[b * W + ln] = x2[b * W + w]
                        lw[b * W + ln] = lw[b * W + w]
                        y1[b * W + ln] = y1[b * W + w]
                        y2[b * W + ln] = y2[b * W + w]
                        keep1[b * W + ln] = keep1[b * W + w]
                        keep2[b * W + ln] = keep2[b * W + w]
                    l1[ln] = l1[w]
                    l2[ln] = l2[w]
                    move(ln, w, off, who, age, stage, tau, itau, last, scale, nearest, better, fate)
        wide = min((w + 7) & ~7, W)
        for b in range(K):
            _advance(wide, b * W, x1, x2, y1, y2, lw, scale)
    return taken
