// What stands in the tables of the page that belong to no figure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

struct PageQuery {
  std::string_view id;
  std::string_view section;  // where it stands
  std::string_view title;
  std::string_view sentence;  // what to see, for those who read and do not look
  std::string_view why_empty;
  std::string_view whole;  // the file of the analysis that has all rows
  std::size_t rows_max = 0;
  std::string_view sql;  // without LIMIT
};
const std::vector<PageQuery>& page_queries();

}  // namespace plaintalk::analyzer
