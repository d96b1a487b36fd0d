// `plaintalk lab grade`: a folder of hand-ins becomes a folder of marks. `plaintalk lab viva`: questions
// about one of them.
#pragma once

#include <filesystem>
#include <string>

#include "labs/lab/commands.hpp"

namespace plaintalk::labs {

struct GradeOptions {
  std::string hand_ins;
  std::string roster;  // empty: everybody who handed something in
  std::string out;
  std::string overrides;  // empty: none
  std::string late;       // empty: nobody
  double late_percent = 0;
  std::string earlier;  // folder of an earlier run, for changes.csv; empty: none
};

int grade_hand_ins(const Places& places, const GradeOptions& options);

// Prints questions to ask one student in person, for each of their hand-ins in the folder.
int print_viva(const Places& places, const std::string& student, const std::string& hand_ins);

}  // namespace plaintalk::labs
