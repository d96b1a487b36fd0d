// Reads rows from a SQLite file, read-only. Throws std::runtime_error with the file's name on any trouble.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace plaintalk::demo {

class SqliteReader {
 public:
  explicit SqliteReader(const std::filesystem::path& path);

  class Query {
   public:
    // False when there are no more rows. The values below belong to the current row; a NULL is 0 or "".
    bool next();
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;

   private:
    friend class SqliteReader;
    struct Finalize {
      void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    const SqliteReader* reader_ = nullptr;
  };

  Query query(const std::string& sql) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace plaintalk::demo
