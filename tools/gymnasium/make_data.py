"""Writes tests/data/gymnasium: what Gymnasium itself does, for the tests of rlrun to compare with.

    tools/gymnasium/run make_data.py [TASK ...]

<TASK>/*.h5 are episodes. Each file is an input of `rlrun replay` (the state, actions) and holds what came
of it: rewards and terminated of every step, and observations at the steps listed in `observed` (0 is the
given state). `parameters` are those that differ from the defaults. <TASK>/resets.h5 holds initial states.
"""

import json
import pathlib
import sys

import h5py
import numpy as np

import tasks

TARGET = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "gymnasium"
STEPS = 1000
RESETS = 300


def has_engine(env):
    return hasattr(env, "data") and hasattr(env, "model")


def state_of(env):
    if has_engine(env):
        return {"qpos": env.data.qpos.copy(), "qvel": env.data.qvel.copy()}
    return {"state": np.array(env.state, dtype=np.float64)}


def observation_of(env):
    for name in ("_get_obs", "_get_ob"):
        if hasattr(env, name):
            return getattr(env, name)()
    return np.array(env.state, dtype=np.float32)


def put(env, state):
    """A given state on top of a fresh reset."""
    env.reset(seed=0)
    if has_engine(env):
        env.set_state(state["qpos"], state["qvel"])
    else:
        env.state = state["state"].copy()
    return observation_of(env)


def draw_actions(space, rng, scale):
    """Multiples of 1/64 of the box, which pack well and are exact in float; scale 1.25 leaves the box."""
    if not hasattr(space, "low"):
        return rng.integers(space.n, size=STEPS).astype(np.float32)[:, None]
    size = (STEPS, space.shape[0])
    return (space.high * np.round(rng.uniform(-scale, scale, size) * 64) / 64).astype(np.float32)


def holding_actions(space, rng):
    """Each action is held for 20 steps, which carries a car or a pendulum further than noise does."""
    return np.repeat(draw_actions(space, rng, 1.25)[:: 20], 20, axis=0)


def observed_steps(steps, size, every_step):
    if every_step:
        return np.arange(steps + 1)
    stride = 10 if size < 30 else 25 if size < 120 else 100
    return np.unique(np.concatenate([np.arange(min(steps + 1, 11)), np.arange(0, steps + 1, stride), [steps]]))


def play(env, state, actions):
    observations, rewards, terminated = [put(env, state)], [], []
    for action in actions:
        given = int(action[0]) if not hasattr(env.action_space, "low") else action
        observation, reward, ended, _, _ = env.step(given)
        observations.append(np.array(observation))
        rewards.append(float(reward))
        terminated.append(bool(ended))
        if has_engine(env):
            assert not any(w.number for w in env.data.warning), "the simulation broke down"
        if ended:
            break
    return np.array(observations, dtype=np.float64), np.array(rewards), np.array(terminated, dtype=np.uint8)


def packed(file, name, values):
    file.create_dataset(name, data=values, chunks=values.shape, shuffle=True, compression="gzip",
                        compression_opts=9)


def write_episode(path, arguments, state, actions, result, every_step):
    observations, rewards, terminated = result
    steps = len(rewards)
    observed = observed_steps(steps, observations.shape[1], every_step)
    with h5py.File(path, "w", libver=("earliest", "v108")) as file:
        for name, values in state.items():
            file[name] = values
        packed(file, "actions", actions[: min(len(actions), steps + 3)])  # a few that must not be played
        packed(file, "rewards", rewards)
        packed(file, "terminated", terminated)
        packed(file, "observed", observed)
        packed(file, "observations", observations[observed])
        file["parameters"] = np.array(json.dumps(tasks.parameters(arguments)).encode())
    return steps


def write_task(task):
    folder = TARGET / task
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([2016, *task.encode()])
    changed = tasks.CHANGED[task]
    small = len(observation_of(fresh(task, {}))) < 30
    episodes = [("beyond", {}, lambda space: draw_actions(space, rng, 1.25), small),
                ("gentle", {}, lambda space: draw_actions(space, rng, 0.25), False),
                ("held", {}, lambda space: holding_actions(space, rng), False)]
    if changed:
        episodes.append(("arguments", changed, lambda space: draw_actions(space, rng, 1.25), False))
    lengths = []
    for number, (name, arguments, draw, every_step) in enumerate(episodes):
        env = fresh(task, arguments)
        env.reset(seed=100 + number)
        state = state_of(env)
        actions = draw(env.action_space)
        result = play(env, state, actions)
        lengths.append(write_episode(folder / (name + ".h5"), arguments, state, actions, result, every_step))
    env = fresh(task, {})
    samples = []
    for number in range(RESETS):
        env.reset(seed=1000 + number)
        samples.append(state_of(env))
    with h5py.File(folder / "resets.h5", "w", libver=("earliest", "v108")) as file:
        for name in samples[0]:
            packed(file, name, np.array([s[name] for s in samples], dtype=np.float32))
    print(task, lengths, flush=True)


def fresh(task, arguments):
    env = tasks.make(task, arguments)
    env.reset(seed=0)
    return env


if __name__ == "__main__":
    for task in sys.argv[1:] or tasks.CHANGED:
        write_task(task)
