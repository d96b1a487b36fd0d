// Marks in the forms that learning platforms import.
#pragma once

#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/grade/decisions.hpp"

namespace plaintalk::labs {

struct LabResults {
  const Lab* lab = nullptr;
  std::vector<Result> results;  // the same students in the same order in each lab
};

// Moodle, "Import grades from CSV": ID number, Full name, Email address, and for each lab a grade and
// feedback.
std::string moodle_csv(const std::vector<LabResults>& labs);

// Canvas, "Import grades": Student, ID, SIS User ID, SIS Login ID, Section, and a column for each lab, with
// the row of possible points.
std::string canvas_csv(const std::vector<LabResults>& labs);

// For each student and lab what Gradescope's autograder reads as results.json: score, and tests with their
// outputs.
std::string gradescope_json(const std::vector<LabResults>& labs);

}  // namespace plaintalk::labs
