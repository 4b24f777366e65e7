// The compiled models against the tables of the benchmark.

#include <algorithm>
#include <array>
#include <cmath>

#include <catch2/catch.hpp>

#include "mujoco_support.hpp"

using namespace mujoco_tests;

namespace {

struct BodyRow {
  const char* name;
  double legacy_mass, legacy_transverse, legacy_axial;  // of Appendix A, rounded there
  double exact_mass;
};

void check_close(double value, double table, double relative) {
  CHECK(value == Approx(table).epsilon(relative));
}

// Table rows are rounded to about seven digits, exact moments to six.
constexpr double kRounding = 4e-6;

void check_bodies(const Model& legacy, const Model& exact, std::initializer_list<BodyRow> rows,
                  double legacy_total, double exact_total) {
  CHECK(static_cast<std::size_t>(legacy->nbody) == rows.size() + 1);
  for (const BodyRow& row : rows) {
    INFO(row.name);
    const std::size_t b = index_of(*legacy, mjOBJ_BODY, row.name);
    check_close(legacy->body_mass[b], row.legacy_mass, kRounding);
    std::array<double, 3> moments{};
    std::copy_n(legacy->body_inertia + 3 * b, 3, moments.begin());
    std::sort(moments.begin(), moments.end());
    check_close(moments[0], row.legacy_axial, kRounding);
    check_close(moments[1], row.legacy_transverse, kRounding);
    check_close(moments[2], row.legacy_transverse, kRounding);
    check_close(exact->body_mass[b], row.exact_mass, kRounding);
    // The two agree on where the mass sits.
    for (std::size_t k = 0; k < 3; ++k)
      CHECK(legacy->body_ipos[3 * b + k] == Approx(exact->body_ipos[3 * b + k]).margin(1e-12));
  }
  check_close(mj_getTotalmass(legacy.get()), legacy_total, 1e-7);
  check_close(mj_getTotalmass(exact.get()), exact_total, 1e-7);
}

template <class Task>
std::pair<Model, Model> legacy_and_exact() {
  typename Task::Params exact;
  exact.capsules = "exact";
  return {Task::load(typename Task::Params()), Task::load(exact)};
}

std::array<double, 3> sorted_moments(const mjModel& model, const char* body) {
  std::array<double, 3> moments{};
  std::copy_n(model.body_inertia + 3 * index_of(model, mjOBJ_BODY, body), 3, moments.begin());
  std::sort(moments.begin(), moments.end());
  return moments;
}

// The formula of 2016 applied to the capsules that the model itself draws.
void check_legacy_formula(const mjModel& model, double scale = 1) {
  for (int g = 0; g < model.ngeom; ++g) {
    const int b = model.geom_bodyid[g];
    if (b == 0 || model.body_geomnum[b] != 1) continue;
    INFO(mj_id2name(&model, mjOBJ_BODY, b));
    const double r = model.geom_size[3 * g], h = model.geom_size[3 * g + 1];
    const double mass = scale * 1000 * mjPI * r * r * (2 * h + r);
    check_close(model.body_mass[b], mass, 1e-9);
    std::array<double, 3> moments{};
    std::copy_n(model.body_inertia + 3 * b, 3, moments.begin());
    std::sort(moments.begin(), moments.end());
    check_close(moments[0], mass * r * r / 2, 1e-9);
    check_close(moments[1], mass * (3 * r * r + (2 * h + r) * (2 * h + r)) / 12, 1e-9);
    check_close(moments[2], moments[1], 1e-9);
    // The small moment lies along the capsule, and the mass where the capsule is.
    double inertial[9], geom[9];
    mju_quat2Mat(inertial, model.body_iquat + 4 * b);
    mju_quat2Mat(geom, model.geom_quat + 4 * g);
    const double* m = model.body_inertia + 3 * b;
    const int axial = static_cast<int>(std::min_element(m, m + 3) - m);
    double along = 0;
    for (int k = 0; k < 3; ++k) along += inertial[3 * k + axial] * geom[3 * k + 2];
    CHECK(std::abs(along) == Approx(1).epsilon(1e-9));
    for (int k = 0; k < 3; ++k)
      CHECK(model.body_ipos[3 * b + k] == Approx(model.geom_pos[3 * g + k]).margin(1e-12));
  }
}

}  // namespace

TEST_CASE("swimmer's bodies are those of the tables", "[mujoco]") {
  const auto [legacy, exact] = legacy_and_exact<Swimmer>();
  check_bodies(legacy, exact,
               {{"torso", 34.557519, 3.57094, 0.172788, 35.604717},
                {"mid", 34.557519, 3.57094, 0.172788, 35.604717},
                {"back", 34.557519, 3.57094, 0.172788, 35.604717}},
               103.672558, 106.81415);
  check_close(sorted_moments(*exact, "mid")[2], 3.91757, kRounding);
  check_close(sorted_moments(*exact, "mid")[0], 0.173835, kRounding);
  check_legacy_formula(*legacy);
}

TEST_CASE("hopper's bodies are those of the tables", "[mujoco]") {
  const auto [legacy, exact] = legacy_and_exact<Hopper>();
  check_bodies(legacy, exact,
               {{"torso", 3.534292, 0.0618501, 0.00441786, 3.665191},
                {"thigh", 3.926991, 0.0842667, 0.00490874, 4.057891},
                {"leg", 2.714336, 0.0670441, 0.00217147, 2.781357},
                {"foot", 5.089380, 0.0904637, 0.00916088, 5.315575}},
               15.264999, 15.820013);
  check_close(sorted_moments(*exact, "torso")[2], 0.0692459, kRounding);
  check_close(sorted_moments(*exact, "thigh")[2], 0.0932988, kRounding);
  check_close(sorted_moments(*exact, "leg")[2], 0.0723025, kRounding);
  check_close(sorted_moments(*exact, "foot")[2], 0.103523, kRounding);
  check_close(sorted_moments(*exact, "foot")[0], 0.00924231, kRounding);
  check_legacy_formula(*legacy);
}

TEST_CASE("walker's bodies are those of the tables", "[mujoco]") {
  const auto [legacy, exact] = legacy_and_exact<Walker2d>();
  check_bodies(legacy, exact,
               {{"torso", 3.534292, 0.0618501, 0.00441786, 3.665191},
                {"thigh", 3.926991, 0.0842667, 0.00490874, 4.057891},
                {"leg", 2.714336, 0.0670441, 0.00217147, 2.781357},
                {"foot", 2.940531, 0.0192115, 0.00529296, 3.166725},
                {"thigh_left", 3.926991, 0.0842667, 0.00490874, 4.057891},
                {"leg_left", 2.714336, 0.0670441, 0.00217147, 2.781357},
                {"foot_left", 2.940531, 0.0192115, 0.00529296, 3.166725}},
               22.698007, 23.677137);
  check_close(sorted_moments(*exact, "foot")[2], 0.0239977, kRounding);
  check_close(sorted_moments(*exact, "foot")[0], 0.00537439, kRounding);
  check_legacy_formula(*legacy);
}

TEST_CASE("half-cheetah's bodies are those of the tables", "[mujoco]") {
  const auto [legacy, exact] = legacy_and_exact<HalfCheetah>();
  const struct {
    const char* name;
    double mass, transverse, axial, exact_mass;
  } rows[] = {{"bthigh", 1.535248, 0.0152558, 0.00162429, 1.543515},
              {"bshin", 1.580940, 0.0166083, 0.00167263, 1.587448},
              {"bfoot", 1.069191, 0.00544432, 0.0011312, 1.095397},
              {"fthigh", 1.425587, 0.0123185, 0.00150827, 1.438075},
              {"fshin", 1.178851, 0.0071627, 0.00124722, 1.200837},
              {"ffoot", 0.849869, 0.00289975, 0.000899162, 0.884519}};
  for (const auto& row : rows) {
    INFO(row.name);
    const std::size_t b = index_of(*legacy, mjOBJ_BODY, row.name);
    check_close(legacy->body_mass[b], row.mass, kRounding);
    check_close(sorted_moments(*legacy, row.name)[0], row.axial, kRounding);
    check_close(sorted_moments(*legacy, row.name)[2], row.transverse, kRounding);
    check_close(exact->body_mass[b], row.exact_mass, kRounding);
  }
  const std::size_t torso = index_of(*legacy, mjOBJ_BODY, "torso");
  check_close(legacy->body_mass[torso], 6.360313, kRounding);
  check_close(exact->body_mass[torso], 6.250209, kRounding);
  check_close(sorted_moments(*legacy, "torso")[0], 0.0176178, kRounding);
  check_close(sorted_moments(*legacy, "torso")[1], 0.883565, kRounding);
  check_close(sorted_moments(*legacy, "torso")[2], 0.894454, kRounding);
  CHECK(legacy->body_ipos[3 * torso] == Approx(0.1491).margin(5e-5));
  CHECK(legacy->body_ipos[3 * torso + 2] == Approx(0.02486).margin(5e-6));
  check_close(mj_getTotalmass(legacy.get()), 14, 1e-12);
  check_close(mj_getTotalmass(exact.get()), 14, 1e-12);

  // Before the masses are scaled they sum to that of all legacy capsules.
  double unscaled = 0;
  for (int g = 0; g < legacy->ngeom; ++g) {
    if (legacy->geom_bodyid[g] == 0) continue;
    const double r = legacy->geom_size[3 * g], h = legacy->geom_size[3 * g + 1];
    unscaled += 1000 * mjPI * r * r * (2 * h + r);
  }
  check_legacy_formula(*legacy, 14 / unscaled);
}

TEST_CASE("the torso of half-cheetah is its two legacy capsules together", "[mujoco]") {
  const Model model = HalfCheetah::load(HalfCheetah::Params());
  const std::size_t torso = index_of(*model, mjOBJ_BODY, "torso");
  double total = 0, scale = 0;
  Eigen::Vector3d center = Eigen::Vector3d::Zero();
  for (int pass = 0; pass < 2; ++pass) {
    Eigen::Matrix3d inertia = Eigen::Matrix3d::Zero();
    for (int g = 0; g < model->ngeom; ++g) {
      if (model->geom_bodyid[g] != static_cast<int>(torso)) continue;
      const double r = model->geom_size[3 * g], h = model->geom_size[3 * g + 1];
      const double mass = r * r * (2 * h + r);
      const Eigen::Map<const Eigen::Vector3d> position(model->geom_pos + 3 * g);
      if (pass == 0) {
        total += mass;
        center += mass * position;
        continue;
      }
      Eigen::Matrix<double, 3, 3, Eigen::RowMajor> turn;
      mju_quat2Mat(turn.data(), model->geom_quat + 4 * g);
      const double transverse = mass * (3 * r * r + (2 * h + r) * (2 * h + r)) / 12;
      const Eigen::Vector3d moments(transverse, transverse, mass * r * r / 2);
      const Eigen::Vector3d d = position - center;
      inertia += turn * moments.asDiagonal() * turn.transpose() +
                 mass * (d.squaredNorm() * Eigen::Matrix3d::Identity() - d * d.transpose());
    }
    if (pass == 0) {
      center /= total;
      scale = model->body_mass[torso] / total;
      continue;
    }
    Eigen::Matrix<double, 3, 3, Eigen::RowMajor> turn;
    mju_quat2Mat(turn.data(), model->body_iquat + 4 * torso);
    const Eigen::Map<const Eigen::Vector3d> moments(model->body_inertia + 3 * torso);
    const Eigen::Matrix3d compiled = turn * moments.asDiagonal() * turn.transpose();
    CHECK((compiled - scale * inertia).cwiseAbs().maxCoeff() < 1e-8);
    CHECK((Eigen::Map<const Eigen::Vector3d>(model->body_ipos + 3 * torso) - center).norm() < 1e-8);
  }
}

TEST_CASE("the double pendulum's bodies are those of the tables", "[mujoco]") {
  const auto [legacy, exact] = legacy_and_exact<DoubleInvertedPendulum>();
  check_bodies(legacy, exact,
               {{"cart", 9.424778, 0.0942478, 0.0471239, 10.471976},
                {"pole", 4.103313, 0.144334, 0.0041546, 4.198739},
                {"pole2", 4.103313, 0.144334, 0.0041546, 4.198739}},
               17.631403, 10.471976 + 2 * 4.198739);
  check_close(sorted_moments(*exact, "pole")[2], 0.154971, kRounding);
  check_close(sorted_moments(*exact, "pole")[0], 0.00417393, kRounding);
  check_close(sorted_moments(*exact, "cart")[2], 0.126711, kRounding);
  check_close(sorted_moments(*exact, "cart")[0], 0.0481711, kRounding);
  check_legacy_formula(*legacy);
}

TEST_CASE("sizes, horizon and seconds per action are as published", "[mujoco]") {
  const auto check = [](const MujocoEnv& env, Index observation, Index action, double seconds) {
    CHECK(env.spec().obs_dim() == observation);
    CHECK(env.spec().action_dim() == action);
    CHECK(env.spec().horizon == 500);
    const auto& box = std::get<Box>(env.spec().action);
    CHECK((box.low.array() == -1).all());
    CHECK((box.high.array() == 1).all());
    CHECK(env.seconds_per_step() == Approx(seconds).epsilon(1e-12));
  };
  check(*make<Swimmer>(), 13, 2, 0.05);
  check(*make<Hopper>(), 20, 3, 0.02);
  check(*make<Walker2d>(), 21, 6, 0.005);
  check(*make<HalfCheetah>(), 20, 6, 0.01);
  check(*make<DoubleInvertedPendulum>(), 11, 1, 0.02);
  Swimmer::Params short_episodes;
  short_episodes.horizon = 100;
  CHECK(make<Swimmer>(short_episodes)->spec().horizon == 100);
}

TEST_CASE("parameters reach the compiled model", "[mujoco]") {
  HalfCheetah::Params cheetah;
  CHECK(HalfCheetah::load(cheetah)->opt.impratio == 1);
  cheetah.impratio = 0.32;
  CHECK(HalfCheetah::load(cheetah)->opt.impratio == 0.32);

  Hopper::Params hopper;
  const auto limit = [](const Model& m) {
    return Eigen::Vector3d(m->jnt_solimp + mjNIMP * index_of(*m, mjOBJ_JOINT, "leg"));
  };
  CHECK(limit(Hopper::load(hopper)) == Eigen::Vector3d(0, 0.8, 0.03));
  CHECK(limit(Walker2d::load(hopper)) == Eigen::Vector3d(0, 0.8, 0.03));
  hopper.limits = "engine";
  CHECK(limit(Hopper::load(hopper)) == Eigen::Vector3d(0.9, 0.95, 0.001));
  CHECK(limit(Walker2d::load(hopper)) == Eigen::Vector3d(0.9, 0.95, 0.001));
}
