#include "labs/grade/roster.hpp"

#include <charconv>
#include <set>
#include <stdexcept>

#include "base/number.hpp"
#include "base/text.hpp"
#include "labs/course/variant.hpp"
#include "labs/grade/csv_file.hpp"

namespace plaintalk::labs {
namespace {

// A gradebook that Canvas exported: its ID is Canvas' own number, and Student a name.
bool is_of_canvas(const CsvRow& row) { return row.contains("sis user id") || row.contains("sis login id"); }

std::string student_of(const CsvRow& row) {
  return normal_student_id(is_of_canvas(row) ? column(row, {"sis user id", "sis login id"})
                                             : column(row, {"student", "id", "student id", "id number"}));
}

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t index, const std::string& why) {
  throw std::runtime_error(path.string() + ", row " + std::to_string(index + 2) + ": " + why);
}

}  // namespace

std::vector<RosterEntry> read_roster(const std::filesystem::path& path) {
  std::vector<RosterEntry> roster;
  std::set<std::string> seen;
  const auto rows = read_csv(path);
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const CsvRow& row = rows[index];
    const std::string id = student_of(row);
    if (id.empty())
      fail(path, index, "no usable id: it needs a column id, with letters, digits and . _ - @ + only");
    if (!seen.insert(id).second) fail(path, index, "the id " + id + " stands there twice");
    roster.push_back({.id = id,
                      .name = is_of_canvas(row) ? column(row, {"student"})
                                                : column(row, {"name", "full name", "student name"}),
                      .email = column(row, {"email", "email address", "e-mail"}),
                      .group = column(row, {"group"}),
                      .canvas_id = is_of_canvas(row) ? column(row, {"id"}) : column(row, {"canvas id"}),
                      .sis_id = column(row, {"sis user id"}),
                      .login_id = column(row, {"sis login id"}),
                      .section = column(row, {"section"})});
  }
  return roster;
}

std::vector<Override> read_overrides(const std::filesystem::path& path) {
  std::vector<Override> overrides;
  const auto rows = read_csv(path);
  for (std::size_t index = 0; index < rows.size(); ++index) {
    Override entry{.student = student_of(rows[index]),
                   .question = column(rows[index], {"question", "lab"}),
                   .reason = column(rows[index], {"reason"})};
    const std::string points = column(rows[index], {"points"});
    const auto [end, error] = std::from_chars(points.data(), points.data() + points.size(), entry.points);
    if (error != std::errc{} || end != points.data() + points.size() || entry.points < 0)
      fail(path, index, "points must be a number, 0 or more");
    if (entry.student.empty() || entry.question.empty()) fail(path, index, "student and question are needed");
    if (entry.reason.empty()) fail(path, index, "a reason is needed: the student may ask for it");
    overrides.push_back(std::move(entry));
  }
  return overrides;
}

std::map<std::string, unsigned, std::less<>> read_days_late(const std::filesystem::path& path) {
  std::map<std::string, unsigned, std::less<>> days_late;
  const auto rows = read_csv(path);
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const std::string student = student_of(rows[index]);
    const auto days = parse_decimal<unsigned>(column(rows[index], {"days", "days late"}));
    const std::string granted_text = column(rows[index], {"extension", "extension days"});
    const auto granted = granted_text.empty() ? 0U : parse_decimal<unsigned>(granted_text);
    if (student.empty() || !days || !granted)
      fail(path, index, "it needs student,days,extension with whole days");
    days_late[student] = *days > *granted ? *days - *granted : 0;
  }
  return days_late;
}

}  // namespace plaintalk::labs
