#pragma once
// Films as MP4 files, made by the program ffmpeg.

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "rlrun/env.hpp"

namespace rlrun {

/// Pictures of one size go in, a file comes out. The file gets its name when it is complete.
class Film {
 public:
  /// Width and height are even. Throws UserError if ffmpeg cannot be started.
  Film(std::filesystem::path path, int width, int height, double frames_per_second);
  ~Film();  ///< Without `finish` no file is left.
  Film(const Film&) = delete;
  Film& operator=(const Film&) = delete;

  /// Throws UserError with what ffmpeg said if it gave up.
  void add(const Frame& frame);
  void finish();

 private:
  [[noreturn]] void fail();
  int wait();
  void close_pipe();

  std::filesystem::path path_, temporary_;
  int width_, height_;
  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace rlrun
