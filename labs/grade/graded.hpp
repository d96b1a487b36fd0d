// What marking a hand-in gave: the rows that every output is made from.
#pragma once

#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/marking/mark.hpp"

namespace plaintalk::labs {

struct GradedQuestion {
  std::string id;  // "01.3"
  std::string given;
  std::string accepted;  // the right answers, for the teacher
  Mark mark;
  double points = 0;  // after an override
  unsigned points_max = 0;
  std::string reason;  // of the override
};

struct GradedHandIn {
  std::string source;
  std::string lab;
  std::string student;
  std::string capture_sha256{};
  std::string fault{};  // why nothing could be marked, or what the teacher should know
  std::vector<GradedQuestion> questions{};
  unsigned days_late = 0;
  double points = 0;  // after lateness and an override of the sum
  unsigned points_max = 0;
  std::string reason{};  // of what changed the sum

  double sum_of_questions() const;
};

}  // namespace plaintalk::labs
