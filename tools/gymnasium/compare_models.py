"""Compares rlrun's MuJoCo models with Gymnasium's: every number of the compiled models must be equal.

    tools/gymnasium/run compare_models.py

Left out: names, pictures (colours, materials, cameras, lights), sizes of memory, text and numbers that
Gymnasium's own code does not read, and the flags that switch off what has nothing to do.
"""

import pathlib
import re
import sys

import mujoco
import numpy as np

import tasks

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "plugins" / "envs"
MODELS = {
    "HalfCheetah-v5": ("half_cheetah", {}),
    "Hopper-v5": ("hopper", {}),
    "Walker2d-v4": ("walker2d", {"right_sole": "0.9"}),
    "Walker2d-v5": ("walker2d", {"right_sole": "1.9"}),
    "Swimmer-v5": ("swimmer", {}),
    "Ant-v5": ("ant", {}),
    "Humanoid-v5": ("humanoid", {}),
    "HumanoidStandup-v5": ("humanoid_standup", {}),
    "Reacher-v5": ("reacher", {}),
    "Pusher-v5": ("pusher", {}),
    "InvertedPendulum-v5": ("inverted_pendulum", {}),
    "InvertedDoublePendulum-v5": ("inverted_double_pendulum", {}),
}
IGNORED = re.compile(r"^(names|name_|.*adr$|n(names|names_map|paths|key|text|numeric|tex|mat|cam|light|user|buffer|arena)"
                     r"|nuser_|narena|nbuffer|nM$|.*_user$|cam_|light_|mat_|tex_|key_|text_|numeric_|.*_rgba$|.*_matid$"
                     r"|paths|skybox|signature|.*_group$|vis_|stat_|ncam$|nlight$|nmat$|ntex|site_size$)")


def texts_of(path):
    """The raw strings of a source file, in its order."""
    return re.findall(r'R"\((.*?)\)"', path.read_text(), re.S)


def ours(name, settings):
    models = SOURCE / "gym_mujoco" / "models"
    [xml] = texts_of(models / (name + ".cpp"))
    [visuals] = texts_of(SOURCE / "mujoco" / "visuals.cpp")
    parts, arms = texts_of(models / "humanoid_parts.cpp")
    for key, value in {"visuals": visuals, "parts": parts, "arms": arms, **settings}.items():
        xml = xml.replace("$" + key, value)
    return mujoco.MjModel.from_xml_string(xml)


def numbers(model):
    """All arrays and scalars of a model and its options by name."""
    for prefix, part in (("", model), ("opt_", model.opt)):
        for name in dir(part):
            if name.startswith("_"):
                continue
            value = getattr(part, name)
            if isinstance(value, (int, float, np.ndarray)) and not IGNORED.match(prefix + name):
                yield prefix + name, np.array(value)


def differences(a, b):
    theirs = dict(numbers(b))
    for name, value in numbers(a):
        if name == "opt_disableflags":
            value = value & ~int(mujoco.mjtDisableBit.mjDSBL_CONTACT)
        other = theirs[name]
        if value.shape != other.shape:
            yield f"{name}: shape {value.shape}, Gymnasium {other.shape}"
        elif not np.array_equal(value, other):
            yield f"{name}: differs by up to {np.abs(value - other).max():.3g}"


def contacts_possible(model):
    kind, fits = model.geom_contype, model.geom_conaffinity
    return bool(((kind[:, None] & fits[None, :]) != 0).any())


if __name__ == "__main__":
    failed = False
    for task, (name, settings) in MODELS.items():
        own = ours(name, settings)
        found = list(differences(own, tasks.make(task, {}).model))
        off = own.opt.disableflags & mujoco.mjtDisableBit.mjDSBL_CONTACT
        if off and contacts_possible(own):
            found.append("contacts are off although geoms can touch")
        print(f"{task}: {'equal' if not found else ''}", flush=True)
        for line in found:
            print("   ", line)
        failed = failed or bool(found)
    sys.exit(1 if failed else 0)
