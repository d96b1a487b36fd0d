// A lab and a student become a stage: the people of lab.toml with this student's names, texts and files.
#pragma once

#include <string>

#include "labs/course/lab.hpp"
#include "labs/stage/stage_plan.hpp"

namespace plaintalk::labs {

// Throws std::runtime_error when lab.toml makes no stage: a size that is no number, an address twice.
stage::StagePlan make_stage_plan(const Lab& lab, const std::string& student);

// How far the reference student goes: all the way, or to the beginning of a step of the sheet.
inline constexpr unsigned kAllSteps = 1000;

// What the student would run in `lab shell`, beside the people.
void add_programs(const Lab& lab, const std::string& student, unsigned before_step, stage::StagePlan& plan);

// What a reference student types, for `lab restore` and `lab solve`.
std::string reference_script(const Lab& lab, const std::string& student, unsigned before_step);

}  // namespace plaintalk::labs
