#!/usr/bin/env python3
"""Writes tests/data/welch.csv: reference values for the Welch test, computed with SciPy.

Run it in a virtual environment that has SciPy (Debian's SciPy excludes its Boost 1.81):

    python3 -m venv venv && venv/bin/pip install scipy
    venv/bin/python tools/make_welch_data.py [CASES] [FILE]

Means and variances are computed exactly, in rational numbers, so that a large common offset of the
samples costs the reference no digits; SciPy's t distribution then gives p.
"""
import random
import sys
from fractions import Fraction
from math import sqrt

from scipy.stats import t as student


def exact_moments(values):
    exact = [Fraction(v) for v in values]
    mean = sum(exact) / len(exact)
    variance = sum((v - mean) ** 2 for v in exact) / (len(exact) - 1)
    return mean, variance


def welch(a, b):
    (mean_a, var_a), (mean_b, var_b) = exact_moments(a), exact_moments(b)
    share_a, share_b = var_a / len(a), var_b / len(b)
    freedom = (share_a + share_b) ** 2 / (
        share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1)
    )
    statistic = abs(float(mean_a - mean_b)) / sqrt(share_a + share_b)
    return 2 * student.sf(statistic, float(freedom))


def sample(rng, size):
    scale = 10 ** rng.uniform(-3, 4)
    offset = rng.choice([0, 0, rng.uniform(-10, 10) * scale, 1e6, -3e9])
    return offset, scale, size


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    path = sys.argv[2] if len(sys.argv) > 2 else "tests/data/welch.csv"
    rng = random.Random(20160422)
    with open(path, "w") as out:
        out.write("# sample a; sample b; two-sided p of Welch's test (tools/make_welch_data.py)\n")
        written = 0
        while written < cases:
            offset, scale, size = sample(rng, rng.choice([2, 3, 5, 5, 10]))
            ratio = 10 ** rng.uniform(-2, 2)
            shift = rng.choice([0, 1, 3, 10]) * scale * rng.random()
            a = [offset + scale * rng.gauss(0, 1) for _ in range(size)]
            b = [offset + shift + scale * ratio * rng.gauss(0, 1)
                 for _ in range(rng.choice([2, 3, 5, 8]))]
            if written % 50 == 7:
                b = [b[0]] * len(b)  # no spread on one side
            p = welch(a, b)
            if not p > 1e-290:
                continue
            row = [" ".join(repr(v) for v in a), " ".join(repr(v) for v in b), repr(float(p))]
            out.write("; ".join(row) + "\n")
            written += 1


if __name__ == "__main__":
    main()
