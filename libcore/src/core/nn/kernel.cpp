#include "nn/kernel.hpp"

#include <algorithm>

#include "nn/kernel_loops.hpp"

namespace rlrun::nn::kernel {
namespace {

// Squares of registers are packed at once.
using Narrow = std::conditional_t<(kWidth > kLanes), Half, Packet>;
constexpr Index kSquare = packet::unpacket_traits<Narrow>::size;
// Inner indices at a time, so that a panel stays in the first cache.
constexpr Index kDepthBlock = 256;

// Cuts rows into panels of at most `most` units that differ little, at whole registers.
class Panels {
 public:
  Panels(Index rows, Index most, Index units_per_register)
      : rows_(padded(rows)), grain_(units_per_register * kLanes) {
    const Index grains = (rows_ + grain_ - 1) / grain_;
    const Index most_grains = std::max<Index>(1, most / units_per_register);
    count_ = (grains + most_grains - 1) / most_grains;
    size_ = grains / count_;
    larger_ = grains % count_;
  }
  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Index first(Index i) const { return (size_ * i + std::min(i, larger_)) * grain_; }
  [[nodiscard]] Index height(Index i) const { return std::min(first(i + 1), rows_) - first(i); }

 private:
  Index rows_, grain_, count_, size_, larger_;
};

constexpr Index kManyColumns = 64;

Panels packed_panels(Index rows) {
  return {rows, tiles().most_units(kManyColumns), tiles().units_per_register};
}

}  // namespace

const Tiles kPlainTiles = kTilesHere;

#ifdef RLRUN_WIDE_KERNEL
extern const Tiles kWideTiles;

const Tiles* wide_tiles() {
  const bool here = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
  return here ? &kWideTiles : nullptr;
}
#else
const Tiles* wide_tiles() {
  return nullptr;
}
#endif

const Tiles& tiles() {
  static const Tiles& widest = wide_tiles() != nullptr ? *wide_tiles() : kPlainTiles;
  return widest;
}

void apply(const Finish& finish, float* c, Index c_ld, Index rows, Index cols) {
  tiles().apply(finish, c, c_ld, rows, cols);
}

void product(const Lhs& a, const Rhs& b, Index rows, Index depth, Index cols, const float* init,
             Index init_ld, float* c, Index c_ld, const Finish& finish) {
  product(tiles(), a, b, rows, depth, cols, init, init_ld, c, c_ld, finish);
}

void product(const Tiles& tiles, const Lhs& a, const Rhs& b, Index rows, Index depth, Index cols,
             const float* init, Index init_ld, float* c, Index c_ld, const Finish& finish) {
  if (rows == 0 || cols == 0) return;
  const Panels panels(rows, tiles.most_units(a.panel_depth != 0 ? kManyColumns : cols),
                      tiles.units_per_register);
  const Index most_columns = tiles.most_columns(panels.height(0) / kLanes);
  const Index groups = (cols + most_columns - 1) / most_columns;
  Index from = 0;
  do {
    const Index block = std::min(depth - from, kDepthBlock);
    const bool last = from + block == depth;
    const float* const start = from == 0 ? init : c;
    const Index start_ld = from == 0 ? init_ld : c_ld;
    for (Index part = 0; part < panels.count(); ++part) {
      const Index row = panels.first(part), height = panels.height(part);
      Tile t;
      t.a = a.panel_depth != 0 ? a.data + row * a.panel_depth + (a.first + from) * height
                               : a.data + row + (a.first + from) * a.ld;
      t.a_step = a.panel_depth != 0 ? height : a.ld;
      t.b_step = b.step;
      t.b_ld = b.ld;
      t.depth = block;
      t.init_ld = start_ld;
      t.c_ld = c_ld;
      for (Index group = 0, col = 0; group < groups; ++group) {
        // Widths that differ by one at most.
        const Index width = cols / groups + (group < cols % groups ? 1 : 0);
        t.b = b.data + from * b.step + col * b.ld;
        t.init = start + row + col * start_ld;
        t.c = c + row + col * c_ld;
        tiles.run(height / kLanes, width, t);
        if (last && finish.kind != Finish::Kind::kNone) {
          Finish here = finish;
          if (here.y != nullptr) here.y += row + col * finish.ld;
          tiles.apply(here, t.c, c_ld, height, width);
        }
        col += width;
      }
    }
    from += block;
  } while (from < depth);
}

Index panels(Index rows) {
  return packed_panels(rows).count();
}

Panel panel(Index rows, Index index) {
  const Panels split = packed_panels(rows);
  return {split.first(index), split.height(index)};
}

void pack_columns(const float* w, Index ld, Index rows, Index depth, Index first, Index count,
                  float* out) {
  const Panels split = packed_panels(rows);
  for (Index part = 0; part < split.count(); ++part) {
    const Index row = split.first(part), height = split.height(part);
    const Index filled = std::min(height, rows - row);
    float* to = out + row * depth + first * height;
    for (Index k = first; k < first + count; ++k, to += height) {
      // In registers: these columns are too short for the library's functions to pay.
      const float* const from = w + row + k * ld;
      Index r = 0;
      for (; r + kSquare <= filled; r += kSquare)
        packet::pstoreu(to + r, packet::ploadu<Narrow>(from + r));
      for (; r < filled; ++r) to[r] = from[r];
      for (; r < height; ++r) to[r] = 0;
    }
  }
}

Lhs pack(const float* w, Index ld, Index rows, Index depth, float* out) {
  pack_columns(w, ld, rows, depth, 0, depth, out);
  return {.data = out, .panel_depth = depth};
}

Lhs pack_transposed(const float* w, Index ld, Index rows, Index depth, float* out) {
  const Panels split = packed_panels(rows);
  float* panel = out;
  for (Index part = 0; part < split.count(); ++part) {
    const Index row = split.first(part), height = split.height(part);
    for (Index r = 0; r < height; r += kSquare) {
      Index k = 0;
      if (row + r + kSquare <= rows) {  // whole squares in registers
        for (; k + kSquare <= depth; k += kSquare) {
          packet::PacketBlock<Narrow, int(kSquare)> square;
          for (Index i = 0; i < kSquare; ++i)
            square.packet[i] = packet::ploadu<Narrow>(w + k + (row + r + i) * ld);
          packet::ptranspose(square);
          for (Index i = 0; i < kSquare; ++i)
            packet::pstoreu(panel + (k + i) * height + r, square.packet[i]);
        }
      }
      for (; k < depth; ++k)
        for (Index i = 0; i < kSquare; ++i)
          panel[k * height + r + i] = row + r + i < rows ? w[k + (row + r + i) * ld] : 0.0F;
    }
    panel += height * depth;
  }
  return {.data = out, .panel_depth = depth};
}

}  // namespace rlrun::nn::kernel
