#pragma once
// Published numbers to print beside ours.

#include <optional>
#include <string>
#include <vector>

#include "report/groups.hpp"

namespace rlrun {

struct PublishedTable {
  struct Entry {
    std::string env, algorithm;
    Cell::Published numbers;
  };
  std::string title, source;
  std::vector<Entry> entries;

  /// By label, or else by the plugin's name; capital letters do not matter.
  [[nodiscard]] std::optional<Cell::Published> find(const Pair& pair) const;
};

/// Reads {"title", "source", "cells": [{"env", "algorithm", "mean", "std", "bold", "note"}]}. What
/// else the file holds does not matter, so the output of `rlrun table --format json` serves too.
/// Throws UserError with the place of the mistake.
PublishedTable read_published(const std::string& file);

}  // namespace rlrun
