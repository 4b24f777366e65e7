"""The last part of the Python side: tasks and their processes.

    python -c MAKING-SPACES-SERVE ID KWARGS MODULE WRAPPERS

Imports what the task needs, says so on the socket that is descriptor 3, and from then on makes one
process, a copy of itself, for each task that it is asked for. A task is talked to over two pipes, one
byte for each request and each answer; observations, actions, reward and seed lie in memory that both
sides see. What the bytes mean is said once more in task_process.hpp and task.cpp.

Whoever reads the end of a file here ends: nothing outlives the program that started it.
"""

import ctypes
import os
import random
import signal
import socket
import struct
import sys
import traceback

CONTROL = 3
STEP, RESET, RENDER = b"s", b"r", b"p"
DONE, PAYLOAD, TASK_FAILED, USER_ERROR = b"d", b"l", b"t", b"u"
HEAD = 64  # bytes: reward (double), flags, seed (whole numbers of 8 bytes)
RUNS_ALONE = "RLRUN_GYMNASIUM_TASK"  # the descriptors of a task that is no copy


def die_with_parent(parent):
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)  # it died before the line above


# A task in its process.


def send(answer, kind, payload):
    message = kind + struct.pack("=Q", len(payload)) + payload
    while message:
        message = message[os.write(answer, message) :]


def picture(env):
    import numpy as np

    frame = env.render()
    if isinstance(frame, list):
        frame = frame[-1]
    frame = np.ascontiguousarray(frame, dtype=np.uint8)
    return struct.pack("=II", frame.shape[1], frame.shape[0]) + frame[..., :3].tobytes()


def play(make, request, answer, memory):
    """Serves one task until its pipe is closed."""
    import mmap

    import numpy as np

    env, limit = make()
    seen, done = observation_of(env.observation_space), action_of(env.action_space)
    actions_at = HEAD + (4 * seen.size + 63) // 64 * 64
    os.ftruncate(memory, actions_at + 4 * done.size)
    shared = mmap.mmap(memory, 0)
    os.close(memory)
    head = memoryview(shared)[:HEAD]
    numbers, words = head.cast("d"), head.cast("Q")
    observe = seen.writer(np.frombuffer(shared, np.float32, seen.size, HEAD))
    actions = np.frombuffer(shared, np.float32, done.size, actions_at)

    renders = env.render_mode == "rgb_array"
    seconds = 1 / (env.metadata.get("render_fps") or 30)
    facts = struct.pack("=q?d", limit or 0, renders, seconds)
    send(answer, PAYLOAD, facts + packed(seen) + packed(done))

    step, read, wait = env.step, done.read, os.read
    while True:
        what = wait(request, 1)
        if what == STEP:
            observation, reward, terminated, truncated, _ = step(read(actions))
            observe(observation)
            numbers[0] = reward
            words[1] = (1 if terminated else 0) + (2 if truncated else 0)
            os.write(answer, DONE)
        elif what == RESET:
            seed = words[2]
            # For tasks that draw from where they should not.
            random.seed(seed)
            np.random.seed(seed)
            observe(env.reset(seed=seed)[0])
            os.write(answer, DONE)
        elif what == RENDER:
            send(answer, PAYLOAD, picture(env))
        else:
            env.close()
            return


def run_task(make, request, answer, memory):
    try:
        play(make, request, answer, memory)
    except BrokenPipeError:
        pass  # nobody waits for the answer any more
    except UserError as error:
        send(answer, USER_ERROR, str(error).encode())
    except BaseException as error:
        traceback.print_exc()
        send(answer, TASK_FAILED, last_line(error).encode())


def be_the_task(make, parent, control, descriptors, several_threads):
    die_with_parent(parent)
    control.close()
    if several_threads:
        # A copy would lack the threads that were started by what was imported.
        for descriptor in descriptors:
            os.set_inheritable(descriptor, True)
        os.environ[RUNS_ALONE] = " ".join(map(str, descriptors))
        os.execv(sys.executable, sys.orig_argv)
    run_task(make, *descriptors)


def serve(control, make):
    """Makes tasks until the socket is closed."""
    several_threads = len(os.listdir("/proc/self/task")) > 1
    endings = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 3)
        if not message:
            break
        what, argument = struct.unpack("=cq", message)
        if what == b"n":
            parent, pid = os.getpid(), os.fork()
            if pid == 0:
                code = 1
                try:
                    be_the_task(make, parent, control, descriptors, several_threads)
                    code = 0
                finally:
                    os._exit(code)
            for descriptor in descriptors:
                os.close(descriptor)
            control.send(struct.pack("=q", pid))
        else:  # how a process ended
            if argument not in endings:
                endings[argument] = os.waitpid(argument, 0)[1]
            control.send(struct.pack("=q", endings[argument]))
    # Tasks have the end of their pipe to read, and a moment to close what they hold.
    signal.alarm(2)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def main():
    name, kwargs, module, wrappers = sys.argv[1:]
    alone = os.environ.pop(RUNS_ALONE, None)
    if alone is not None:
        run_task(task_maker(name, kwargs, module, wrappers), *map(int, alone.split()))
        return
    control = socket.socket(fileno=CONTROL)
    os.set_inheritable(CONTROL, False)
    try:
        make = task_maker(name, kwargs, module, wrappers)
    except UserError as error:
        control.send(USER_ERROR + str(error).encode())
        return
    control.send(DONE)
    serve(control, make)


main()
