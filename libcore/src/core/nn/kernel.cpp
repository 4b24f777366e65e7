#include "nn/kernel.hpp"

#include <algorithm>

namespace rlrun::nn::kernel {
namespace {

namespace packet = Eigen::internal;
using Packet = packet::packet_traits<float>::type;

// Registers of a panel in packed factors. With four columns its sums fill 12 of 16 registers.
constexpr Index kPanel = 3;
// Inner indices at a time, so that a panel stays in the first cache.
constexpr Index kDepthBlock = 256;

// Cuts `count` things into parts of at most `most` that differ by one at most.
class EvenSplit {
 public:
  EvenSplit(Index count, Index most)
      : parts_((count + most - 1) / most), size_(count / parts_), larger_(count % parts_) {}
  [[nodiscard]] Index parts() const { return parts_; }
  [[nodiscard]] Index size(Index part) const { return size_ + (part < larger_ ? 1 : 0); }
  [[nodiscard]] Index first(Index part) const { return size_ * part + std::min(part, larger_); }

 private:
  Index parts_, size_, larger_;
};

struct Tile {
  const float* a;
  Index a_step;
  const float* b;
  Index b_step, b_ld;
  Index depth;
  const float* init;
  Index init_ld;
  float* c;
  Index c_ld;
};

// One block of the result, R registers by C columns, with all its sums in registers.
template <int R, int C>
void tile(const Tile& t) {
  Packet sum[C][R];
  for (int j = 0; j < C; ++j)
    for (int r = 0; r < R; ++r)
      sum[j][r] = packet::ploadu<Packet>(t.init + j * t.init_ld + r * kLanes);
  const float* a = t.a;
  const float* b = t.b;
  const Index a_step = t.a_step, b_step = t.b_step, b_ld = t.b_ld;
  for (Index k = t.depth; k > 0; --k) {
    Packet left[R];
    for (int r = 0; r < R; ++r) left[r] = packet::ploadu<Packet>(a + r * kLanes);
    for (int j = 0; j < C; ++j) {
      const Packet right = packet::pset1<Packet>(b[j * b_ld]);
      for (int r = 0; r < R; ++r) sum[j][r] = packet::pmadd(left[r], right, sum[j][r]);
    }
    a += a_step;
    b += b_step;
  }
  for (int j = 0; j < C; ++j)
    for (int r = 0; r < R; ++r) packet::pstoreu(t.c + j * t.c_ld + r * kLanes, sum[j][r]);
}

template <int R, int MostColumns>
void tile_of(Index columns, const Tile& t) {
  if (columns == MostColumns) return tile<R, MostColumns>(t);
  if constexpr (MostColumns > 1) tile_of<R, MostColumns - 1>(columns, t);
}

void run_tile(Index registers, Index columns, const Tile& t) {
  switch (registers) {
    case 1:
      return tile_of<1, 8>(columns, t);
    case 2:
      return tile_of<2, 4>(columns, t);
    case 3:
      return tile_of<3, 4>(columns, t);
    case 4:
      return tile_of<4, 3>(columns, t);
    case 5:
      return tile_of<5, 2>(columns, t);
    case 6:
      return tile_of<6, 1>(columns, t);
    case 7:
      return tile_of<7, 1>(columns, t);
    default:
      return tile_of<8, 1>(columns, t);
  }
}

// Registers of a tile that keep the multipliers busy for so few columns.
Index most_registers(const Lhs& a, Index cols) {
  if (a.panel_depth != 0 || cols > 3) return kPanel;
  return cols == 1 ? 8 : cols == 2 ? 5 : 4;
}

template <class F>
void for_each_packet(float* c, Index c_ld, Index rows, Index cols, const F& f) {
  for (Index j = 0; j < cols; ++j)
    for (Index r = 0; r < rows; r += kLanes) {
      float* const p = c + j * c_ld + r;
      packet::pstoreu(p, f(packet::ploadu<Packet>(p), r, j));
    }
}

}  // namespace

void apply(const Finish& finish, float* c, Index c_ld, Index rows, Index cols) {
  const Packet zero = packet::pset1<Packet>(0.0F), one = packet::pset1<Packet>(1.0F),
               leak = packet::pset1<Packet>(kLeak);
  const auto y = [&](Index r, Index j) {
    return packet::ploadu<Packet>(finish.y + j * finish.ld + r);
  };
  switch (finish.kind) {
    case Finish::Kind::kNone:
      return;
    case Finish::Kind::kTanh:
      return for_each_packet(c, c_ld, rows, cols,
                             [](Packet x, Index, Index) { return packet::ptanh(x); });
    case Finish::Kind::kRelu:  // a diverged network must show: NaN stays NaN
      return for_each_packet(c, c_ld, rows, cols, [&](Packet x, Index, Index) {
        return packet::pmax<Eigen::PropagateNaN>(x, zero);
      });
    case Finish::Kind::kLeakyRelu:
      return for_each_packet(c, c_ld, rows, cols, [&](Packet x, Index, Index) {
        return packet::pmax<Eigen::PropagateNaN>(x, packet::pmul(leak, x));
      });
    case Finish::Kind::kTimesTanhSlope:
      return for_each_packet(c, c_ld, rows, cols, [&](Packet x, Index r, Index j) {
        const Packet value = y(r, j);
        return packet::pmul(x, packet::psub(one, packet::pmul(value, value)));
      });
    case Finish::Kind::kTimesReluSlope:
      return for_each_packet(c, c_ld, rows, cols, [&](Packet x, Index r, Index j) {
        return packet::pand(x, packet::pcmp_lt(zero, y(r, j)));
      });
    case Finish::Kind::kTimesLeakyReluSlope:
      return for_each_packet(c, c_ld, rows, cols, [&](Packet x, Index r, Index j) {
        return packet::pselect(packet::pcmp_lt(zero, y(r, j)), x, packet::pmul(leak, x));
      });
  }
}

void product(const Lhs& a, const Rhs& b, Index rows, Index depth, Index cols, const float* init,
             Index init_ld, float* c, Index c_ld, const Finish& finish) {
  if (rows == 0 || cols == 0) return;
  const Index registers = rows / kLanes;
  const EvenSplit row_split(registers, most_registers(a, cols));
  const EvenSplit col_split(cols, registers == 1 ? 8 : 4);
  Index from = 0;
  do {
    const Index block = std::min(depth - from, kDepthBlock);
    const bool last = from + block == depth;
    const float* const start = from == 0 ? init : c;
    const Index start_ld = from == 0 ? init_ld : c_ld;
    for (Index part = 0, row = 0; part < row_split.parts(); ++part) {
      const Index height = row_split.size(part) * kLanes;
      Tile t;
      t.a = a.panel_depth != 0 ? a.data + row * a.panel_depth + (a.first + from) * height
                               : a.data + row + (a.first + from) * a.ld;
      t.a_step = a.panel_depth != 0 ? height : a.ld;
      t.b_step = b.step;
      t.b_ld = b.ld;
      t.depth = block;
      t.init_ld = start_ld;
      t.c_ld = c_ld;
      for (Index group = 0, col = 0; group < col_split.parts(); ++group) {
        const Index width = col_split.size(group);
        t.b = b.data + from * b.step + col * b.ld;
        t.init = start + row + col * start_ld;
        t.c = c + row + col * c_ld;
        run_tile(row_split.size(part), width, t);
        if (last && finish.kind != Finish::Kind::kNone) {
          Finish here = finish;
          if (here.y != nullptr) here.y += row + col * finish.ld;
          apply(here, t.c, c_ld, height, width);
        }
        col += width;
      }
      row += height;
    }
    from += block;
  } while (from < depth);
}

Index panels(Index rows) {
  return EvenSplit(padded(rows) / kLanes, kPanel).parts();
}

Panel panel(Index rows, Index index) {
  const EvenSplit split(padded(rows) / kLanes, kPanel);
  return {split.first(index) * kLanes, split.size(index) * kLanes};
}

void pack_columns(const float* w, Index ld, Index rows, Index depth, Index first, Index count,
                  float* out) {
  const EvenSplit split(padded(rows) / kLanes, kPanel);
  for (Index part = 0, row = 0; part < split.parts(); ++part) {
    const Index height = split.size(part) * kLanes;
    const Index filled = std::min(height, rows - row);
    float* to = out + row * depth + first * height;
    for (Index k = first; k < first + count; ++k, to += height) {
      // In registers: these columns are too short for the library's functions to pay.
      const float* const from = w + row + k * ld;
      Index r = 0;
      for (; r + kLanes <= filled; r += kLanes)
        packet::pstoreu(to + r, packet::ploadu<Packet>(from + r));
      for (; r < filled; ++r) to[r] = from[r];
      for (; r < height; ++r) to[r] = 0;
    }
    row += height;
  }
}

Lhs pack(const float* w, Index ld, Index rows, Index depth, float* out) {
  pack_columns(w, ld, rows, depth, 0, depth, out);
  return {.data = out, .panel_depth = depth};
}

// GCC remarks that the alignment of a register type is no part of a template argument; Eigen's own
// type for a square of registers does not need it to be.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
Lhs pack_transposed(const float* w, Index ld, Index rows, Index depth, float* out) {
  const EvenSplit split(padded(rows) / kLanes, kPanel);
  float* panel = out;
  for (Index part = 0, row = 0; part < split.parts(); ++part) {
    const Index height = split.size(part) * kLanes;
    for (Index r = 0; r < height; r += kLanes) {
      Index k = 0;
      if (row + r + kLanes <= rows) {  // whole squares in registers
        for (; k + kLanes <= depth; k += kLanes) {
          packet::PacketBlock<Packet, int(kLanes)> square;
          for (Index i = 0; i < kLanes; ++i)
            square.packet[i] = packet::ploadu<Packet>(w + k + (row + r + i) * ld);
          packet::ptranspose(square);
          for (Index i = 0; i < kLanes; ++i)
            packet::pstoreu(panel + (k + i) * height + r, square.packet[i]);
        }
      }
      for (; k < depth; ++k)
        for (Index i = 0; i < kLanes; ++i)
          panel[k * height + r + i] = row + r + i < rows ? w[k + (row + r + i) * ld] : 0.0F;
    }
    panel += height * depth;
    row += height;
  }
  return {.data = out, .panel_depth = depth};
}
#pragma GCC diagnostic pop

}  // namespace rlrun::nn::kernel
