// What the capture of an analysis held, read back from its database.
#pragma once

#include "analyzer/tables/capture_contents.hpp"
#include "base/sqlite/sqlite.hpp"

namespace plaintalk::analyzer {

// Throws std::runtime_error when the database has not these tables.
CaptureContents read_contents(const SqliteDatabase& database);

}  // namespace plaintalk::analyzer
