#pragma once
// Returns and advantages of one stretch of steps.

#include "rlrun/types.hpp"

namespace rlrun {

/// G_t = r_t + discount * G_{t+1}, with G_T = bootstrap; (T).
RLRUN_API Vector discounted_returns(VectorIn rewards, double discount, double bootstrap = 0);

/// Generalised advantage estimates (Schulman et al., "High-Dimensional Continuous Control Using
/// Generalized Advantage Estimation", ICLR 2016), (T):
///
///     delta_t = r_t + g_t V_{t+1} - V_t,   A_t = delta_t + g_t lambda A_{t+1},   A_T = 0.
///
/// `values` is (T + 1); its last entry is the value that the stretch is bootstrapped with, 0 if the
/// task ended there. `discounts` is (T): g_t is 0 where the task ended with step t, so that one
/// stretch may hold several episodes. A + V is the lambda-return.
RLRUN_API Vector gae(VectorIn rewards, VectorIn values, VectorIn discounts, double lambda);
/// The same with one discount for all steps.
RLRUN_API Vector gae(VectorIn rewards, VectorIn values, double discount, double lambda);

}  // namespace rlrun
