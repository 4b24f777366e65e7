// The cross-entropy method in parameter space, with decreasing extra noise.
//
//   I. Szita and A. Lorincz, "Learning Tetris Using the Noisy Cross-Entropy Method", Neural
//   Computation 18(12), 2006,
//   in the form of Y. Duan et al., "Benchmarking Deep Reinforcement Learning for Continuous
//   Control", ICML 2016.
//
// As in the code of Duan et al.:
//   - a candidate is scored by the discounted return of one episode of the stochastic policy, whose
//     log standard deviations are searched with the rest;
//   - the extra noise widens the distribution that is sampled, and not the one that is fitted; its
//     variance falls linearly to zero over `extra_decay` iterations;
//   - candidates are drawn until their steps fill the budget, while the number of elites is that of
//     a population of the nominal size.
// Deviation: the policy that is stored is the mean of the distribution, not the best candidate.
//
//   paper   here         meaning
//   mu      mean_        mean of the search distribution
//   sigma   std_         its standard deviation in each coordinate
//   Z_t     extra_std    extra noise: Z_t = extra_std^2 max(1 - t / extra_decay, 0)
//   N       population   nominal number of candidates
//   rho     elite_fraction

#include <algorithm>
#include <cmath>
#include <vector>

#include "rlrun/math/normals.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

/// The best candidates so far, so that thousands of them need not be kept.
class Elites {
 public:
  void reset(Index n_params, Index count) {
    thetas_.resize(n_params, count);
    heap_.clear();
  }

  /// Of equal scores the one that was offered first stays.
  void offer(VectorFIn theta, double score) {
    Entry entry{score, static_cast<Index>(heap_.size())};
    if (entry.column == thetas_.cols()) {
      if (!(score > worst())) return;
      std::pop_heap(heap_.begin(), heap_.end(), better);
      entry.column = heap_.back().column;
      heap_.pop_back();
    }
    thetas_.col(entry.column) = theta;
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), better);
  }

  [[nodiscard]] bool empty() const { return heap_.empty(); }
  [[nodiscard]] double worst() const { return heap_.front().score; }
  [[nodiscard]] double best() const {
    return std::min_element(heap_.begin(), heap_.end(), better)->score;
  }
  [[nodiscard]] Matrix thetas() const {
    return thetas_.leftCols(static_cast<Index>(heap_.size())).cast<double>();
  }

 private:
  struct Entry {
    double score;
    Index column;
  };
  static bool better(const Entry& a, const Entry& b) { return a.score > b.score; }

  MatrixF thetas_;
  std::vector<Entry> heap_;  // the worst on top
};

class Cem final : public Algorithm {
 public:
  using PolicyType = Policy;
  static constexpr bool kTrainsMemory = true;
  static constexpr bool kNormalizes = true;

  struct Params {
    std::int64_t population = 100;
    double elite_fraction = 0.05;
    double initial_std = 1;
    double extra_std = 0.1;
    std::int64_t extra_decay = 100;
    std::int64_t batch_steps = 50'000;
    double discount = 0.99;

    void fields(Fields& f) {
      f("population", population, "Candidates drawn at a time.", at_least(1));
      f("elite_fraction", elite_fraction,
        "Share of the population that refits the distribution (rho), rounded down, at least one.",
        between(0, 1));
      f("initial_std", initial_std, "Standard deviation at the start, in every coordinate.",
        more_than(0));
      f("extra_std", extra_std, "Standard deviation of the extra noise at the start.", at_least(0));
      f("extra_decay", extra_decay, "Iterations until the extra noise is gone.", at_least(1));
      f("batch_steps", batch_steps,
        "Candidates are drawn until they have played so many steps; 0: one population.",
        at_least(0));
      f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  Cem(const Params& params, std::unique_ptr<Policy> policy, const EnvSpec& /*spec*/, Rng /*rng*/)
      : p_(params),
        policy_(std::move(policy)),
        normalization_(*policy_),
        mean_(policy_->params().head(policy_->n_learned()).cast<double>()),
        std_(Vector::Constant(mean_.size(), p_.initial_std)) {}

  void iterate(Iteration& it) override {
    // sampling variance = sigma^2 + Z_t
    const double left =
        std::max(0.0, 1 - static_cast<double>(it.index) / static_cast<double>(p_.extra_decay));
    const Vector sampling_std = (std_.array().square() + p_.extra_std * p_.extra_std * left).sqrt();

    // theta_i ~ N(mu, diag(sampling variance)), scored by one episode each
    elites_.reset(mean_.size(), elite_count(p_));
    Index steps = 0, candidates = 0, failed = 0;
    Moments seen(policy_->normalization_size() / 2);
    const Index wanted = it.steps_left.batch(p_.batch_steps);
    for (Index wave = p_.population; wave > 0; wave = next_wave(wanted, steps, candidates)) {
      draw(sampling_std, wave, candidates, it.rng.fork("candidates"));
      const Evaluation evaluation = it.sampler.evaluate(*policy_, thetas_, 1, p_.discount);
      for (Index i = 0; i < wave; ++i)
        if (evaluation.failed[std::size_t(i)] == 0)
          elites_.offer(thetas_.col(i).head(mean_.size()), evaluation.discounted_returns(i));
      seen.add(evaluation.observations);
      steps += evaluation.steps;
      failed += evaluation.n_failed();
      candidates += wave;
    }

    if (elites_.empty())
      throw TrialError(
          "cem: no candidate has a score: each broke the simulation or led to a number that is not "
          "finite");

    // mu, sigma^2 <- mean and (maximum likelihood) variance of the elites
    const Matrix elite = elites_.thetas();
    mean_ = elite.rowwise().mean();
    std_ = (elite.colwise() - mean_).array().square().rowwise().mean().sqrt();
    VectorF params = policy_->params();
    params.head(mean_.size()) = mean_.cast<float>();
    policy_->set_params(params);
    // Shift and scale are not searched: the next candidates share what these have seen.
    normalization_.update(seen);

    it.metrics["candidates"] = static_cast<double>(candidates);
    if (failed > 0) it.metrics["failed_candidates"] = static_cast<double>(failed);
    it.metrics["elite_score_min"] = elites_.worst();
    it.metrics["elite_score_max"] = elites_.best();
    it.metrics["search_std"] = std_.mean();
  }

  static Index elite_count(const Params& p) {
    // The small number keeps 0.29 * 100 from becoming 28.
    return std::max<Index>(
        1, static_cast<Index>(p.elite_fraction * static_cast<double>(p.population) + 1e-9));
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }
  [[nodiscard]] const Vector& mean() const { return mean_; }
  [[nodiscard]] const Vector& std() const { return std_; }

  void state(Archive& archive) override {
    archive("mean", mean_);
    archive("std", std_);
    VectorF params = policy_->params();
    archive("policy", params);
    if (archive.restoring()) policy_->set_params(params);
    normalization_.state(archive);
  }

 private:
  // Every candidate has its own stream, so that the threads may share the work.
  void draw(const Vector& sampling_std, Index wave, Index first, const Rng& rng) {
    thetas_ = policy_->params().replicate(1, wave);
    parallel_for(wave, [&](Index i) {
      Rng stream = rng.fork(static_cast<std::uint64_t>(first + i));
      auto theta = thetas_.col(i).head(mean_.size());
      fill_standard_normal(stream, theta);
      theta = (mean_.array() + sampling_std.array() * theta.array().cast<double>()).cast<float>();
    });
  }

  // How many more candidates the budget asks for, judged by the length of the episodes so far; at
  // most one population at a time. Small waves at the end keep the excess small.
  [[nodiscard]] Index next_wave(Index wanted_steps, Index steps, Index candidates) const {
    constexpr Index kSmallest = 4;
    const Index left = wanted_steps - steps;
    if (left <= 0) return 0;
    const double length =
        std::max(1.0, static_cast<double>(steps) / static_cast<double>(candidates));
    const auto wanted = static_cast<Index>(std::ceil(static_cast<double>(left) / length));
    return std::clamp<Index>(wanted, std::min<Index>(kSmallest, p_.population), p_.population);
  }

  Params p_;
  std::unique_ptr<Policy> policy_;
  Normalization normalization_;
  Vector mean_, std_;
  Elites elites_;
  MatrixF thetas_;  // (n_params, wave)
};

inline void register_cem(Registry& registry) {
  registry.add(algorithm<Cem>("cem", "Cross-entropy method with extra noise",
                              "Szita and Lorincz 2006; Duan et al. 2016", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("cem", "1.0.0", "algorithm:cem", rlrun::algorithms::register_cem)
