#!/usr/bin/env python3
"""Recomputes a table from results.h5 and compares it with what `rlrun table` says.

    rlrun table results/mujoco --format json --output table.json
    tools/check_table.py results/mujoco/results.h5 table.json

This is also the recipe for reading results in Python: see `scores`. It needs h5py. P-values come from
SciPy where it is installed, else from an integral of our own. (Debian's SciPy excludes its Boost
1.81; use a virtual environment: python3 -m venv venv && venv/bin/pip install h5py scipy.)

Exit code 0 if all cells agree, 1 otherwise.
"""
import json
import math
import statistics
import sys

import h5py


def stretches(steps, episodes, returns):
    """The score of a trial: the mean over stretches, each of at least 50,000 steps and 50 episodes."""
    def average(part):
        ended = [(n, mean) for _, n, mean in part if n > 0 and not math.isnan(mean)]
        return statistics.fmean([mean for _, mean in ended], [n for n, _ in ended])
    def holds(part, share):
        return (sum(taken for taken, _, _ in part) >= share * 50000
                and sum(n for _, n, _ in part) >= share * 50)
    parts, part = [], []
    for taken, n, mean in zip([b - a for a, b in zip([0, *steps], steps)], episodes, returns):
        part.append((int(taken), int(n), float(mean)))
        if holds(part, 1):
            parts.append(part)
            part = []
    if any(n > 0 for _, n, _ in part):
        if holds(part, 0.5) or not parts:
            parts.append(part)
        else:
            parts[-1] += part
    return statistics.fmean(map(average, parts))


def scores(path):
    """{(env, algorithm): {setting: {seed: score}}} of complete trials, and the failed ones likewise."""
    complete, failed = {}, {}
    with h5py.File(path, "r") as file:
        trials, curves = file["trials"], file["curves"]
        column = {name: trials[name].asstr()[...]
                  for name in ("env", "algorithm", "setting", "status")}
        seeds, first, length = (trials[name][...]
                                for name in ("seed", "curve_offset", "curve_length"))
        steps, episodes, returns = (curves[name][...]
                                    for name in ("steps", "episodes", "mean_return"))
        for i, seed in enumerate(seeds):
            rows = slice(first[i], first[i] + length[i])
            curve = [r for r in returns[rows] if not math.isnan(r)]
            pair = column["env"][i], column["algorithm"][i]
            whole = column["status"][i] == "complete" and curve
            into = complete if whole else failed
            settings = into.setdefault(pair, {}).setdefault(column["setting"][i], {})
            settings[int(seed)] = (
                stretches(steps[rows], episodes[rows], returns[rows]) if whole else None)
    return complete, failed


def chosen(settings, failed):
    """The setting of which most seeds are complete, then with the highest mean - std."""
    def rank(item):
        values = list(item[1].values())
        share = len(values) / (len(values) + len(failed.get(item[0], {})))
        if len(values) < 2:
            return share, 0, values[0]
        return share, 1, statistics.fmean(values) - statistics.stdev(values)
    return max(settings.items(), key=rank)


def tail(t, freedom):
    """P(|T| > t) of Student's t, by the midpoint rule in the angle atan(t / sqrt(freedom))."""
    def area(a, b, steps=20000):
        width = (b - a) / steps
        return width * math.fsum(
            math.cos(a + (k + 0.5) * width) ** (freedom - 1) for k in range(steps))
    return area(math.atan(t / math.sqrt(freedom)), math.pi / 2) / area(0, math.pi / 2)


def welch(a, b):
    try:
        from scipy.stats import ttest_ind
        return float(ttest_ind(a, b, equal_var=False).pvalue), 1e-9
    except ImportError:
        u, v = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
        freedom = (u + v) ** 2 / (u**2 / (len(a) - 1) + v**2 / (len(b) - 1))
        t = abs(statistics.fmean(a) - statistics.fmean(b)) / math.sqrt(u + v)
        return tail(t, freedom), 1e-5


def main():
    complete, failed = scores(sys.argv[1])
    with open(sys.argv[2]) as file:
        table = json.load(file)
    if table["score"] != "stretches" or table["holm"]:
        sys.exit("check_table: make the table with --score stretches and without --holm")
    ours = {(cell["env"], cell["algorithm"]): cell for cell in table["cells"]}
    mistakes = 0

    def compare(pair, what, said, expected, tolerance=1e-12):
        nonlocal mistakes
        same = said == expected or (
            said is not None and expected is not None
            and math.isclose(said, expected, rel_tol=tolerance, abs_tol=1e-300))
        if not same:
            mistakes += 1
            print(f"{pair[1]} on {pair[0]}: {what} is {said}, but should be {expected}")

    picked = {pair: chosen(settings, failed.get(pair, {})) for pair, settings in complete.items()}
    for pair in set(complete) | set(failed):
        cell = ours.pop(pair, None)
        if cell is None:
            mistakes += 1
            print(f"{pair[1]} on {pair[0]}: no cell")
            continue
        if pair not in picked:
            compare(pair, "n", cell["n"], 0)
            compare(pair, "mean", cell["mean"], None)
            continue
        setting, by_seed = picked[pair]
        values = [by_seed[seed] for seed in sorted(by_seed)]
        compare(pair, "n", cell["n"], len(values))
        compare(pair, "n_failed", cell["n_failed"],
                len(failed.get(pair, {}).get(setting, {})))
        for said, expected in zip(cell["scores"], values):
            compare(pair, "a seed's score", said, expected)
        compare(pair, "seeds", cell["seeds"], sorted(by_seed))
        compare(pair, "mean", cell["mean"], statistics.fmean(values))
        compare(pair, "std", cell["std"],
                statistics.stdev(values) if len(values) > 1 else None, 1e-9)
        rivals = {a: list(p[1].values()) for (e, a), p in picked.items()
                  if e == pair[0] and a != "random"}
        if pair[1] == "random":
            continue
        best = max(rivals.values(), key=statistics.fmean)
        compare(pair, "best", cell["best"], statistics.fmean(values) == statistics.fmean(best))
        whole = len(values) > 1 and cell["n_failed"] == cell["n_missing"] == 0
        whole = whole and not cell["worse_than_random"]
        if cell["best"]:
            compare(pair, "bold", cell["bold"], whole)
        elif cell["p"] is not None:
            p, tolerance = welch(values, best)
            compare(pair, "p", cell["p"], p, tolerance)
            compare(pair, "bold", cell["bold"], whole and p >= 0.05)
    for pair, cell in ours.items():
        compare(pair, "n", cell["n"], 0)
    print(f"{len(table['cells'])} cells, {mistakes} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
