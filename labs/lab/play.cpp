#include "labs/lab/play.hpp"

#include <iostream>
#include <string_view>

#include "labs/files/temporary_folder.hpp"
#include "labs/files/text_file.hpp"

namespace plaintalk::labs {
namespace {

void say(std::string_view line) { std::cout << line << '\n' << std::flush; }

}  // namespace

stage::StageResult play(const std::filesystem::path& folder, const Lab& lab, const std::string& student,
                        std::optional<session::CaptureMode> mode, const std::filesystem::path& script) {
  return stage::run_stage({.folder = folder,
                           .plan = make_stage_plan(lab, student),
                           .mode = mode,
                           .student_script = script,
                           .say = say});
}

stage::StageResult play_reference(const std::filesystem::path& folder, const Lab& lab,
                                  const std::string& student, std::optional<session::CaptureMode> mode,
                                  unsigned before_step) {
  const TemporaryFolder elsewhere("lab");
  const std::filesystem::path script = elsewhere.path() / "script.txt";
  write_text_file(script, reference_script(lab, student, before_step));
  stage::StagePlan plan = make_stage_plan(lab, student);
  add_programs(lab, student, before_step, plan);
  return stage::run_stage({.folder = folder,
                           .plan = std::move(plan),
                           .mode = mode,
                           .student_script = script,
                           .student_goes_on = before_step != kAllSteps,
                           .say = say});
}

}  // namespace plaintalk::labs
