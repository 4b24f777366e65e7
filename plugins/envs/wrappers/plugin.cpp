#include "wrappers.hpp"

namespace rlrun::wrappers {
namespace {

void register_wrappers(Registry& registry) {
  constexpr const char* kDuan =
      "Y. Duan et al., \"Benchmarking Deep Reinforcement Learning for Continuous Control\", ICML "
      "2016";
  registry.add(
      wrapper<LimitedSensors>("limited_sensors", "Only positions are seen, not velocities", kDuan));
  registry.add(wrapper<NoiseAndDelay>("noise_and_delay",
                                      "Observations are noisy, and actions come late", kDuan));
  registry.add(wrapper<SystemIdentification>(
      "system_identification", "Each episode has other lengths and masses, unseen", kDuan));
  registry.add(
      wrapper<ObservationSubset>("observation_subset", "Some entries of the observation", "none"));
  registry.add(wrapper<LastStep>("last_step", "The last action and reward in the observation",
                                 "Duan et al. 2016; Kapturowski et al. 2019"));
  registry.add(
      wrapper<FrameStack>("frame_stack", "The last few observations as one", "Mnih et al. 2015"));
  registry.add(wrapper<TimeObservation>("time_observation", "The time in the observation",
                                        "Pardo et al. 2018"));
  registry.add(wrapper<ClipActions>("clip_actions",
                                    "Actions in their box before a reward sees them",
                                    "ClipAction of Gymnasium, gymnasium.farama.org"));
  registry.add(
      wrapper<ActionRepeat>("action_repeat", "Each action for several steps", "Mnih et al. 2015"));
  registry.add(wrapper<StickyActions>("sticky_actions", "An action may be done once more",
                                      "Machado et al. 2018"));
  registry.add(wrapper<RewardScale>("reward_scale", "Rewards times a number", "none"));
  registry.add(
      wrapper<SparseReward>("sparse_reward", "Rewards in one sum, late", "Oh et al. 2018"));
}

}  // namespace
}  // namespace rlrun::wrappers

RLRUN_PLUGIN("wrappers", "1.0.0",
             "wrapper:limited_sensors wrapper:noise_and_delay wrapper:system_identification "
             "wrapper:observation_subset wrapper:last_step wrapper:frame_stack "
             "wrapper:time_observation wrapper:clip_actions wrapper:action_repeat "
             "wrapper:sticky_actions wrapper:reward_scale wrapper:sparse_reward",
             rlrun::wrappers::register_wrappers)
