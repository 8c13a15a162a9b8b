"""Exponential and logarithm that the compiler can vectorise.

``exp(x) = 2^n e^r`` with n the integer nearest to x / ln 2 (found by adding and subtracting 1.5 * 2^52)
and a polynomial of degree 11 for |r| <= ln 2 / 2: relative error about 1e-14 for -708 < x < 709.
``log(z) = e ln 2 + 2 atanh((m - 1) / (m + 1))`` with z = m 2^e and m in [.7, 1.42): relative error about
3e-16 away from z = 1, absolute error 1e-16 near it; z must be a normal positive number.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from offramp.solution.kernels._jit import leaf


@intrinsic
def _bits_of(typing: Any, x: Any) -> Any:
    """The 64 bits of a float as an integer."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), code


@intrinsic
def _float_of(typing: Any, x: Any) -> Any:
    """The float that 64 bits spell."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), code


bits_of: Any = _bits_of
float_of: Any = _float_of
MAGIC = 6755399441055744.0
MAGIC_BITS = 0x4338000000000000
PER_LN2 = 1.4426950408889634
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
SQRT2 = 1.4142135623730951


@leaf
def exp_(x: Any) -> Any:
    """e^x for -708 < x < 709."""
    k = x * PER_LN2 + MAGIC
    n = k - MAGIC
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = 2.5052108385441720e-08
    p = p * r + 2.7557319223985893e-07
    p = p * r + 2.7557319223985888e-06
    p = p * r + 2.4801587301587302e-05
    p = p * r + 1.9841269841269841e-04
    p = p * r + 1.3888888888888889e-03
    p = p * r + 8.3333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * float_of((bits_of(k) - MAGIC_BITS + 1023) << 52)


@leaf
def log_(z: Any) -> Any:
    """Ln z for a normal positive z."""
    b = bits_of(z)
    e = (b >> 52) - 1023
    m = float_of((b & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000)
    big = m > SQRT2
    m = 0.5 * m if big else m
    n = float(e + 1) if big else float(e)
    t = (m - 1.0) / (m + 1.0)
    s = t * t
    p = 0.10526315789473684
    p = p * s + 0.11764705882352941
    p = p * s + 0.13333333333333333
    p = p * s + 0.15384615384615385
    p = p * s + 0.18181818181818182
    p = p * s + 0.2222222222222222
    p = p * s + 0.2857142857142857
    p = p * s + 0.4
    p = p * s + 0.6666666666666666
    return n * LN2_HIGH + (n * LN2_LOW + (2.0 * t + t * s * p))
