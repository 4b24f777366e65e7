#include "store/names.hpp"

#include <charconv>

#include "rlrun/error.hpp"

namespace rlrun {

const char* status_name(TrialStatus status) {
  return status == TrialStatus::kComplete ? "complete" : "failed";
}

TrialStatus status_named(const std::string& text, const std::string& file) {
  if (text == "complete") return TrialStatus::kComplete;
  if (text == "failed") return TrialStatus::kFailed;
  throw UserError(file + ": status '" + text + "' is unknown; known: complete, failed",
                  ExitCode::kStore);
}

std::string dataset_name(const std::string& metric) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string name;
  for (const char c : metric) {
    const auto byte = static_cast<unsigned char>(c);
    // "." alone means the group itself.
    const bool special = byte < 0x20 || c == '/' || c == '%' || (c == '.' && name.empty());
    if (special) {
      name += '%';
      name += kDigits[byte >> 4];
      name += kDigits[byte & 15];
    } else {
      name += c;
    }
  }
  return name.empty() ? "%" : name;  // HDF5 has no empty names
}

std::string metric_name(const std::string& dataset) {
  std::string name;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    unsigned byte = 0;
    const char* digits = dataset.data() + i + 1;
    if (dataset[i] == '%' && i + 2 < dataset.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      name += static_cast<char>(byte);
      i += 2;
    } else if (dataset[i] != '%') {
      name += dataset[i];
    }
  }
  return name;
}

}  // namespace rlrun
