#pragma once
// Saving and restoring the state of a trial, declared once.

#include <string>
#include <vector>

#include "rlrun/types.hpp"

namespace rlrun {

class Rng;

/// Visits everything that a later iteration depends on. One function serves for saving and for
/// restoring: `archive("mean", mean_)` writes the value or overwrites it with the stored one.
/// Restoring throws UserError (exit code 5) for another name or size. Texts and lists
/// (`std::vector`) take the size that is stored, and so do vectors and matrices that are empty;
/// those that have a size must have the one that is stored. Values are kept bit for bit.
class RLRUN_API Archive {
 public:
  virtual ~Archive();
  [[nodiscard]] virtual bool restoring() const = 0;

  void operator()(const char* name, bool& value);
  void operator()(const char* name, int& value);
  void operator()(const char* name, std::int64_t& value);
  void operator()(const char* name, std::uint64_t& value);
  void operator()(const char* name, double& value);
  void operator()(const char* name, float& value);
  void operator()(const char* name, std::string& value);
  void operator()(const char* name, Vector& value);
  void operator()(const char* name, VectorF& value);
  void operator()(const char* name, Matrix& value);
  void operator()(const char* name, MatrixF& value);
  void operator()(const char* name, std::vector<double>& value);
  void operator()(const char* name, std::vector<std::int64_t>& value);
  void operator()(const char* name, std::vector<std::int32_t>& value);
  void operator()(const char* name, std::vector<std::uint8_t>& value);
  void operator()(const char* name, Rng& value);

  /// A block whose size is known to both sides, such as the used part of a replay buffer.
  void values(const char* name, float* data, Index count);

 protected:
  /// Moves `bytes` bytes to or from `data`. The name and size are part of what is stored.
  virtual void bytes(const char* name, void* data, std::size_t size) = 0;
};

}  // namespace rlrun
