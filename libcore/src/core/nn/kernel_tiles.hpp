#pragma once
// What the product knows of the machine's registers.

#include "nn/kernel.hpp"

namespace rlrun::nn::kernel {

/// A block of a product: c = init + a * b for some units of kLanes rows and some columns.
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

/// The loops for registers of one width. Sizes are in units of kLanes rows.
struct Tiles {
  Index units_per_register;         ///< Rows are best cut at multiples of it.
  Index (*most_units)(Index cols);  ///< Of a tile, where there are so many columns in all.
  Index (*most_columns)(Index units);
  void (*run)(Index units, Index columns, const Tile& tile);
  void (*apply)(const Finish& finish, float* c, Index c_ld, Index rows, Index cols);
};

/// For the instruction set that everything is compiled for.
extern const Tiles kPlainTiles;
/// With registers of 512 bits, where they are built; null if not, or if this machine has none.
const Tiles* wide_tiles();
/// The widest that this machine has.
const Tiles& tiles();

/// The product over given loops; a packed left factor only over those of `tiles()`.
void product(const Tiles& tiles, const Lhs& a, const Rhs& b, Index rows, Index depth, Index cols,
             const float* init, Index init_ld, float* c, Index c_ld, const Finish& finish);

}  // namespace rlrun::nn::kernel
