#include "base/sqlite/reading_only.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include <sqlite3.h>

namespace plaintalk {
namespace {

int judge_action(void*, int action, const char*, const char* second, const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
      return second && std::strcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
  }
}

// How many steps of SQLite's machine go by between two looks at the clock: a millisecond or less.
constexpr int kStepsPerCheck = 10'000;

int is_over(void* end) { return read_clocks().instant >= *static_cast<const Instant*>(end) ? 1 : 0; }

std::string plain_number(double value) {
  std::array<char, 400> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  return {digits.data(), end.ptr};
}

}  // namespace

void allow_reading_only(const SqliteDatabase& database) {
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_set_authorizer(database.handle(), judge_action, nullptr);
}

SqliteTimeLimit::SqliteTimeLimit(const SqliteDatabase& database, Nanoseconds time) : database_(database) {
  constexpr int kTextSizeMax = 64 << 20;  // of one value: replace() and printf() can make any
  sqlite3_limit(database.handle(), SQLITE_LIMIT_LENGTH, kTextSizeMax);
  if (time <= Nanoseconds::zero()) return;
  end_ = read_clocks().instant + time;
  sqlite3_progress_handler(database.handle(), kStepsPerCheck, is_over, &end_);
}

SqliteTimeLimit::~SqliteTimeLimit() { sqlite3_progress_handler(database_.handle(), 0, nullptr, nullptr); }

SqliteCell cell_of(const SqliteStatement& statement, int column) {
  using Kind = SqliteCell::Kind;
  switch (sqlite3_column_type(statement.handle(), column)) {
    case SQLITE_NULL: return {};
    case SQLITE_INTEGER: return {Kind::integer, statement.text(column)};
    case SQLITE_FLOAT: return {Kind::real, plain_number(statement.real(column))};
    default: return {Kind::text, statement.text(column)};
  }
}

}  // namespace plaintalk
