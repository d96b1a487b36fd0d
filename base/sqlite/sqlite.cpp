#include "base/sqlite/sqlite.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <sqlite3.h>

namespace plaintalk {
namespace {

// SQLite takes options of a file only in a URI.
std::string uri_of(const std::filesystem::path& path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (kPlain.find(c) != kPlain.npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kDigits[byte >> 4];
    uri += kDigits[byte & 15];
  }
  return uri;
}

std::string error_text(sqlite3* database) {
  if (database == nullptr) return "out of memory";
  const int last = errno;
  const std::string text = sqlite3_errmsg(database);
  // "disk I/O error" is what happened; why is with the system. A COMMIT that fails does not tell SQLite's own
  // memory of it.
  const int primary = sqlite3_errcode(database) & 0xFF;
  const int system = sqlite3_system_errno(database) != 0 ? sqlite3_system_errno(database) : last;
  // SQLite keeps the system's number of this one to itself.
  if (primary == SQLITE_FULL) return text + " (" + std::generic_category().message(ENOSPC) + ')';
  if ((primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN) || system == 0) return text;
  return text + " (" + std::generic_category().message(system) + ')';
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
void SqliteDatabase::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

SqliteStatement::SqliteStatement(sqlite3_stmt* handle, std::string name)
    : handle_(handle), name_(std::move(name)) {}

void SqliteStatement::expect(int result, int wanted) const {
  if (result != wanted) throw std::runtime_error(name_ + ": " + error_text(sqlite3_db_handle(handle_.get())));
}

void SqliteStatement::bind_null(int place) { expect(sqlite3_bind_null(handle_.get(), place), SQLITE_OK); }
void SqliteStatement::bind(int place, std::int64_t value) {
  expect(sqlite3_bind_int64(handle_.get(), place, value), SQLITE_OK);
}
void SqliteStatement::bind(int place, double value) {
  expect(sqlite3_bind_double(handle_.get(), place, value), SQLITE_OK);
}
void SqliteStatement::bind(int place, std::string_view text) {
  // A null pointer would bind NULL; an empty text is one all the same.
  const char* const data = text.data() != nullptr ? text.data() : "";
  expect(sqlite3_bind_text64(handle_.get(), place, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
         SQLITE_OK);
}

int SqliteStatement::parameter_count() const { return sqlite3_bind_parameter_count(handle_.get()); }
std::string SqliteStatement::parameter_name(int place) const {
  const char* name = sqlite3_bind_parameter_name(handle_.get(), place);
  return name != nullptr ? name : "";
}

bool SqliteStatement::next() {
  errno = 0;
  const int result = sqlite3_step(handle_.get());
  if (result != SQLITE_ROW) expect(result, SQLITE_DONE);
  return result == SQLITE_ROW;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}
double SqliteStatement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }
std::string SqliteStatement::text(int column) const {
  const auto* text = sqlite3_column_text(handle_.get(), column);
  if (text == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return {reinterpret_cast<const char*>(text), size};
}

void SqliteStatement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& path, Mode mode, std::string shown_name)
    : name_(shown_name.empty() ? path.string() : std::move(shown_name)) {
  const std::string uri = uri_of(path) + (mode == Mode::immutable ? "?immutable=1" : "");
  const int access = mode == Mode::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(uri.c_str(), &handle, access | SQLITE_OPEN_URI, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail("cannot be opened");
}

void SqliteDatabase::keep_temporary_files_in(const std::string& folder) {
  sqlite3_free(sqlite3_temp_directory);
  sqlite3_temp_directory = sqlite3_mprintf("%s", folder.c_str());
}

void SqliteDatabase::fail(const std::string& what) const {
  throw std::runtime_error(name_ + ' ' + what + ": " + error_text(handle_.get()));
}

void SqliteDatabase::run(const std::string& sql) const {
  errno = 0;
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail("does not take '" + sql + '\'');
}

SqliteStatement SqliteDatabase::prepare(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    fail("does not answer '" + sql + '\'');
  return {statement, name_};
}

void SqliteDatabase::close() {
  sqlite3* const handle = handle_.release();
  if (sqlite3_close(handle) == SQLITE_OK) return;
  handle_.reset(handle);
  fail("cannot be closed");
}

std::size_t SqliteDatabase::cache_size() const {
  int bytes = 0;
  int most = 0;
  ::sqlite3_db_status(handle(), SQLITE_DBSTATUS_CACHE_USED, &bytes, &most, 0);
  return static_cast<std::size_t>(bytes);
}

}  // namespace plaintalk
