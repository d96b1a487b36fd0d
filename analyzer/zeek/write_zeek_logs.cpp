#include "analyzer/zeek/write_zeek_logs.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/tables/open_analysis.hpp"
#include "analyzer/zeek/zeek_log.hpp"
#include "analyzer/zeek/zeek_value.hpp"
#include "base/sqlite/reading_only.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;  // a log says what people said

std::string file_name(const ZeekLog& log) { return std::string(log.path) + ".log"; }
std::string shown(const fs::path& path) { return terminal_safe(path.string()); }

[[noreturn]] void refuse(const fs::path& path) {
  throw std::runtime_error(shown(path) + " is there already and stays as it is: give another folder");
}

void refuse_present(const fs::path& path) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(path, error))) refuse(path);
}

// Files that get their own names together, and only where nothing has them.
class NewFiles {
 public:
  explicit NewFiles(const std::string& folder) : folder_(folder) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) throw std::runtime_error("cannot make the folder " + shown(folder_) + ": " + error.message());
  }
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles() {
    for (const auto& name : begun_) ::unlink(temporary(name).c_str());
  }

  OutputFile create(const std::string& name) {
    refuse_present(own(name));
    const std::string path = temporary(name);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
    if (file < 0) fail_system("cannot create " + shown(path));
    begun_.push_back(name);
    return {file, path};
  }

  // REQUIRES: all are closed.
  std::vector<std::string> name_all() {
    for (std::size_t done = 0; done < begun_.size(); ++done) {
      if (::link(temporary(begun_[done]).c_str(), own(begun_[done]).c_str()) == 0) continue;
      const int error = errno;
      for (std::size_t index = 0; index < done; ++index) ::unlink(own(begun_[index]).c_str());
      if (error == EEXIST) refuse(own(begun_[done]));
      throw std::runtime_error("cannot write " + shown(own(begun_[done])) + ": " + std::strerror(error));
    }
    return begun_;
  }

 private:
  std::string own(const std::string& name) const { return (folder_ / name).string(); }
  std::string temporary(const std::string& name) const {
    return (folder_ / ('.' + name + '.' + std::to_string(::getpid()) + ".new")).string();
  }

  fs::path folder_;
  std::vector<std::string> begun_;
};

std::string header(const ZeekLog& log) {
  std::string names = "#fields";
  std::string types = "#types";
  for (const ZeekField& field : log.fields) {
    names += '\t' + std::string(field.name);
    types += '\t' + std::string(name_of(field.type));
  }
  return "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t" +
         std::string(log.path) + '\n' + names + '\n' + types + '\n';
}

void append_line(std::string& out, const ZeekLog& log, const SqliteStatement& row, ZeekForm form) {
  nlohmann::ordered_json object;
  int column = 0;
  for (const ZeekField& field : log.fields) {
    const SqliteCell cell = cell_of(row, column);
    const bool is_set = cell.kind != SqliteCell::Kind::null;
    if (form == ZeekForm::tsv) {
      if (column > 0) out += '\t';
      out += is_set ? zeek_field(field.type, cell.text) : "-";
    } else if (is_set) {
      object[std::string(field.name)] = zeek_json(field.type, cell.text);
    }
    ++column;
  }
  if (form == ZeekForm::json)
    out += json_safe(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  out += '\n';
}

void write_log(const ZeekLog& log, const SqliteDatabase& database, ZeekForm form, NewFiles& files) {
  SqliteStatement rows = database.prepare(std::string(log.query));
  if (!rows.next()) return;
  OutputFile file = files.create(file_name(log));
  if (form == ZeekForm::tsv) file.write(header(log));
  do {
    file.append([&](std::string& out) { append_line(out, log, rows, form); });
  } while (rows.next());
  file.close();
}

}  // namespace

std::vector<std::string> write_zeek_logs(const std::string& analysis, const std::string& folder,
                                         ZeekForm form) {
  const SqliteDatabase database = open_analysis(analysis);
  if (has_many_captures(database))
    throw std::runtime_error(
        terminal_safe(analysis) +
        " is an analysis of many captures: give the folder of one of them, which is in it");
  NewFiles files(folder);
  for (const ZeekLog& log : zeek_logs()) write_log(log, database, form, files);
  return files.name_all();
}

void require_room_for_zeek_logs(const std::string& folder) {
  for (const ZeekLog& log : zeek_logs()) refuse_present(fs::path(folder) / file_name(log));
}

}  // namespace plaintalk::analyzer
