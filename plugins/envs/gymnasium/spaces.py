"""The second part of the Python side: what a task sees and does as floats."""

import struct

class Choices:
    """A leaf of choices: Discrete, MultiDiscrete or MultiBinary."""

    def __init__(self, space):
        import numpy as np
        from gymnasium import spaces

        self.shape, self.dtype = space.shape, space.dtype
        if isinstance(space, spaces.Discrete):
            self.n, self.start = [int(space.n)], int(space.start)
            # What sample() gives; a table because a step asks for one each time.
            self.table = [self.dtype.type(self.start + i) for i in range(self.n[0])]
        elif isinstance(space, spaces.MultiBinary):
            self.n, self.start = [2] * int(np.prod(space.shape)), 0
        else:
            self.n = [int(n) for n in space.nvec.reshape(-1)]
            self.start = getattr(space, "start", np.zeros(space.shape, space.dtype))
        self.single = isinstance(space, spaces.Discrete)
        self.size = len(self.n)

    def read(self, floats):
        if self.single:
            return self.table[int(floats[0])]
        return (floats.reshape(self.shape) + self.start).astype(self.dtype)

    def writer(self, floats):
        shaped, start = floats.reshape(self.shape or (1,)), self.start

        def write(value):
            shaped[...] = value - start

        return write


class Numbers:
    """A leaf of numbers: a Box."""

    def __init__(self, space):
        import numpy as np

        self.space, self.shape, self.dtype = space, space.shape, space.dtype
        self.low, self.high = space.low.reshape(-1), space.high.reshape(-1)
        self.size = self.low.size
        self.whole = np.issubdtype(self.dtype, np.integer)
        self.bytes = self.dtype == np.uint8

    def read(self, floats):
        import numpy as np

        floats = floats.reshape(self.shape)
        return (np.rint(floats) if self.whole else floats).astype(self.dtype)

    def writer(self, floats):
        import numpy as np

        shape, shaped = self.shape, floats.reshape(self.shape)

        def write(value):
            if getattr(value, "shape", None) != shape:
                value = np.asarray(value)
                if value.shape != shape:  # NumPy would repeat it until it fits
                    raise ValueError(f"the observation has shape {value.shape}, its space {shape}")
            shaped[...] = value

        return write


def is_choices(space):
    from gymnasium import spaces

    return isinstance(space, (spaces.Discrete, spaces.MultiDiscrete, spaces.MultiBinary))


def leaf(space, where):
    from gymnasium import spaces

    if is_choices(space):
        return Choices(space)
    if isinstance(space, spaces.Box):
        return Numbers(space)
    raise UserError(
        f"{where} is a {type(space).__name__}, and supported are Box, Discrete, MultiDiscrete, "
        "MultiBinary, and Dict and Tuple of them; a wrapper can make it one ('wrappers')"
    )


class Flattened(Numbers):
    """A Dict or Tuple that is observed, as gymnasium.spaces.utils.flatten has it."""

    def __init__(self, space):
        from gymnasium.spaces import utils

        self.whole_space, self.flatten = space, utils.flatten
        super().__init__(utils.flatten_space(space))

    def writer(self, floats):
        space, flatten = self.whole_space, self.flatten

        def write(value):
            floats[...] = flatten(space, value)

        return write


class Several:
    """A Dict or Tuple that is acted on: all numbers, or all choices, one after the other."""

    def __init__(self, space, where):
        import numpy as np

        self.parts, self.names = [], []
        for name, part in members(space):
            self.parts.append(action_of(part, f"{where}, '{name}',"))
            self.names.append(name)
        self.tuple = not hasattr(space, "keys")
        self.size = sum(part.size for part in self.parts)
        if all(hasattr(part, "n") for part in self.parts):
            self.n = [n for part in self.parts for n in part.n]
        elif not any(hasattr(part, "n") for part in self.parts):
            self.low = np.concatenate([part.low for part in self.parts])
            self.high = np.concatenate([part.high for part in self.parts])
            self.shape, self.bytes = (self.size,), False
        else:
            raise UserError(f"{where} mixes numbers and choices, which no policy gives")
        self.single = False

    def read(self, floats):
        values, at = [], 0
        for part in self.parts:
            values.append(part.read(floats[at : at + part.size]))
            at += part.size
        return tuple(values) if self.tuple else dict(zip(self.names, values))


def members(space):
    return list(space.items() if hasattr(space, "items") else enumerate(space))


def action_of(space, where="the action"):
    from gymnasium import spaces

    return Several(space, where) if isinstance(space, (spaces.Dict, spaces.Tuple)) else leaf(space, where)


def observation_of(space, where="the observation"):
    from gymnasium import spaces

    if not isinstance(space, (spaces.Dict, spaces.Tuple)):
        return leaf(space, where)

    def check(space, where):
        for name, part in members(space):
            inner = f"{where}, '{name}',"
            check(part, inner) if isinstance(part, (spaces.Dict, spaces.Tuple)) else leaf(part, inner)

    check(space, where)
    return Flattened(space)


def packed(leaf):
    """A space as task.cpp reads it."""
    import numpy as np

    if hasattr(leaf, "n"):
        kind = b"d" if leaf.single else b"m"
        return kind + struct.pack(f"=I{leaf.size}q", leaf.size, *leaf.n)
    shape = leaf.shape if len(leaf.shape) > 1 else ()
    with np.errstate(over="ignore"):  # a bound beyond the floats is none
        bounds = np.concatenate([leaf.low, leaf.high]).astype(np.float32).tobytes()
    head = struct.pack(f"=II{len(shape)}I?", leaf.size, len(shape), *shape, leaf.bytes)
    return b"b" + head + bounds
