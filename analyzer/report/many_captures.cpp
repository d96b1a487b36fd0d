#include "analyzer/report/many_captures.hpp"

#include <algorithm>
#include <stdexcept>

#include <sqlite3.h>

#include "analyzer/tables/combined_tables.hpp"
#include "analyzer/tables/open_analysis.hpp"
#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {
ManyCaptures::ManyCaptures(const SqliteDatabase& database) : database_(database) {
  if (!has_many_captures(database)) return;
  const std::string column(kCaptureColumn);
  {
    SqliteStatement names = database.prepare("SELECT " + column + " FROM main.captures ORDER BY rowid");
    while (names.next()) names_.push_back(names.text(0));
  }
  database.run("PRAGMA temp_store = MEMORY; CREATE TEMP TABLE chosen_capture (name TEXT)");
  for (const Table& table : tables()) {
    const std::string name(table.name);
    database.run("CREATE TEMP VIEW " + name + " AS SELECT * FROM main." + name + " WHERE " + column +
                 " = (SELECT name FROM temp.chosen_capture)");
  }
}

void ManyCaptures::choose(const std::string& name) const {
  if (std::ranges::find(names_, name) == names_.end()) {
    std::string known;
    for (const std::string& other : names_) known += (known.empty() ? "" : ", ") + other;
    throw std::runtime_error("there is no capture '" + name + "' in this analysis; there are: " + known);
  }
  sqlite3_set_authorizer(database_.handle(), nullptr, nullptr);
  database_.run("DELETE FROM temp.chosen_capture");
  SqliteStatement insert = database_.prepare("INSERT INTO temp.chosen_capture VALUES (?)");
  insert.bind(1, name);
  insert.next();
}

}  // namespace plaintalk::analyzer
