#pragma once
// The loops over vector registers, for the widest registers that the including file is compiled
// for. Whatever their width, an entry of a product is the same chain of fused multiply-adds and an
// activation the same formula, so all of them give the same bits.

#include <utility>

#include <Eigen/Core>

#include "nn/kernel_tiles.hpp"

// GCC remarks that the alignment of a register type is no part of a template argument; nothing here
// needs it to be.
#pragma GCC diagnostic ignored "-Wignored-attributes"

namespace rlrun::nn::kernel {
namespace {

namespace packet = Eigen::internal;
using Packet = packet::packet_traits<float>::type;
using Half = packet::packet_traits<float>::half;
constexpr int kWidth = packet::packet_traits<float>::size;

// A tile of some units has whole registers and, where these are too wide, half a one.
template <int kUnits>
struct Registers {
  static constexpr int kWhole = kUnits * kLanes / kWidth;
  static constexpr int kRest = kUnits * kLanes % kWidth;
  static_assert(kRest == 0 || kRest == packet::unpacket_traits<Half>::size);
  static constexpr int kAll = kWhole + (kRest > 0 ? 1 : 0);
};

// One block of the result, with all its sums in registers.
template <int kUnits, int kColumns>
void tile(const Tile& t) {
  constexpr int kWhole = Registers<kUnits>::kWhole;
  constexpr bool kRest = Registers<kUnits>::kRest > 0;
  constexpr int kStored = kWhole > 0 ? kWhole : 1;  // arrays have an element
  Packet sum[kColumns][kStored];
  [[maybe_unused]] Half rest[kColumns];
  for (int j = 0; j < kColumns; ++j) {
    const float* const init = t.init + j * t.init_ld;
    for (int r = 0; r < kWhole; ++r) sum[j][r] = packet::ploadu<Packet>(init + r * kWidth);
    if constexpr (kRest) rest[j] = packet::ploadu<Half>(init + kWhole * kWidth);
  }
  const float* a = t.a;
  const float* b = t.b;
  const Index a_step = t.a_step, b_step = t.b_step, b_ld = t.b_ld;
  for (Index k = t.depth; k > 0; --k) {
    Packet left[kStored];
    [[maybe_unused]] Half left_rest;
    for (int r = 0; r < kWhole; ++r) left[r] = packet::ploadu<Packet>(a + r * kWidth);
    if constexpr (kRest) left_rest = packet::ploadu<Half>(a + kWhole * kWidth);
    for (int j = 0; j < kColumns; ++j) {
      const Packet right = packet::pset1<Packet>(b[j * b_ld]);
      for (int r = 0; r < kWhole; ++r) sum[j][r] = packet::pmadd(left[r], right, sum[j][r]);
      if constexpr (kRest)
        rest[j] = packet::pmadd(left_rest, packet::pset1<Half>(b[j * b_ld]), rest[j]);
    }
    a += a_step;
    b += b_step;
  }
  for (int j = 0; j < kColumns; ++j) {
    float* const c = t.c + j * t.c_ld;
    for (int r = 0; r < kWhole; ++r) packet::pstoreu(c + r * kWidth, sum[j][r]);
    if constexpr (kRest) packet::pstoreu(c + kWhole * kWidth, rest[j]);
  }
}

// Columns of a tile so that its sums, a column of the left factor and an entry of the right one fit
// into the registers: 32 of the wide ones, 16 of the others.
constexpr int most_columns(int registers) {
  if (kWidth > 8) return registers <= 3 ? 8 : registers == 4 ? 6 : registers == 5 ? 2 : 1;
  return registers == 1 ? 8 : registers <= 3 ? 4 : registers == 4 ? 3 : registers == 5 ? 2 : 1;
}
constexpr int kMostRegisters = 8, kMostColumns = 8;
constexpr int kMostUnits = kMostRegisters * kWidth / kLanes;

using TileLoop = void (*)(const Tile&);

template <int kUnits, std::size_t kColumns>
constexpr TileLoop loop_of() {
  if constexpr (kColumns <= most_columns(Registers<kUnits>::kAll))
    return tile<kUnits, kColumns>;
  else
    return nullptr;
}

// By units - 1 and columns - 1; null where the sums do not fit.
struct TileTable {
  TileLoop loops[kMostUnits][kMostColumns];
};

template <std::size_t... kIndices>
constexpr TileTable table_of(std::index_sequence<kIndices...>) {
  return {{loop_of<kIndices / kMostColumns + 1, kIndices % kMostColumns + 1>()...}};
}

constexpr TileTable kTable = table_of(std::make_index_sequence<kMostUnits * kMostColumns>());

void run(Index units, Index columns, const Tile& t) {
  kTable.loops[units - 1][columns - 1](t);
}

template <Finish::Kind kKind, class P>
P finished(const P& x, const float* y) {
  using Kind = Finish::Kind;
  [[maybe_unused]] const P zero = packet::pset1<P>(0.0F);
  if constexpr (kKind == Kind::kTanh) return packet::ptanh(x);
  if constexpr (kKind == Kind::kSigmoid) {
    const P half = packet::pset1<P>(0.5F);
    return packet::pmadd(half, packet::ptanh(packet::pmul(half, x)), half);
  }
  // A diverged network must show: NaN stays NaN.
  if constexpr (kKind == Kind::kRelu) return packet::pmax<Eigen::PropagateNaN>(x, zero);
  if constexpr (kKind == Kind::kLeakyRelu)
    return packet::pmax<Eigen::PropagateNaN>(x, packet::pmul(packet::pset1<P>(kLeak), x));
  if constexpr (kKind == Kind::kTimesTanhSlope) {
    const P value = packet::ploadu<P>(y);
    return packet::pmul(x, packet::psub(packet::pset1<P>(1.0F), packet::pmul(value, value)));
  }
  if constexpr (kKind == Kind::kTimesReluSlope)
    return packet::pand(x, packet::pcmp_lt(zero, packet::ploadu<P>(y)));
  if constexpr (kKind == Kind::kTimesLeakyReluSlope)
    return packet::pselect(packet::pcmp_lt(zero, packet::ploadu<P>(y)), x,
                           packet::pmul(packet::pset1<P>(kLeak), x));
}

template <Finish::Kind kKind>
void apply_to_all(const Finish& finish, float* c, Index c_ld, Index rows, Index cols) {
  for (Index j = 0; j < cols; ++j) {
    float* const x = c + j * c_ld;
    const float* const y = finish.y + j * finish.ld;
    Index r = 0;
    for (; r + kWidth <= rows; r += kWidth)
      packet::pstoreu(x + r, finished<kKind>(packet::ploadu<Packet>(x + r), y + r));
    if (r < rows) packet::pstoreu(x + r, finished<kKind>(packet::ploadu<Half>(x + r), y + r));
  }
}

void apply_finish(const Finish& finish, float* c, Index c_ld, Index rows, Index cols) {
  using Kind = Finish::Kind;
  switch (finish.kind) {
    case Kind::kNone:
      return;
    case Kind::kTanh:
      return apply_to_all<Kind::kTanh>(finish, c, c_ld, rows, cols);
    case Kind::kSigmoid:
      return apply_to_all<Kind::kSigmoid>(finish, c, c_ld, rows, cols);
    case Kind::kRelu:
      return apply_to_all<Kind::kRelu>(finish, c, c_ld, rows, cols);
    case Kind::kLeakyRelu:
      return apply_to_all<Kind::kLeakyRelu>(finish, c, c_ld, rows, cols);
    case Kind::kTimesTanhSlope:
      return apply_to_all<Kind::kTimesTanhSlope>(finish, c, c_ld, rows, cols);
    case Kind::kTimesReluSlope:
      return apply_to_all<Kind::kTimesReluSlope>(finish, c, c_ld, rows, cols);
    case Kind::kTimesLeakyReluSlope:
      return apply_to_all<Kind::kTimesLeakyReluSlope>(finish, c, c_ld, rows, cols);
  }
}

// Enough sums at a time to keep the multipliers busy, also for a few columns.
constexpr Index most_registers(Index cols) {
  return cols == 1 ? 8 : cols == 2 ? 5 : cols == 3 ? 4 : 3;
}

constexpr Tiles kTilesHere = {
    .units_per_register = kWidth > kLanes ? kWidth / kLanes : 1,
    .most_units = [](Index cols) -> Index { return most_registers(cols) * kWidth / kLanes; },
    .most_columns = [](Index units) -> Index {
      return most_columns(static_cast<int>((units * kLanes + kWidth - 1) / kWidth));
    },
    .run = run,
    .apply = apply_finish,
};

}  // namespace
}  // namespace rlrun::nn::kernel
