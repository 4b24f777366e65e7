"""The first part of the Python side: what the experiment names is imported, and tasks are made of it.

CMakeLists.txt puts making.py, spaces.py and serve.py together, one program in this order.
"""

import importlib
import json
import os
import sys
import traceback


class UserError(Exception):
    """A mistake in what the experiment says. One line."""


def last_line(error):
    """ "ValueError: too hot (oven.py, line 12, in step)"."""
    text = " ".join("".join(traceback.format_exception_only(type(error), error)).split())
    frames = traceback.extract_tb(error.__traceback__)
    if frames and frames[-1].filename != "<string>":
        place = frames[-1]
        text += f" ({os.path.basename(place.filename)}, line {place.lineno}, in {place.name})"
    return text


def import_gymnasium():
    try:
        import gymnasium
    except ImportError as error:
        raise UserError(
            f"{sys.executable} cannot import Gymnasium ({last_line(error)}): install it with "
            f"'{sys.executable} -m pip install gymnasium', or name another interpreter with the "
            "parameter 'python' or in RLRUN_PYTHON"
        ) from None
    if int(gymnasium.__version__.split(".")[0]) < 1:
        raise UserError(
            f"{sys.executable} has Gymnasium {gymnasium.__version__}, and 1.0 or newer is needed: "
            f"'{sys.executable} -m pip install --upgrade gymnasium'"
        )
    return gymnasium


def import_named(parameter, name):
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise UserError(
            f"{parameter}: '{name}' cannot be imported: {last_line(error)}; PYTHONPATH says where "
            "Python looks besides its own packages and the working folder"
        ) from error


def wrapper_class(name):
    module, colon, wrapper = name.partition(":")
    if not colon:
        raise UserError(f"wrappers: '{name}' is not of the form module:Class")
    found = getattr(import_named("wrappers", module), wrapper, None)
    if found is None:
        raise UserError(f"wrappers: module '{module}' has no '{wrapper}'")
    return found


def without_time_limits(gymnasium, env):
    """The environment without its TimeLimit wrappers, and the shortest of their limits or None."""
    limits = []

    def inside(env):
        while isinstance(env, gymnasium.wrappers.TimeLimit):
            limits.append(env._max_episode_steps)
            env = env.env
        return env

    env = inside(env)
    layer = env
    while isinstance(layer, gymnasium.Wrapper):
        layer.env = inside(layer.env)
        layer = layer.env
    return env, min(limits, default=None)


def task_maker(name, kwargs, module, wrappers):
    """Imports all that the task needs. Returns a function that makes one and its time limit."""
    gymnasium = import_gymnasium()
    if module:
        import_named("module", module)
    classes = [wrapper_class(wrapper) for wrapper in wrappers.split()]
    try:
        creator = gymnasium.spec(name).entry_point
        if not callable(creator):
            creator = gymnasium.envs.registration.load_env_creator(creator)
    except gymnasium.error.Error as error:
        raise UserError(
            f"id: {error} Tasks that a package or a file of yours registers are known once it is "
            "imported: name it with 'module'"
        ) from None
    except Exception as error:
        raise UserError(f"id: '{name}' cannot be loaded: {last_line(error)}") from error
    settings = {"disable_env_checker": True}
    if "rgb_array" in (getattr(creator, "metadata", None) or {}).get("render_modes", ()):
        settings["render_mode"] = "rgb_array"
    settings.update(json.loads(kwargs))

    def make():
        try:
            env = gymnasium.make(name, **settings)
            for wrap in classes:
                env = wrap(env)
        except Exception as error:
            traceback.print_exc()
            raise UserError(f"{name} cannot be made: {last_line(error)}") from error
        return without_time_limits(gymnasium, env)

    return make
