#pragma once
// Hyperparameters, declared once where they are used.

#include <limits>
#include <string>
#include <vector>

#include "rlrun/types.hpp"

namespace rlrun {

/// The values a number may take. `open_low`/`open_high` leave out the end point.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false, open_high = false;
};
inline Range at_least(double low) {
  return {.low = low};
}
inline Range more_than(double low) {
  return {.low = low, .open_low = true};
}
inline Range between(double low, double high) {
  return {.low = low, .high = high};
}

/// A JSON object that others than rlrun understand, such as the keyword arguments of a task that is
/// written elsewhere. Equal objects have equal text: compact, with sorted keys.
struct JsonObject {
  std::string text = "{}";
};

/// Visits the fields of a parameter struct. The one declaration
///
///     void fields(Fields& f) {
///       f("max_kl", max_kl, "Bound on the mean KL divergence of a step (delta).", more_than(0));
///     }
///
/// serves to read, check, list, document, sweep and record them. The value that a field holds
/// before the visit is its default. Names are snake_case; each has one sentence of documentation.
class RLRUN_API Fields {
 public:
  virtual ~Fields();
  virtual void operator()(const char* name, bool& value, const char* doc) = 0;
  virtual void operator()(const char* name, std::int64_t& value, const char* doc,
                          Range range = {}) = 0;
  virtual void operator()(const char* name, double& value, const char* doc, Range range = {}) = 0;
  /// One of `choices`; any text if there are none.
  virtual void operator()(const char* name, std::string& value, const char* doc,
                          const std::vector<std::string>& choices = {}) = 0;
  /// A list of whole numbers, such as layer widths; the range holds for each.
  virtual void operator()(const char* name, std::vector<std::int64_t>& value, const char* doc,
                          Range range = {}) = 0;
  virtual void operator()(const char* name, JsonObject& value, const char* doc) = 0;
};

/// A parameter as `describe`, the schema and the checks see it. Values are JSON text.
struct FieldInfo {
  std::string name;
  std::string type;  ///< "bool", "int", "number", "text", "int_list", "object"
  std::string default_value;
  std::string doc;
  Range range;
  std::vector<std::string> choices;
};
using Schema = std::vector<FieldInfo>;

}  // namespace rlrun
