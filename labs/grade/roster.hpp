// Who is in the course, and what a teacher decided about single marks.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace plaintalk::labs {

struct RosterEntry {
  std::string id;  // as normal_student_id() writes it
  std::string name;
  std::string email;
  std::string group;      // members of one share their hand-in; empty: alone
  std::string canvas_id;  // Canvas' own number, and what its other columns say
  std::string sis_id;
  std::string login_id;
  std::string section;
};

// roster.csv: a column id (or student, "id number", "sis user id"); name, email, group and Canvas' columns
// when they are there. Throws std::runtime_error when there is no usable id in a row, or one twice.
std::vector<RosterEntry> read_roster(const std::filesystem::path& path);

struct Override {
  std::string student;
  std::string question;  // "01.3"; or "01": the sum
  double points = 0;
  std::string reason;
};
// overrides.csv: student,question,points,reason. A row without a reason is refused.
std::vector<Override> read_overrides(const std::filesystem::path& path);

// late.csv: student,days,extension: how many days late, of which so many were granted.
std::map<std::string, unsigned, std::less<>> read_days_late(const std::filesystem::path& path);

}  // namespace plaintalk::labs
