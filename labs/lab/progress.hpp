// How far a student is, from the tries that were marked.
#pragma once

#include <cstddef>
#include <string>

#include "labs/course/lab.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

struct Progress {
  std::size_t right = 0;
  std::size_t questions = 0;  // those that are marked by packets
  unsigned points = 0;
  unsigned points_max = 0;
};

Progress progress_of(const Lab& lab, const Workspace& workspace);
// "4 of 11 right, 5 of 14 points".
std::string describe(const Progress& progress);

}  // namespace plaintalk::labs
