"""Tasks in a user's own module, each with one habit that the plugin `gymnasium` must get along with."""

import os
import random
import signal
import time

import gymnasium
import numpy as np
from gymnasium import spaces


class Walk(gymnasium.Env):
    """Walks to the right at the pace of its action; all that others change is a method."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
    observation_space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    action_space = spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, render_mode=None, pace=1.0, **habits):
        self.render_mode, self.pace = render_mode, pace
        for name, value in habits.items():
            setattr(self, name, value)

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.x, self.t, self.gear = self.np_random.uniform(), 0, 0
        return self.seen(), {}

    def step(self, action):
        self.x += self.pace * float(np.sum(action))
        self.t += 1
        return self.seen(), self.x, False, False, {}

    def seen(self):
        return np.array([self.x, self.t])

    def render(self):
        picture = np.zeros((20, 40, 3), np.uint8)
        picture[:, : 1 + self.t % 40] = (10, 20, 30)
        return picture


class Raises(Walk):
    at = 5

    def step(self, action):
        if self.t == self.at:
            raise ValueError("the shoe\nis untied")
        return super().step(action)


class Dies(Walk):
    def step(self, action):
        if self.t == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().step(action)


class Exits(Walk):
    def step(self, action):
        if self.t == 5:
            raise SystemExit(3)
        return super().step(action)


class Hangs(Walk):
    def step(self, action):
        if self.t == 5:
            while True:
                time.sleep(1)
        return super().step(action)


class GivesUp(Walk):
    """Truncates after 4 steps, terminates at x > 3."""

    def step(self, action):
        seen, reward, _, _, info = super().step(action)
        return seen, reward, self.x > 3, self.t == 4, info


class FromTheClock(Walk):
    def reset(self, seed=None, options=None):
        return super().reset(seed=int.from_bytes(os.urandom(4), "little"))


class FromGlobals(Walk):
    """Draws from the generators of the modules, which it does not seed, and from the order of a set."""

    def step(self, action):
        seen, reward, *rest = super().step(action)
        return seen, reward + random.random() + np.random.random() + hash("rlrun") % 100, *rest


class WrongShape(Walk):
    def seen(self):
        return np.array([self.x])


class Speaks(Walk):
    def step(self, action):
        print("a step")
        return super().step(action)


class Nested(Walk):
    observation_space = spaces.Dict(
        b=spaces.Tuple([spaces.Discrete(3, start=1), spaces.Box(0, 1, (2, 2))]), a=spaces.Box(-1, 1, (1,))
    )
    action_space = spaces.Dict(
        push=spaces.Box(-1, 1, (2,)), turns=spaces.Tuple([spaces.Box(-2, 2, (1,)), spaces.Box(0, 3, (), np.int64)])
    )

    def step(self, action):
        push, (turn, gear) = action["push"], action["turns"]
        assert push.shape == (2,) and turn.shape == (1,) and gear.shape == () and gear.dtype == np.int64
        self.gear = gear
        return super().step(np.concatenate([push, turn]))

    def seen(self):
        return {"a": np.array([self.t / 100], np.float32), "b": (1 + self.t % 3, np.full((2, 2), 0.25 * self.gear, np.float32))}


class Choosy(Walk):
    """Sees one choice that starts at 5, acts on several."""

    observation_space = spaces.Discrete(4, start=5)
    action_space = spaces.Tuple([spaces.Discrete(3, start=-1), spaces.MultiBinary(2), spaces.MultiDiscrete([2, 4])])

    def step(self, action):
        one, bits, several = action
        assert self.action_space.contains(action), action
        self.sum = int(one) + 10 * int(bits.sum()) + 100 * int(several.sum())
        return *super().step([0.0])[:1], float(self.sum), False, False, {}

    def seen(self):
        return 5 + self.t % 4


class Camera(Walk):
    observation_space = spaces.Box(0, 255, (4, 6, 3), np.uint8)

    def seen(self):
        picture = np.zeros((4, 6, 3), np.uint8)
        picture[self.t % 4, 1, 2] = 255
        return picture


class Talks(Walk):
    observation_space = spaces.Dict(words=spaces.Text(10), x=spaces.Box(-1, 1, (1,)))


class Louder(gymnasium.RewardWrapper):
    def reward(self, reward):
        return 10 * reward


for name, task in list(globals().items()):
    if isinstance(task, type) and issubclass(task, Walk):
        gymnasium.register(f"rlrun_test/{name}-v0", entry_point=task, max_episode_steps=20)
gymnasium.register("rlrun_test/Endless-v0", entry_point=Walk)
