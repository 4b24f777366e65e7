"""Where the time of one comparison goes: a sampling profile of rlrun on one thread, as Markdown.

    time_shares.py RLRUN "WHAT" TASK > profile.md      e.g. "PPO 32x32, 64 x 128 steps, batch 1024, 1 epoch" Pendulum-v1

WHAT and TASK are those of setups.json. Needs Linux's perf (Debian: linux-perf) and the right to use it.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

# The first that matches a line "library symbol" names its part.
PARTS = [
    ("products of matrices", r"kernel::.*(tile<|::product|::run\b|kTilesHere)"),
    ("activations and their slopes", r"kernel::.*apply_finish|ptanh"),
    ("other work of the networks' passes (packing, bias, copies)", r"kernel::|nn::Mlp|InputScaling"),
    ("random numbers", r"Rng|sincos|log_fma|\blog@@|shuffle"),
    ("the task", r"gym_|libmujoco|mujoco\.so|__sin_fma|__cos_fma|fmod"),
    ("sampler", r"Slot|CollectSegments|Slice|Sampler"),
    ("loss, advantages, optimiser", r"ppo\.so|sac\.so|td3\.so|exp|GaussianMlp|ActorCritic|Adam|_gae|Rollouts|explained|"
                                    r"RewardScaling|RunningMoments|nn::"),
]


def part_of(line):
    return next((name for name, pattern in PARTS if re.search(pattern, line)), "everything else")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    rlrun, what, task = sys.argv[1:]
    if shutil.which("perf") is None:
        sys.exit("time_shares: there is no perf on this machine; Debian has it in linux-perf")
    setups = json.loads((HERE / "setups.json").read_text())["training"]
    setup = next((s for s in setups if s["what"] == what and task in s["steps"]), None)
    if setup is None:
        known = ", ".join(f'"{s["what"]}" {t}' for s in setups for t in s["steps"])
        sys.exit(f'time_shares: setups.json has no "{what}" on {task}; it has {known}')
    steps = setup["steps"][task]
    experiment = {"format": 1, "title": "profile", "seeds": [1], "envs": [f"gym/{task}"],
                  "budget": {"steps": steps}, "algorithms": [setup["rlrun"]]}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "experiment.json").write_text(json.dumps(experiment))

        def sweep(results, *before):
            start = time.perf_counter()
            subprocess.run([*before, rlrun, "sweep", folder / "experiment.json", "--results", folder / results,
                            "--threads", "1"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            return time.perf_counter() - start

        seconds = min(sweep(f"plain{i}") for i in range(3))
        sweep("profiled", "perf", "record", "-q", "-F", "4000", "-o", folder / "perf.data")
        report = subprocess.run(["perf", "report", "-i", folder / "perf.data", "--no-children", "--stdio", "-q",
                                 "--sort", "dso,symbol"], check=True, capture_output=True, text=True).stdout
    shares = {}
    for line in report.splitlines():
        match = re.match(r"\s*([\d.]+)%\s+(.*)", line)
        if match:
            part = part_of(match[2])
            shares[part] = shares.get(part, 0) + float(match[1])
    total = sum(shares.values())
    per_step = seconds / steps * 1e9
    print(f"# {what}, {task}: where the time goes\n")
    print(f'`tools/compare/time_shares.py RLRUN "{what}" {task}`; one thread, {per_step:,.0f} ns a step.\n')
    print("| part | share | ns a step |\n|---|---:|---:|")
    for part, share in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"| {part} | {share / total:.0%} | {share / total * per_step:,.0f} |")


main()
