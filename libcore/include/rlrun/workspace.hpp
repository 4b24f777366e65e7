#pragma once
// Scratch memory that is owned by a caller and grows to what is needed once.

#include <memory>
#include <vector>

#include "rlrun/types.hpp"

namespace rlrun {

/// A stack of floats. A function opens a scope, takes what it needs, and gives it back at the end
/// of the scope; after the first use of a code path there is no further allocation. One owner, one
/// thread at a time.
class RLRUN_API Workspace {
 public:
  using Map = Eigen::Map<MatrixF, Eigen::AlignedMax>;

  /// Marks a level of the stack and returns to it when destroyed.
  class RLRUN_API Scope {
   public:
    explicit Scope(Workspace& workspace)
        : workspace_(workspace), block_(workspace.block_), used_(workspace.used_) {}
    ~Scope() {
      workspace_.block_ = block_;
      workspace_.used_ = used_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Workspace& workspace_;
    std::size_t block_, used_;
  };

  Workspace();
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  /// An uninitialised matrix, valid until the scope in which it was taken ends.
  Map matrix(Index rows, Index cols);

 private:
  struct Block {
    std::unique_ptr<float[], void (*)(float*)> data;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;  // current block, floats used in it
};

}  // namespace rlrun
