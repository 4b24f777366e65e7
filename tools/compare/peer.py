"""One peer: makes a training (or sampling) loop once, then times a piece of it for each line on
standard input and answers with the number of environment steps and the seconds.

    peer.py LIBRARY ALGORITHM TASK THREADS SETTINGS(JSON)

LIBRARY is sb3, sbx, envpool or pycma. Settings are the keyword arguments of the library's
constructor, besides `n_envs` and `steps` (of one timed piece); of pycma `hidden` and `population`,
and a timed piece is a generation.
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


def pycma_search(task, settings):
    """CMA-ES over the weights of a network with one hidden layer; an episode is a candidate's score."""
    import cma
    import gymnasium
    import numpy as np

    env = gymnasium.make(task)
    n_in, n_out, hidden = env.observation_space.shape[0], env.action_space.shape[0], settings["hidden"]
    high = env.action_space.high
    cut = hidden * (n_in + 1)
    search = cma.CMAEvolutionStrategy(np.zeros(cut + n_out * (hidden + 1)), 1.0,
                                      {"popsize": settings["population"], "seed": 1, "verbose": -9})

    def episode(weights):
        first, last = weights[:cut].reshape(hidden, n_in + 1), weights[cut:].reshape(n_out, hidden + 1)
        observation, _ = env.reset()
        total, steps, done = 0.0, 0, False
        while not done:
            inner = np.tanh(first[:, :-1] @ observation + first[:, -1])
            action = high * np.tanh(last[:, :-1] @ inner + last[:, -1])
            observation, reward, terminated, truncated, _ = env.step(action)
            total, steps, done = total + reward, steps + 1, terminated or truncated
        return -total, steps

    def piece():
        candidates = search.ask()
        losses, steps = zip(*map(episode, candidates))
        search.tell(candidates, losses)
        return sum(steps)

    piece()
    return piece


def main():
    library, algorithm, task, threads, settings = sys.argv[1:6]
    threads, settings = int(threads), json.loads(settings)
    if library == "envpool":
        piece = envpool_sampler(algorithm, task, threads, settings)
    elif library == "pycma":
        piece = pycma_search(task, settings)
    else:
        piece = trainer(library, algorithm, task, threads, settings)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        steps = piece()
        print(json.dumps({"steps": steps, "seconds": time.perf_counter() - start}), flush=True)


main()
