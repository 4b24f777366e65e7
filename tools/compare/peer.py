"""One peer: makes a training (or sampling) loop once, then times a piece of it for each line on
standard input and answers with the number of environment steps and the seconds.

    peer.py LIBRARY ALGORITHM TASK THREADS SETTINGS(JSON)

LIBRARY is sb3, sbx or envpool. Settings are the keyword arguments of the library's constructor,
besides `n_envs` and `steps` (of one timed piece).
"""

import json
import sys
import time


def sb3_model(library, algorithm, task, threads, settings):
    import torch

    torch.set_num_threads(threads)
    import stable_baselines3 as sb3
    from stable_baselines3.common.env_util import make_vec_env

    classes = sb3
    if library == "sbx":
        import sbx

        classes = sbx
    env = make_vec_env(task, n_envs=settings.pop("n_envs", 1), seed=1)
    if library == "sb3":
        settings["device"] = "cpu"
        widths = settings.pop("widths")
        activation = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[settings.pop("activation")]
        settings["policy_kwargs"] = {"net_arch": widths, "activation_fn": activation}
    else:
        import flax.linen

        activation = {"tanh": flax.linen.tanh, "relu": flax.linen.relu}[settings.pop("activation")]
        settings["policy_kwargs"] = {"net_arch": settings.pop("widths"), "activation_fn": activation}
    return getattr(classes, algorithm)("MlpPolicy", env, seed=1, verbose=0, **settings)


def trainer(library, algorithm, task, threads, settings):
    steps = settings.pop("steps")
    model = sb3_model(library, algorithm, task, threads, settings)
    # Past the first updates: compilation, caches and the steps before learning starts.
    model.learn(settings.get("learning_starts", 0) + steps)

    def piece():
        before = model.num_timesteps
        model.learn(steps, reset_num_timesteps=False)
        return model.num_timesteps - before

    return piece


def envpool_sampler(mode, task, threads, settings):
    import envpool
    import numpy as np

    n_envs, steps = settings["n_envs"], settings["steps"]
    batch = n_envs if mode == "sync" else max(1, n_envs // 2)
    env = envpool.make_gymnasium(task, num_envs=n_envs, batch_size=batch, num_threads=threads, seed=1)
    low, high = env.action_space.low, env.action_space.high
    actions = np.random.default_rng(1).uniform(low, high, (batch, *low.shape))
    if mode == "sync":
        env.reset()

        def piece():
            for _ in range(steps // batch):
                env.step(actions)
            return steps // batch * batch
    else:
        env.async_reset()

        def piece():
            for _ in range(steps // batch):
                ids = env.recv()[-1]["env_id"]
                env.send(actions, ids)
            return steps // batch * batch

    piece()
    return piece


def main():
    library, algorithm, task, threads, settings = sys.argv[1:6]
    threads, settings = int(threads), json.loads(settings)
    if library == "envpool":
        piece = envpool_sampler(algorithm, task, threads, settings)
    else:
        piece = trainer(library, algorithm, task, threads, settings)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        steps = piece()
        print(json.dumps({"steps": steps, "seconds": time.perf_counter() - start}), flush=True)


main()
