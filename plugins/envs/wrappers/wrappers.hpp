#pragma once
// All of them.

#include "action_repeat.hpp"
#include "clip_actions.hpp"
#include "frame_stack.hpp"
#include "last_step.hpp"
#include "limited_sensors.hpp"
#include "noise_and_delay.hpp"
#include "observation_subset.hpp"
#include "reward_scale.hpp"
#include "sparse_reward.hpp"
#include "sticky_actions.hpp"
#include "system_identification.hpp"
#include "time_observation.hpp"
