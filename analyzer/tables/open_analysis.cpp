#include "analyzer/tables/open_analysis.hpp"

#include <filesystem>
#include <stdexcept>

#include "analyzer/tables/combined_tables.hpp"
#include "analyzer/tables/database.hpp"

namespace plaintalk::analyzer {
namespace {

bool is_analysis(const SqliteDatabase& database) {
  try {
    SqliteStatement query = database.prepare("PRAGMA application_id");
    return query.next() && query.integer(0) == kDatabaseApplicationId;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

SqliteDatabase open_analysis(const std::string& analysis) {
  std::error_code error;
  std::filesystem::path path = analysis;
  if (std::filesystem::is_directory(path, error)) path /= "analysis.sqlite";
  if (!std::filesystem::is_regular_file(path, error))
    throw std::runtime_error(path.string() +
                             " does not exist: give the folder that plaintalk-analyze wrote (without "
                             "--tables), or its analysis.sqlite");
  SqliteDatabase database(path, SqliteDatabase::Mode::immutable);
  if (!is_analysis(database))
    throw std::runtime_error(path.string() + " is no database of plaintalk-analyze");
  return database;
}

bool has_many_captures(const SqliteDatabase& database) {
  SqliteStatement column = database.prepare("SELECT 1 FROM pragma_table_info('captures') WHERE name = ?");
  column.bind(1, kCaptureColumn);
  return column.next();
}

}  // namespace plaintalk::analyzer
