// A thin, typed face on SQLite: a database and its prepared statements, closed and finalized by themselves.
// Throws std::runtime_error with the file's name on any trouble.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace plaintalk {

// A prepared statement. Must not outlive its database.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  // Takes the handle over; may be null, as SQLite prepares nothing from nothing.
  SqliteStatement(sqlite3_stmt* handle, std::string name);

  // Parameters count from 1. Texts and values are kept until the next reset().
  void bind_null(int place);
  void bind(int place, std::int64_t value);
  void bind(int place, double value);
  void bind(int place, std::string_view text);

  // Parameters of the statement, and the name of one, such as ":user"; empty when it has none.
  int parameter_count() const;
  std::string parameter_name(int place) const;

  // False when there are no more rows. The values below belong to the current row, columns count from 0; a
  // NULL is 0 or "".
  bool next();
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  // Ready to be run again, with nothing bound.
  void reset();

  sqlite3_stmt* handle() const { return handle_.get(); }

 private:
  void expect(int result, int wanted) const;

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  std::string name_;  // of the database, for errors
};

class SqliteDatabase {
 public:
  enum class Mode : std::uint8_t {
    read_only,
    immutable,   // read-only, and nobody else writes: takes no locks
    read_write,  // an existing file
  };
  // Errors call the file `shown_name`, or by its path.
  SqliteDatabase(const std::filesystem::path& path, Mode mode, std::string shown_name = {});
  // Where statements keep what memory does not hold, such as the rows of an index on their way; of all
  // databases that are opened from here on. The files have no names.
  static void keep_temporary_files_in(const std::string& folder);

  void run(const std::string& sql) const;
  SqliteStatement prepare(const std::string& sql) const;
  // Every statement must be gone. Tells what the destructor would have to keep to itself.
  void close();

  // What of the file it holds in memory, in bytes.
  std::size_t cache_size() const;

  sqlite3* handle() const { return handle_.get(); }

 private:
  [[noreturn]] void fail(const std::string& what) const;

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string name_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace plaintalk
