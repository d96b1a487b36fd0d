#include "labs/demo/sqlite_reader.hpp"

#include <stdexcept>

#include <sqlite3.h>

namespace plaintalk::demo {

void SqliteReader::Close::operator()(sqlite3* database) const { sqlite3_close(database); }
void SqliteReader::Query::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteReader::SqliteReader(const std::filesystem::path& path) : path_(path) {
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  database_.reset(database);
  if (result != SQLITE_OK) fail("cannot be opened");
}

void SqliteReader::fail(const std::string& what) const {
  const std::string why = database_ ? sqlite3_errmsg(database_.get()) : "out of memory";
  throw std::runtime_error(path_.string() + ' ' + what + ": " + why);
}

SqliteReader::Query SqliteReader::query(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    fail("does not answer '" + sql + '\'');
  }
  Query query;
  query.statement_.reset(statement);
  query.reader_ = this;
  return query;
}

bool SqliteReader::Query::next() {
  const int result = sqlite3_step(statement_.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE) reader_->fail("cannot be read");
  return result == SQLITE_ROW;
}

std::int64_t SqliteReader::Query::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double SqliteReader::Query::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::string SqliteReader::Query::text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(text), size};
}

}  // namespace plaintalk::demo
