// Reads lab.toml (docs/TEACHING.md describes it). Everything in it may be a teacher's first try: each fault
// is a line that says where and what to write instead.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "labs/course/lab.hpp"

namespace plaintalk::labs {

struct LabFile {
  Lab lab;
  std::vector<std::string> faults;  // "lab.toml:12: ..."; empty: the lab can be used
};

// The word for it in lab.toml.
std::string_view render(AnswerKind kind);

// Reads FOLDER/lab.toml. The id is the number that the folder's name begins with.
LabFile read_lab(const std::filesystem::path& folder);

}  // namespace plaintalk::labs
