// What a filter can ask for, and where it stands in the tables of an analysis.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plaintalk::analyzer {

struct FilterField {
  enum class Kind : std::uint8_t {
    text,
    number,
    list,  // several texts with commas between: one of them has to be what is asked for
  };
  std::string_view name;
  Kind kind{};
  std::string_view meaning;
  // A column of a packet `p`, its connection `c`, a frame `u` of which it carries bytes, the message `m` in
  // that frame, or the findings `f` that name it. Of two sides, one has to be what is asked for.
  std::string_view column;
  std::string_view other_column{};
};

std::span<const FilterField> filter_fields();
// nullptr when there is none.
const FilterField* find_filter_field(std::string_view name);

// The SQL expression of a column.
std::string filter_column_sql(std::string_view column);

}  // namespace plaintalk::analyzer
