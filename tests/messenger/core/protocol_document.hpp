// docs/PROTOCOL.md as tests read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::messenger::test {

// The lines of "## N. ..." up to the next such heading.
std::vector<std::string> section(int number);
// The cells of the table whose head starts with `first_cell`, without head and rule.
std::vector<std::vector<std::string>> table(int number, const std::string& first_cell);
std::string trimmed(std::string_view text);

}  // namespace plaintalk::messenger::test
