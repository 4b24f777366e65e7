#pragma once
// The distributions that the shipped policies have.

#include <memory>
#include <vector>

#include "rlrun/action_distribution.hpp"

namespace rlrun {

/// a ~ N(m, diag(exp(l)^2)): means m from the network, log standard deviations l shared, which count
/// as log(1e-6) where they are less (Duan et al. 2016). Rows: means, log standard deviations.
class RLRUN_API Gaussian final : public ActionDistribution {
 public:
  explicit Gaussian(Index action_dim) : m_(action_dim) {}

  [[nodiscard]] Index action_dim() const override { return m_; }
  [[nodiscard]] Index n_outputs() const override { return m_; }
  [[nodiscard]] Index n_shared() const override { return m_; }
  [[nodiscard]] VectorF shared(VectorFIn params) const override;
  [[nodiscard]] bool is_learned(float shared_param) const override;
  [[nodiscard]] VectorF prepared(VectorFIn shared) const override;
  void sample(ActMode mode, MatrixFIn outputs, VectorFIn prepared, std::span<Rng> streams,
              MatrixFOut actions) const override;
  void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                      Workspace& workspace) const override;
  [[nodiscard]] double mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const override;
  [[nodiscard]] double mean_entropy(MatrixFIn distribution) const override;
  void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                             MatrixFOut gradient, Workspace& workspace) const override;
  void add_entropy_gradient(MatrixFIn distribution, double weight,
                            MatrixFOut gradient) const override;
  void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                       MatrixFOut gradient, Workspace& workspace) const override;
  [[nodiscard]] std::unique_ptr<Metric> metric(MatrixFIn distribution) const override;

 private:
  Index m_;
};

/// Several choices at once, independent of each other: entry k of the action is i with probability
/// softmax(x_k)_i. Rows: the logits of the first choice, of the second, ... One choice is the case of
/// Discrete actions.
class RLRUN_API Categorical final : public ActionDistribution {
 public:
  /// How many there are to choose from, for each entry of the action.
  explicit Categorical(std::vector<Index> n_choices);

  [[nodiscard]] Index action_dim() const override { return static_cast<Index>(n_choices_.size()); }
  [[nodiscard]] Index n_outputs() const override { return n_outputs_; }
  void sample(ActMode mode, MatrixFIn outputs, VectorFIn prepared, std::span<Rng> streams,
              MatrixFOut actions) const override;
  void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                      Workspace& workspace) const override;
  [[nodiscard]] double mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const override;
  [[nodiscard]] double mean_entropy(MatrixFIn distribution) const override;
  void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                             MatrixFOut gradient, Workspace& workspace) const override;
  void add_entropy_gradient(MatrixFIn distribution, double weight,
                            MatrixFOut gradient) const override;
  void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                       MatrixFOut gradient, Workspace& workspace) const override;
  [[nodiscard]] std::unique_ptr<Metric> metric(MatrixFIn distribution) const override;

 private:
  // Calls f(entry, first row of its logits, number of them).
  template <class F>
  void for_each_choice(const F& f) const {
    Index first = 0;
    for (Index k = 0; k < action_dim(); first += n_choices_[std::size_t(k)], ++k)
      f(k, first, n_choices_[std::size_t(k)]);
  }

  std::vector<Index> n_choices_;
  Index n_outputs_;
};

}  // namespace rlrun
