// lab.json: whose workspace it is, of which lab, and which capture counts. A hand-in has one too, and that
// may have been made by anybody.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace plaintalk::labs {

struct WorkspaceState {
  std::string lab;
  std::string student;  // as normal_student_id() writes it
  std::string capture;  // a name in the folder; empty when there is none yet
};

// The error says what is wrong with it, after the file's name: "is damaged".
std::expected<WorkspaceState, std::string> parse_state(std::string_view json);
std::string render(const WorkspaceState& state);

}  // namespace plaintalk::labs
