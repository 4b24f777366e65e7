"""Writes tests/data/gymnasium: what Gymnasium itself does, for the tests of rlrun to compare with.

    tools/gymnasium/run make_data.py [TASK ...]

<TASK>/*.h5 are episodes. Each file is an input of `rlrun replay` (the state, actions) and holds what came
of it: rewards and terminated of every step, and observations at the steps listed in `observed` (0 is the
given state), in float where they are long. `parameters` are those that differ from the defaults.
<TASK>/resets.h5 holds initial states, to five digits after the point, the time limit and the actions.
"""

import json
import pathlib
import sys

import gymnasium
import h5py
import numpy as np

import tasks

TARGET = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "gymnasium"
STEPS = 1000
RESETS = 1000
POLICIES = 300
SHORT = 30  # observations up to this size are written in double
REACHES_A_GOAL = ("Acrobot-v1", "MountainCar-v0", "MountainCarContinuous-v0")


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


def given_to(env, action):
    return action if hasattr(env.action_space, "low") else int(action[0])


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


def steered_actions(task, env, state, rng):
    """A linear policy, found by random search, that fails late or reaches its goal early."""
    space, size = env.action_space, len(observation_of(env))
    continuous = hasattr(space, "low")
    bounds = env.observation_space.high
    best, best_weights, best_score = None, None, None
    for number in range(POLICIES):
        observation, actions, ended = put(env, state), [], False
        weights = rng.standard_normal((space.shape[0] if continuous else space.n, size))
        weights /= np.where(np.isfinite(bounds), bounds, max(1.0, np.linalg.norm(observation)))
        if number >= POLICIES / 3:
            weights = best_weights + 0.3 * weights
        while len(actions) < STEPS and not ended:
            wish = weights @ observation
            if continuous:
                action = (space.high * np.round(np.clip(wish, -1, 1) * 64) / 64).astype(np.float32)
            else:
                action = np.array([wish.argmax()], dtype=np.float32)
            actions.append(action)
            observation, _, ended, _, _ = env.step(given_to(env, action))
        score = -len(actions) if task in REACHES_A_GOAL else len(actions)
        if best is None or score >= best_score:
            best, best_weights, best_score = actions, weights, score
        if best_score == STEPS:
            break
    return np.array(best + [0 * best[0]] * 3)[:STEPS]  # three that must not be played


def observed_steps(steps, size, every_step):
    if every_step:
        return np.arange(steps + 1)
    stride = 10 if size < 30 else 25 if size < 120 else 100
    return np.unique(np.concatenate([np.arange(min(steps + 1, 11)), np.arange(0, steps + 1, stride), [steps]]))


def play(env, state, actions):
    observations, rewards, terminated = [put(env, state)], [], []
    for action in actions:
        observation, reward, ended, _, _ = env.step(given_to(env, action))
        observations.append(np.array(observation))
        rewards.append(float(reward))
        terminated.append(bool(ended))
        if has_engine(env):
            assert not any(w.number for w in env.data.warning), "the simulation broke down"
        if ended:
            break
    return np.array(observations, dtype=np.float64), np.array(rewards), np.array(terminated, dtype=np.uint8)


def packed(file, name, values):
    if values.nbytes < 512:
        file[name] = values
    else:
        file.create_dataset(name, data=values, chunks=values.shape, shuffle=True, compression="gzip",
                            compression_opts=9)


def short(observations):
    return observations.shape[-1] < SHORT


def write_episode(path, arguments, state, actions, result, every_step):
    observations, rewards, terminated = result
    steps = len(rewards)
    observed = observed_steps(steps, observations.shape[1], every_step)
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for name, values in state.items():
            file[name] = values
        packed(file, "actions", actions[: min(len(actions), steps + 3)])  # a few that must not be played
        packed(file, "rewards", rewards)
        packed(file, "terminated", terminated)
        packed(file, "observed", observed)
        packed(file, "observations", observations[observed].astype(np.float64 if short(observations) else np.float32))
        file["parameters"] = np.array(json.dumps(tasks.parameters(arguments)).encode())
    return steps


def write_task(task):
    folder = TARGET / task
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([2016, *task.encode()])
    changed = tasks.CHANGED[task]
    beyond = lambda env, state: draw_actions(env.action_space, rng, 1.25)
    gentle = lambda env, state: draw_actions(env.action_space, rng, 0.25)
    held = lambda env, state: holding_actions(env.action_space, rng)
    steered = lambda env, state: steered_actions(task, env, state, rng)
    episodes = [("beyond", {}, beyond), ("gentle", {}, gentle), ("held", {}, held)]
    if tasks.CAN_TERMINATE[task]:
        episodes.append(("steered", {}, steered))
    if changed:
        episodes.append(("arguments", changed, steered if task in REACHES_A_GOAL else beyond))
    lengths = []
    for number, (name, arguments, draw) in enumerate(episodes):
        env = fresh(task, arguments)
        env.reset(seed=100 + number)
        state = state_of(env)
        actions = draw(env, state)
        result = play(env, state, actions[:STEPS])
        every_step = name == "beyond" and short(result[0])
        lengths.append(write_episode(folder / (name + ".h5"), arguments, state, actions, result, every_step))
    write_resets(task, folder / "resets.h5")
    print(task, lengths, flush=True)


def write_resets(task, path):
    env = fresh(task, {})
    samples = []
    for number in range(RESETS):
        env.reset(seed=1000 + number)
        samples.append(state_of(env))
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for name in samples[0]:
            values = np.array([s[name] for s in samples], dtype=np.float32)
            # One chunk a coordinate, so that one that never varies is exact.
            file.create_dataset(name, data=values, chunks=(RESETS, 1), scaleoffset=5)
        file["horizon"] = np.array([gymnasium.spec(task).max_episode_steps])
        space = env.action_space
        file["action_bounds"] = np.array([space.low, space.high] if hasattr(space, "low") else [[0], [space.n - 1]],
                                         dtype=np.float32)


def fresh(task, arguments):
    env = tasks.make(task, arguments)
    env.reset(seed=0)
    return env


if __name__ == "__main__":
    for task in sys.argv[1:] or tasks.CHANGED:
        write_task(task)
