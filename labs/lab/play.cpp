#include "labs/lab/play.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "labs/lab/scene.hpp"

namespace plaintalk::labs {
namespace {

void say(std::string_view line) { std::cout << line << '\n' << std::flush; }

}  // namespace

TemporaryWorkspace::TemporaryWorkspace() {
  std::string pattern = (std::filesystem::temp_directory_path() / "plaintalk-lab-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "cannot make a folder in " + pattern);
  folder_ = pattern;
}

TemporaryWorkspace::~TemporaryWorkspace() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

stage::StageResult play(const std::filesystem::path& folder, const Lab& lab, const std::string& student,
                        std::optional<session::CaptureMode> mode, const std::filesystem::path& script) {
  stage::StageOptions options;
  options.folder = folder;
  options.plan = make_stage_plan(lab, student);
  options.mode = mode;
  options.student_script = script;
  options.say = say;
  return stage::run_stage(options);
}

stage::StageResult play_reference(const std::filesystem::path& folder, const Lab& lab,
                                  const std::string& student, std::optional<session::CaptureMode> mode) {
  const TemporaryWorkspace elsewhere;
  const std::filesystem::path script = elsewhere.folder() / "script.txt";
  std::ofstream file(script, std::ios::binary);
  file << reference_script(lab, student) << std::flush;
  if (!file) throw std::runtime_error(script.string() + " cannot be written");
  return play(folder, lab, student, mode, script);
}

}  // namespace plaintalk::labs
