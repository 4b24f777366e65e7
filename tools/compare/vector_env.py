"""Steps a second of Gymnasium tasks in Python processes: rlrun's plugin `gymnasium` beside Gymnasium's
AsyncVectorEnv, with random actions and as many processes on both sides.

    vector_env.py RLRUN [--rounds N] [--cores N] [--output FILE] [TASK:PROCESSES ...]

Run it with an interpreter that has Gymnasium. In each round each side runs once; the figures are medians.
Both sides are timed without their start: rlrun's rate is the difference between a long and a short
run of `random`, whole programs from start to end, with results on disk. Steps in which AsyncVectorEnv only
resets a task count as its steps. `taskset` keeps both sides on the same cores.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HORIZON = 500


def rlrun_seconds(program, task, processes, iterations):
    with tempfile.TemporaryDirectory() as folder:
        experiment = pathlib.Path(folder) / "experiment.json"
        experiment.write_text(json.dumps({
            "format": 1,
            "seeds": [1],
            "budget": {"iterations": iterations},
            "envs": [{"name": "gymnasium", "params": {"id": task, "horizon": HORIZON}}],
            # So many slots has a batch of this size.
            "algorithms": [{"name": "random", "params": {"batch_steps": processes * HORIZON}}],
        }))
        results = pathlib.Path(folder) / "results"
        command = [program, "sweep", experiment, "--results", results, "--jobs", "1", "--quiet"]
        start = time.perf_counter()
        subprocess.run(command, check=True, env=dict(os.environ, RLRUN_PYTHON=sys.executable))
        return time.perf_counter() - start


def rlrun_rate(program, task, processes):
    short, long = 1, 1 + max(1, 160_000 // (processes * HORIZON))
    times = [rlrun_seconds(program, task, processes, n) for n in (short, long)]
    return (long - short) * processes * HORIZON / (times[1] - times[0])


def vector_rate(task, processes):
    import gymnasium

    env = gymnasium.vector.AsyncVectorEnv(
        [lambda: gymnasium.make(task, disable_env_checker=True)] * processes, shared_memory=True
    )
    env.action_space.seed(1)
    actions = [env.action_space.sample() for _ in range(100)]
    env.reset(seed=1)
    for i in range(200):
        env.step(actions[i % 100])
    n = max(1, 40_000 // processes)
    start = time.perf_counter()
    for i in range(n):
        env.step(actions[i % 100])
    rate = n * processes / (time.perf_counter() - start)
    env.close()
    return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("setups", nargs="*", default=["CartPole-v1:16", "CartPole-v1:2"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--output")
    options = parser.parse_intermixed_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])

    lines = ["| task | processes | rlrun | AsyncVectorEnv | ratio |", "|---|---:|---:|---:|---:|"]
    for setup in options.setups:
        task, _, processes = setup.partition(":")
        rates = {"rlrun": [], "peer": []}
        for _ in range(options.rounds):
            rates["peer"].append(vector_rate(task, int(processes)))
            rates["rlrun"].append(rlrun_rate(options.program, task, int(processes)))
        ours, theirs = (statistics.median(rates[side]) for side in ("rlrun", "peer"))
        lines.append(f"| {task} | {processes} | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.2f} |")
        print(lines[-1], file=sys.stderr)
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.output:
        pathlib.Path(options.output).write_text(text)


if __name__ == "__main__":
    main()
