#include "analyzer/tables/combined_tables.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "analyzer/tables/csv_tables.hpp"
#include "analyzer/tables/database.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::string_view kDatabaseName = "analysis.sqlite";
constexpr std::string_view kCaptures = "captures";
constexpr std::size_t kBlockSize = 64 << 10;

std::string column_names(const Table& table) {
  std::string names;
  for (const Column& column : table.columns) names += (names.empty() ? "" : ", ") + std::string(column.name);
  return names;
}

// One record is "NAME," and the record of the analysis. Quoted fields may hold line feeds.
class RecordPrefixer {
 public:
  RecordPrefixer(std::string prefix, OutputFile& file) : prefix_(std::move(prefix)), file_(file) {}

  void feed(std::string_view block) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < block.size(); ++at) {
      if (block[at] == '"') quoted_ = !quoted_;
      if (block[at] != '\n' || quoted_) continue;
      end_record(block.substr(begin, at + 1 - begin));
      begin = at + 1;
    }
    add(block.substr(begin));
  }

 private:
  void add(std::string_view bytes) {
    if (bytes.empty()) return;
    if (!in_header_ && !in_record_) file_.write(prefix_);
    in_record_ = true;
    if (!in_header_) file_.write(bytes);
  }
  void end_record(std::string_view bytes) {
    add(bytes);
    in_header_ = in_record_ = false;
  }
  std::string prefix_;
  OutputFile& file_;
  bool quoted_ = false;
  bool in_header_ = true;
  bool in_record_ = false;
};

}  // namespace

CombinedTables::CombinedTables(AnalysisFolder& folder, const std::vector<std::string>& names) {
  for (const Table& table : tables()) {
    if (!names.empty() && std::find(names.begin(), names.end(), table.name) == names.end()) continue;
    const auto [file, is_new] = files_.emplace(&table, folder.create(std::string(table.name) + ".csv"));
    file->second.write(std::string(kCaptureColumn) + ',' + csv_header(table));
  }
  if (names.empty())
    create_database(folder.create_path(std::string(kDatabaseName)),
                    folder.path() + '/' + std::string(kDatabaseName));
}

void CombinedTables::create_database(const std::string& path, const std::string& name) {
  database_ = std::make_unique<SqliteDatabase>(path, SqliteDatabase::Mode::read_write, name);
  database_->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  database_->run("PRAGMA application_id = " + std::to_string(kDatabaseApplicationId) +
                 "; CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)");
  for (const Table& table : tables())
    database_->run(create_table_sql(table, std::string(kCaptureColumn) + " TEXT, "));
}

void CombinedTables::add(const std::string& capture, const std::string& analysis) {
  const std::filesystem::path folder = analysis;
  if (database_) copy_rows(capture, folder / kDatabaseName);
  for (const auto& [table, file] : files_)
    copy_csv(*table, capture, folder / (std::string(table->name) + ".csv"));
}

void CombinedTables::copy_csv(const Table& table, const std::string& capture, const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return;  // left out, as `packets` is of a long capture
  std::ifstream file(path, std::ios::binary);
  RecordPrefixer records(csv_field(table_text(capture)) + ',', files_.at(&table));
  std::string block(kBlockSize, '\0');
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    records.feed(std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount())));
  }
  if (file.bad() || !file.eof()) throw std::runtime_error("cannot read " + path);
}

void CombinedTables::copy_rows(const std::string& capture, const std::string& path) {
  {
    SqliteStatement attach = database_->prepare("ATTACH ? AS one");
    attach.bind(1, path);
    attach.next();
  }
  database_->run("BEGIN");
  for (const Table& table : tables()) {
    const std::string name(table.name);
    const std::string columns = column_names(table);
    SqliteStatement copy =
        database_->prepare("INSERT INTO main." + name + " (" + std::string(kCaptureColumn) + ", " + columns +
                           ") SELECT ?, " + columns + " FROM one." + name + " ORDER BY rowid");
    copy.bind(1, table_text(capture));
    copy.next();
  }
  database_->run("COMMIT");
  database_->run("DETACH one");
}

void CombinedTables::add_failed(const std::string& capture, const std::string& why) {
  const Table& table = *find_table(kCaptures);
  if (const auto file = files_.find(&table); file != files_.end()) {
    std::string line = csv_field(table_text(capture));
    for (const Column& column : table.columns)
      line += ',' + (column.name == "damage" ? csv_field(table_text(why)) : std::string());
    file->second.write(line + '\n');
  }
  if (!database_) return;
  SqliteStatement insert = database_->prepare("INSERT INTO " + std::string(kCaptures) + " (" +
                                              std::string(kCaptureColumn) + ", damage) VALUES (?, ?)");
  insert.bind(1, table_text(capture));
  insert.bind(2, table_text(why));
  insert.next();
}

void CombinedTables::finish(std::string_view program) {
  for (auto& [table, file] : files_) file.close();
  files_.clear();
  if (!database_) return;
  {
    SqliteStatement about = database_->prepare("INSERT INTO about VALUES (?, ?)");
    for (const auto& [key, value] : {std::pair<std::string_view, std::string_view>{"program", program},
                                     {"state", "complete"},
                                     {"kind", "many captures, each analysed alone"}}) {
      about.bind(1, key);
      about.bind(2, value);
      about.next();
      about.reset();
    }
  }
  create_indexes(*database_, std::string(kCaptureColumn) + ", ");
  database_->run("ANALYZE");
  database_->close();
}

}  // namespace plaintalk::analyzer
