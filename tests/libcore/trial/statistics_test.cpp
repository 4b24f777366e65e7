#include "trial/statistics.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

#include "json/json.hpp"

using namespace rlrun;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string source_file(const std::string& name) {
  const char* root = std::getenv("RLRUN_SOURCE");
  REQUIRE(root != nullptr);
  return std::string(root) + "/" + name;
}

std::vector<double> numbers(const std::string& text) {
  std::istringstream in(text);
  std::vector<double> values;
  for (std::string word; in >> word;) values.push_back(std::strtod(word.c_str(), nullptr));
  return values;
}

std::vector<double> normal_sample(Rng& rng, int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(rng.normal());
  return x;
}

}  // namespace

TEST_CASE("mean and sample standard deviation keep their digits under a large offset") {
  CHECK(mean({1, 2, 3, 4}) == 2.5);
  CHECK(sample_std({1, 2, 3, 4}) == Approx(std::sqrt(5.0 / 3)).epsilon(1e-15));
  CHECK(sample_std({1e15 + 1, 1e15 + 2, 1e15 + 3}) == 1.0);
  CHECK(mean({1e15 + 1, 1e15 + 2, 1e15 + 3}) == 1e15 + 2);
  CHECK(sample_std({7, 7, 7}) == 0.0);
  CHECK(std::isnan(mean({})));
  CHECK(std::isnan(sample_std({})));
  CHECK(std::isnan(sample_std({3})));
}

TEST_CASE("Welch's test agrees with SciPy") {
  const char* other = std::getenv("RLRUN_WELCH_DATA");  // A longer file of the same kind.
  std::ifstream in(other != nullptr ? other : source_file("tests/data/welch.csv"));
  REQUIRE(in);
  int cases = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find(';'), second = line.find(';', first + 1);
    const std::vector<double> a = numbers(line.substr(0, first));
    const std::vector<double> b = numbers(line.substr(first + 1, second - first - 1));
    const double expected = std::strtod(line.c_str() + second + 1, nullptr);
    const std::optional<double> p = welch_p(a, b);
    REQUIRE(p);
    INFO("case " << cases << ": " << line);
    REQUIRE(std::abs(*p - expected) <= 1e-10 * expected);
    CHECK(welch_p(b, a) == p);
    ++cases;
  }
  CHECK(cases >= 500);
}

TEST_CASE("Welch's test from samples and from their moments is the same") {
  const std::vector<double> a = {3.1, 4.1, 5.9, 2.6, 5.3}, b = {2.7, 1.8, 2.8, 1.8};
  const auto p = welch_p(a, b);
  const auto q = welch_p(mean(a), sample_std(a), 5, mean(b), sample_std(b), 4);
  REQUIRE((p && q));
  CHECK(*p == Approx(*q).epsilon(1e-12));
}

TEST_CASE("Welch's test does not pool variances of similar size") {
  // Standard deviations 2.5 and 1.9 with n = 5 and 9: a pooled test has 12 degrees of freedom.
  const auto p = welch_p(0.0, 2.5, 5, 1.0, 1.9, 9);
  REQUIRE(p);
  const double standard_error = std::sqrt(2.5 * 2.5 / 5 + 1.9 * 1.9 / 9);
  // For whole degrees of freedom the t distribution has closed forms; Welch's lie between 6 and 7.
  const auto closed_form_6 = [](double t) {
    const double s = t / std::sqrt(6 + t * t), c2 = 6 / (6 + t * t);
    return 1 - s * (1 + c2 / 2 + 3 * c2 * c2 / 8);
  };
  CHECK(*p < closed_form_6(1 / standard_error));
  CHECK(*p > closed_form_6(1 / standard_error) - 0.005);
}

TEST_CASE("Welch's test gives no answer where there is none") {
  CHECK_FALSE(welch_p({1.0}, {2.0, 3.0}));
  CHECK_FALSE(welch_p({1.0, 2.0}, {}));
  CHECK_FALSE(welch_p({1.0, 1.0}, {1.0, 1.0}));
  CHECK_FALSE(welch_p({1.0, 1.0}, {2.0, 2.0}));  // Never p = 0 from a division by zero.
  CHECK_FALSE(welch_p({1.0, kNan}, {2.0, 3.0}));
  CHECK_FALSE(welch_p({1.0, kInfinity}, {2.0, 3.0}));
  CHECK_FALSE(welch_p(1, kNan, 5, 2, 1, 5));
  CHECK_FALSE(welch_p(1, 1, 1, 2, 1, 5));
  CHECK(welch_p({1.0, 2.0}, {1.0, 2.0}) == 1.0);
  // Far beyond doubt is still no certainty.
  const auto p = welch_p(0, 1e-100, 5, 1e200, 1e-100, 5);
  REQUIRE(p);
  CHECK((*p > 0 && *p < 1e-100));
}

TEST_CASE("Holm's correction follows its definition") {
  CHECK(holm({}).empty());
  CHECK(holm({0.2}) == std::vector<double>{0.2});
  // 0.01 * 4, 0.02 * 3, max(0.03 * 2, 0.06), max(0.04, 0.06) in the order given.
  const std::vector<double> adjusted = holm({0.04, 0.01, 0.03, 0.02});
  const std::vector<double> expected = {0.06, 0.04, 0.06, 0.06};
  for (std::size_t i = 0; i < 4; ++i) CHECK(adjusted[i] == Approx(expected[i]));
  CHECK(holm({0.6, 0.7}) == std::vector<double>{1.0, 1.0});
}

TEST_CASE("the t interval has the textbook quantiles and covers as often as it says") {
  CHECK(t_half_width(1, 2, 0.95) == Approx(12.7062047364 / std::sqrt(2.0)));
  CHECK(t_half_width(2, 5, 0.95) == Approx(2 * 2.7764451052 / std::sqrt(5.0)));
  CHECK(t_half_width(1, 10, 0.99) == Approx(3.2498355416 / std::sqrt(10.0)));
  CHECK(t_half_width(0, 5, 0.95) == 0.0);
  CHECK(std::isnan(t_half_width(1, 1, 0.95)));
  CHECK(std::isnan(t_half_width(kNan, 5, 0.95)));

  Rng rng = Rng(5).fork("coverage");
  int covered = 0;
  constexpr int kRepeats = 4000;
  for (int i = 0; i < kRepeats; ++i) {
    const std::vector<double> x = normal_sample(rng, 5);
    if (std::abs(mean(x)) <= t_half_width(sample_std(x), 5, 0.95)) ++covered;
  }
  // 0.95 within four standard errors.
  CHECK(std::abs(covered / double{kRepeats} - 0.95) < 4 * std::sqrt(0.95 * 0.05 / kRepeats));
}

TEST_CASE("the rule for boldface reproduces the boldface of Duan et al. 2016") {
  const json::Value file = json::parse_file(source_file("experiments/duan_table1.json"));
  struct Entry {
    std::string algorithm;
    double mean, std;
    bool bold;
  };
  std::vector<std::pair<std::string, std::vector<Entry>>> rows;
  const auto number = [](const json::Value& cell, const char* key) {
    const json::Value* value = cell.find(key);
    if (value == nullptr || value->is_null()) return kNan;
    return value->if_int() != nullptr ? static_cast<double>(*value->if_int()) : *value->if_double();
  };
  for (const json::Value& cell : *file.find("cells")->if_array()) {
    const std::string& env = *cell.find("env")->if_string();
    if (rows.empty() || rows.back().first != env) rows.emplace_back(env, std::vector<Entry>{});
    rows.back().second.push_back({*cell.find("algorithm")->if_string(), number(cell, "mean"),
                                  number(cell, "std"), *cell.find("bold")->if_bool()});
  }
  REQUIRE(rows.size() == 28);

  std::set<std::string> differing;
  int without_bold = 0, bold = 0;
  for (const auto& [env, entries] : rows) {
    bool any = false;
    for (const Entry& entry : entries) any = any || entry.bold;
    // The hierarchical tasks are never bold in the paper.
    if (!any) {
      ++without_bold;
      continue;
    }
    const Entry* best = nullptr;
    for (const Entry& entry : entries) {
      if (entry.algorithm == "random" || std::isnan(entry.mean)) continue;
      if (best == nullptr || entry.mean > best->mean) best = &entry;
    }
    REQUIRE(best != nullptr);
    for (const Entry& entry : entries) {
      if (entry.algorithm == "random" || std::isnan(entry.mean)) continue;
      bool ours = &entry == best;
      if (!ours) {
        const auto p = welch_p(best->mean, best->std, 5, entry.mean, entry.std, 5);
        ours = p && *p >= 0.05;
      }
      bold += entry.bold ? 1 : 0;
      if (ours != entry.bold) differing.insert(env + "/" + entry.algorithm);
    }
  }
  CHECK(without_bold == 4);
  CHECK(bold > 40);
  CHECK(differing == std::set<std::string>{"cartpole_swingup/ddpg", "full_humanoid/reinforce"});
}
