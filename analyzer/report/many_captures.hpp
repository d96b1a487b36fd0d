// The database of many captures (plaintalk-analyze --each), shown to a template as if each were alone: views
// with the names of the tables hold the rows of one capture, so that joins by connection or packet stay
// right.
#pragma once

#include <string>
#include <vector>

#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

class ManyCaptures {
 public:
  // Makes the views, which are temporary, when the database has many captures.
  explicit ManyCaptures(const SqliteDatabase& database);

  bool any() const { return !names_.empty(); }
  const std::vector<std::string>& names() const { return names_; }
  // From here on the tables are those of this capture, and the connection is not limited to reading any more.
  // Throws std::runtime_error when there is no such capture.
  void choose(const std::string& name) const;

 private:
  const SqliteDatabase& database_;
  std::vector<std::string> names_;
};

}  // namespace plaintalk::analyzer
