#pragma once
// The description of an entry in words.

#include <string>

#include "json/json.hpp"
#include "plugin/catalog.hpp"

namespace rlrun::commands {

/// For a terminal. `facts` is what Catalog::env_facts gives, or null.
std::string describe_text(const EntryInfo& info, const json::Value& facts);
/// A page of the reference, in Markdown.
std::string describe_markdown(const EntryInfo& info, const json::Value& facts);

}  // namespace rlrun::commands
