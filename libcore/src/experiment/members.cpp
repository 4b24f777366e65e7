#include "experiment/members.hpp"

#include <algorithm>
#include <set>

#include "experiment/settings.hpp"

namespace rlrun::experiment {
namespace {

constexpr std::int64_t kMaxInt = INT64_MAX;
constexpr std::int64_t kMaxBudget = 1'000'000'000'000'000;
constexpr std::int64_t kMaxEvaluationEpisodes = 100'000, kEvaluationEpisodes = 10;

}  // namespace

Budget read_budget(const Node& node) {
  node.check_keys(Part::kBudget);
  const auto iterations = node.find("iterations"), steps = node.find("steps");
  if (iterations.has_value() == steps.has_value())
    node.fail("a budget is either {\"iterations\": N} or {\"steps\": N}");
  if (iterations) return {.iterations = iterations->whole(1, kMaxBudget)};
  return {.steps = steps->whole(1, kMaxBudget)};
}

EvaluationPlan read_evaluation(const Node& node) {
  node.check_keys(Part::kEvaluation);
  const auto episodes = node.find("episodes");
  const EvaluationPlan plan{
      .every = node.at("every").whole(0, kMaxBudget),
      .episodes = episodes ? episodes->whole(1, kMaxEvaluationEpisodes) : kEvaluationEpisodes};
  return plan.every > 0 ? plan : EvaluationPlan{};
}

double read_unstable_penalty(const Node& env) {
  constexpr double kMostPenalty = 1e15;
  const auto penalty = env.find("unstable_penalty");
  return penalty ? penalty->number(0, kMostPenalty) : 0;
}

std::vector<std::uint64_t> read_seeds(const Node& node) {
  std::vector<std::uint64_t> seeds;
  const auto too_many = [&](std::size_t n) {
    if (n > static_cast<std::size_t>(kMaxTrials))
      node.fail(std::to_string(n) + " seeds are more than the " + std::to_string(kMaxTrials) +
                " trials that an experiment may have");
  };
  if (node.value().if_object() != nullptr) {
    node.check_keys(Part::kSeeds);
    const std::int64_t count = node.at("count").whole(1, kMaxInt);
    const auto base_node = node.find("base");
    const std::int64_t base = base_node ? base_node->whole(0, kMaxInt) : 0;
    too_many(static_cast<std::size_t>(count));
    if (base > kMaxInt - count) base_node->fail("the seeds do not fit into 63 bits");
    for (std::int64_t i = 0; i < count; ++i) seeds.push_back(static_cast<std::uint64_t>(base + i));
    return seeds;
  }
  if (node.value().if_array() == nullptr)
    node.fail("expected a list of seeds or {\"count\": N, \"base\": 0}");
  too_many(node.array().size());
  std::set<std::int64_t> seen;
  for (const Node& item : node.elements()) {
    const std::int64_t seed = item.whole(0, kMaxInt);
    if (!seen.insert(seed).second) item.fail("seed " + std::to_string(seed) + " is listed twice");
    seeds.push_back(static_cast<std::uint64_t>(seed));
  }
  if (seeds.empty()) node.fail("no seeds; give at least one, such as [1]");
  return seeds;
}

std::string read_label(const Node& node, const std::string& otherwise) {
  const auto label = node.find("label");
  if (!label) return otherwise;
  const std::string& text = label->text();
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (text.empty() || text.size() > 100 || control)
    label->fail("a label has 1 to 100 bytes and no control characters");
  return text;
}

void check_policy_shape(const Node& node) {
  if (node.value().if_string() != nullptr) return;
  if (node.value().if_object() == nullptr)
    node.fail("expected a policy: a name or {\"name\": ..., \"params\": {...}}");
  node.check_keys(Part::kPolicy);
  if (const auto name = node.find("name")) (void)name->text();
  if (const auto params = node.find("params")) (void)params->object();
}

}  // namespace rlrun::experiment
