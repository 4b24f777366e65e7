"""Runs rlrun and its peers in turn on this machine and writes the report.

    compare.py RLRUN PYTHON FOLDER [--rounds N] [--only TEXT]

RLRUN is the program, PYTHON an interpreter that has the peers, FOLDER where report.md and report.json
go. Every figure is a median over the rounds; in each round every contestant runs once, so that a
machine whose speed drifts does so for all of them.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


class Peer:
    """A process of peer.py, kept alive between rounds."""

    def __init__(self, python, name, library, algorithm, task, threads, settings):
        self.name, self.threads = name, threads
        command = [python, HERE / "peer.py", library, algorithm, task, str(threads), json.dumps(settings)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def wait_until_ready(self):
        """None, or why this peer cannot take part."""
        for line in self.process.stdout:
            if line.strip() == "ready":
                return None
        return self.process.stderr.read().strip().splitlines()[-1:] or ["it ended without a word"]

    def rate(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["steps"] / answer["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Rlrun:
    """A sweep of one trial; its rate counts everything from the start of the program to its end."""

    def __init__(self, program, threads, experiment, jobs=1, seeds=(1,)):
        self.name, self.threads, self.program, self.jobs = "rlrun", threads, program, jobs
        self.experiment = dict(experiment, format=1, title="comparison", seeds=list(seeds))
        self.steps = experiment["budget"]["steps"] * len(seeds)

    def wait_until_ready(self):
        self.rate()
        return None

    def rate(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "experiment.json"
            file.write_text(json.dumps(self.experiment))
            command = [self.program, "sweep", file, "--results", pathlib.Path(folder) / "results",
                       "--jobs", str(self.jobs), "--threads", str(self.threads)]
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            return self.steps / (time.perf_counter() - start)

    def close(self):
        pass


def measure(contestants, rounds):
    rates = {}
    for contestant in contestants:
        problem = contestant.wait_until_ready()
        if problem:
            print(f"  {contestant.name} cannot run here: {problem[0]}", file=sys.stderr)
    running = [c for c in contestants if not isinstance(c, Peer) or c.process.poll() is None]
    for _ in range(rounds):
        for contestant in running:
            rates.setdefault((contestant.name, contestant.threads), []).append(contestant.rate())
    for contestant in running:
        contestant.close()
    return {key: statistics.median(values) for key, values in rates.items()}


def bench(program, part, task, *options, name=""):
    """Steps per second of rlrun and of the bare engine in the same episodes, by number of threads."""
    output = subprocess.run([program, "bench", part, "--env", task, "--json", *options], check=True,
                            capture_output=True, text=True).stdout
    return {row["threads"]: (row["value"], row["limit"]) for row in json.loads(output) if name in row["name"]}


def sampling_row(options, task):
    bare = bench(options.rlrun, "sampler", f"gym/{task}")
    peers = [Peer(options.python, f"EnvPool {mode}, {n} envs", "envpool", mode, task, threads,
                  {"n_envs": n, "steps": 20000 if task.startswith(("Ant", "Humanoid")) else 60000})
             for threads in (1, 2) for mode in ("sync", "async") for n in (16, 64)]
    rates = measure(peers, options.rounds)
    rows = []
    for threads, (value, limit) in sorted(bare.items()):
        best = max((rate for (_, t), rate in rates.items() if t == threads), default=float("nan"))
        rows.append({"what": f"sampling 64x64, {task}", "threads": threads, "rlrun": value,
                     "bare engine": limit, "of engine": value / limit, "EnvPool best": best,
                     "of EnvPool": value / best})
    return rows


def training_rows(options, what, task, experiment, peers, engine=True):
    """`peers`: (name, library, algorithm, threads, settings)."""
    contestants = [Rlrun(options.rlrun, threads, experiment) for threads in (1, 2)]
    contestants += [Peer(options.python, name, library, algorithm, task, threads, dict(settings))
                    for name, library, algorithm, threads, settings in peers]
    rates = measure(contestants, options.rounds)
    # The engine alone, in the episodes of such a training: a robot that hops has more contacts than one that falls.
    bare = (bench(options.rlrun, "training", f"gym/{task}", "--algorithm", "ppo", name="8 x 256")
            if engine else {})
    rows = []
    for threads in (1, 2):
        row = {"what": what, "threads": threads, "rlrun": rates[("rlrun", threads)]}
        for name in dict.fromkeys(name for name, *_ in peers):
            best = max(rate for (n, _), rate in rates.items() if n == name)
            row[name] = best
            row[f"of {name}"] = row["rlrun"] / best
        if threads in bare:
            # Both of one run of the benchmark, iteration by iteration in turn.
            training, engine_alone = bare[threads]
            row["time of engine's"] = engine_alone / training
        rows.append(row)
    return rows


def comparisons(options):
    setups = json.loads((HERE / "setups.json").read_text())
    for task in setups["sampling"]:
        yield f"sampling {task}", lambda task=task: sampling_row(options, task)
    for setup in setups["training"]:
        peers = []
        for peer in setup["peers"]:
            name, library, algorithm, settings = (peer[k] for k in ("name", "library", "algorithm", "settings"))
            # SBX's compiler uses all cores whatever it is told; pycma leaves the episodes to its user.
            threads = {"sbx": (2,), "pycma": (1,)}.get(library, (1, 2))
            peers += [(name, library, algorithm, t, settings) for t in threads]
        for task, steps in setup["steps"].items():
            what = f"{setup['what']}, {task}"
            experiment = {"envs": [f"gym/{task}"], "budget": {"steps": steps}, "algorithms": [setup["rlrun"]]}
            yield what, lambda setup=setup, what=what, task=task, experiment=experiment, peers=peers: training_rows(
                options, what, task, experiment, peers, setup.get("engine", True))
    two = setups["two jobs"]

    def jobs():
        one = Rlrun(options.rlrun, 1, two, jobs=1, seeds=(1,))
        both = Rlrun(options.rlrun, 1, two, jobs=2, seeds=(1, 2))
        one.name, both.name = "one job", "two jobs"
        rates = measure([one, both], options.rounds)
        single, double = rates[("one job", 1)], rates[("two jobs", 1)]
        return [{"what": "two seeds as two jobs against one", "threads": 1, "rlrun": double, "one job": single,
                 "of one job": double / single}]

    yield "two jobs", jobs


def table(rows):
    names = list(dict.fromkeys(key for row in rows for key in row))

    def text(value):
        if isinstance(value, float):
            return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        return str(value)

    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(text(row[name]) if name in row else "" for name in names) + " |" for row in rows]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rlrun")
    parser.add_argument("python")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only comparisons whose name contains this text")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    file = options.folder / "report.json"
    report = json.loads(file.read_text()) if file.exists() else {}
    for name, run in comparisons(options):
        if options.only not in name:
            continue
        print(f"compare: {name}", file=sys.stderr)
        report[name] = run()
        file.write_text(json.dumps(report, indent=1) + "\n")
    parts = [f"## {name}\n\n{table(rows)}" for name, rows in report.items()]
    parts += [file.read_text().strip().replace("# ", "## ", 1) for file in sorted(options.folder.glob("profile_*.md"))]
    versions = [line.split("#")[0].strip() for line in (HERE / "requirements.txt").read_text().splitlines()[1:]]
    cpu = next((line.split(": ")[1] for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown processor")
    (options.folder / "report.md").write_text(
        "# rlrun and its peers, side by side\n\n"
        f"Made by `tools/compare/run`. Environment steps per second, medians of {options.rounds} rounds in turn; {cpu}. "
        "A peer's figure is that of its better number of threads.\n\n"
        f"Peers: {', '.join(versions)}.\n\n" + "\n\n".join(parts) + "\n")


main()
