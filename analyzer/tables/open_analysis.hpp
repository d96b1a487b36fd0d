// An analysis that is on the disk, opened for reading.
#pragma once

#include <string>

#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

// `analysis` is a folder written by plaintalk-analyze, or its analysis.sqlite. The database is opened
// read-only and immutable. Throws std::runtime_error saying what to give instead when it is none.
SqliteDatabase open_analysis(const std::string& analysis);

// Its tables are those of many captures (--each), with a first column that names the capture.
bool has_many_captures(const SqliteDatabase& database);

}  // namespace plaintalk::analyzer
