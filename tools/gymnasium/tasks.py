"""The tasks of Gymnasium that rlrun has, and for each one call with all constructor arguments changed."""

import gymnasium

# Every argument that is not about pictures or files, with a value that is not its default. Values are
# chosen so that the random policy meets both sides of each bound.
_RUNNER = dict(forward_reward_weight=1.5, ctrl_cost_weight=0.3, reset_noise_scale=0.05,
               exclude_current_positions_from_observation=False)
_WALKING = dict(_RUNNER, healthy_reward=0.7, terminate_when_unhealthy=False,
                healthy_z_range=(0.5, 1.3), healthy_angle_range=(-0.4, 0.6))
_ANT = dict(ctrl_cost_weight=0.3, contact_cost_weight=0.01, healthy_reward=0.8,
            terminate_when_unhealthy=False, healthy_z_range=(0.3, 0.7), contact_force_range=(-0.5, 2.0),
            reset_noise_scale=0.05, exclude_current_positions_from_observation=False)
_HUMANOID = dict(forward_reward_weight=1.5, ctrl_cost_weight=0.3, healthy_reward=4.0,
                 terminate_when_unhealthy=False, healthy_z_range=(0.5, 1.2), reset_noise_scale=0.02,
                 exclude_current_positions_from_observation=False)
_INCLUDE = dict(include_cinert_in_observation=False, include_cvel_in_observation=False,
                include_qfrc_actuator_in_observation=False, include_cfrc_ext_in_observation=False)

CHANGED = {
    "HalfCheetah-v4": _RUNNER,
    "HalfCheetah-v5": dict(_RUNNER, frame_skip=3),
    "Hopper-v4": dict(_WALKING, healthy_state_range=(-3.0, 4.0)),
    "Hopper-v5": dict(_WALKING, healthy_state_range=(-3.0, 4.0), frame_skip=3),
    "Walker2d-v4": _WALKING,
    "Walker2d-v5": dict(_WALKING, frame_skip=3),
    "Swimmer-v4": _RUNNER,
    "Swimmer-v5": dict(_RUNNER, frame_skip=3),
    "Ant-v4": dict(_ANT, use_contact_forces=True),
    "Ant-v5": dict(_ANT, forward_reward_weight=1.5, main_body=4, frame_skip=3,
                   include_cfrc_ext_in_observation=False),
    "Humanoid-v4": _HUMANOID,
    "Humanoid-v5": dict(_HUMANOID, frame_skip=3, contact_cost_weight=1e-4, contact_cost_range=(0.5, 5.0),
                        **_INCLUDE),
    "HumanoidStandup-v4": {},
    "HumanoidStandup-v5": dict(uph_cost_weight=2.0, ctrl_cost_weight=0.3, impact_cost_weight=1e-4,
                               impact_cost_range=(0.5, 5.0), reset_noise_scale=0.02, frame_skip=3,
                               exclude_current_positions_from_observation=False, **_INCLUDE),
    "Reacher-v4": {},
    "Reacher-v5": dict(frame_skip=3, reward_dist_weight=2.5, reward_control_weight=0.3),
    "Pusher-v5": dict(frame_skip=3, reward_near_weight=0.7, reward_dist_weight=1.5,
                      reward_control_weight=0.3),
    "InvertedPendulum-v4": {},
    "InvertedPendulum-v5": dict(frame_skip=1, reset_noise_scale=0.05),
    "InvertedDoublePendulum-v4": {},
    "InvertedDoublePendulum-v5": dict(frame_skip=2, healthy_reward=7.0, reset_noise_scale=0.05),
    "CartPole-v1": dict(sutton_barto_reward=True),
    "Acrobot-v1": {},
    "Pendulum-v1": dict(g=7.5),
    "MountainCar-v0": dict(goal_velocity=0.02),
    "MountainCarContinuous-v0": dict(goal_velocity=0.02),
}

# Those whose episodes can end before the time limit.
CAN_TERMINATE = {task: not task.startswith(("HalfCheetah", "Swimmer", "HumanoidStandup", "Reacher", "Pusher-", "Pendulum"))
                 for task in CHANGED}


def make(task, arguments):
    """The task itself, without the time limit and the checks that Gymnasium puts around it."""
    return gymnasium.make(task, disable_env_checker=True, **arguments).unwrapped


def parameters(arguments):
    """The same in rlrun's names: a range is two parameters, and no bound is 1e300."""
    result = {}
    for name, value in arguments.items():
        if name.endswith("_range"):
            stem = name[: -len("_range")]
            result[stem + "_min"], result[stem + "_max"] = (max(-1e300, min(1e300, x)) for x in value)
        else:
            result[name] = value
    return result
