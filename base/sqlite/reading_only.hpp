// For SQL that may come from anybody (a teacher's template, a lab from the net) on a database that may come
// from anybody: it can read the tables and do nothing else, not attach other files, write or load code, and
// it ends.
#pragma once

#include <string>

#include "base/sqlite/sqlite.hpp"
#include "base/time.hpp"

namespace plaintalk {

// From now on statements of this connection may only read; what the database's own schema calls is not
// trusted.
void allow_reading_only(const SqliteDatabase& database);

// Ends the statements of a connection (SQLITE_INTERRUPT) that run when the time is over, and bounds the size
// of a value. Must not outlive the database; must outlive the statements.
class SqliteTimeLimit {
 public:
  // Zero: no limit.
  SqliteTimeLimit(const SqliteDatabase& database, Nanoseconds time);
  ~SqliteTimeLimit();
  SqliteTimeLimit(const SqliteTimeLimit&) = delete;
  SqliteTimeLimit& operator=(const SqliteTimeLimit&) = delete;

 private:
  const SqliteDatabase& database_;
  Instant end_{};
};

struct SqliteCell {
  enum class Kind : unsigned char { null, integer, real, text };
  Kind kind = Kind::null;
  // A real number has as few digits as tell it from its neighbours, and never an exponent: 0.00004,
  // not 4.0e-05.
  std::string text;

  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
};

SqliteCell cell_of(const SqliteStatement& statement, int column);

}  // namespace plaintalk
