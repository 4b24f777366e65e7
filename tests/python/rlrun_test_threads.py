"""A module that starts a thread when it is imported, without which its task does not work."""

import queue
import threading

import gymnasium
import numpy as np
from rlrun_test_tasks import Walk

work, done = queue.Queue(), queue.Queue()


def double():
    while True:
        done.put(2 * work.get())


threading.Thread(target=double, daemon=True).start()


class Threaded(Walk):
    def step(self, action):
        work.put(action)
        return super().step(done.get(timeout=10))


gymnasium.register("rlrun_test/Threaded-v0", entry_point=Threaded, max_episode_steps=20)
