#pragma once
// What a careful reader would ask about the numbers of a table, answered in short sentences.

#include <string>
#include <vector>

#include "report/groups.hpp"

namespace rlrun {

/// "4,000,000".
std::string grouped(std::int64_t number);
std::string join(const std::vector<std::string>& parts, const char* separator);

/// Of one cell: the choice of its setting, lost seeds, broken episodes, training without updates,
/// steps that count nowhere. None of them names the cell.
std::vector<std::string> notes_of_cell(const Pair& pair, Score score);

/// Of one row, of the pairs with numbers in it: "" or that their budgets differ.
std::string note_of_row(const std::vector<const Pair*>& row);

/// Of the whole table, of the pairs shown.
std::vector<std::string> notes_of_table(const std::vector<const Pair*>& pairs, Score score);

}  // namespace rlrun
