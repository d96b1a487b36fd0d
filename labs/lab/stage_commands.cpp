#include <iostream>
#include <stdexcept>
#include <string>

#include "base/front_door.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/play.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

// Asked for only when somebody begins: later commands find it in the workspace.
std::string student_of(const Places& places, const Lab& lab, const std::string& student) {
  return student.empty() ? Workspace::open(places.workspaces, lab).student() : student;
}

int tell_result(Workspace& workspace, const Lab& lab, const stage::StageResult& result) {
  for (const std::string& line : stage::describe(result)) std::cout << line << '\n';
  if (result.packet_count > 0) {
    const std::string before = workspace.capture_name();
    workspace.use_capture(result.capture_file.filename().string());
    // The numbers in answers that were given before belong to the other session.
    if (!before.empty())
      std::cout << "Answers are marked from " << workspace.capture_name() << " from now on, no longer from "
                << before << ", which stays in your folder.\n";
    std::cout << "Next: " << front_door("lab analyze " + lab.id) << ", then "
              << front_door("lab answer " + lab.id) << ".1 ... and " << front_door("lab check " + lab.id)
              << '\n';
  }
  return result.is_clean() ? 0 : 1;
}

}  // namespace

int start_lab(const Places& places, const Lab& lab, const StartOptions& options) {
  Workspace workspace = Workspace::create(places.workspaces, lab, student_of(places, lab, options.student));
  std::cout << "Lab " << lab.id << ": " << lab.title << ". Your folder: " << workspace.folder().string()
            << '\n'
            << "The worksheet, in another terminal: " << front_door("lab read " + lab.id) << '\n';
  return tell_result(workspace, lab,
                     play(workspace.folder(), lab, workspace.student(), options.mode, options.script));
}

int restore_lab(const Places& places, const Lab& lab, const StartOptions& options) {
  Workspace workspace = Workspace::create(places.workspaces, lab, student_of(places, lab, options.student));
  std::cout
      << "A session is played for you, with your names and your values; your answers and captures stay.\n";
  return tell_result(workspace, lab,
                     play_reference(workspace.folder(), lab, workspace.student(), options.mode));
}

int shell_in_lab(const Places& places, const Lab& lab, const std::vector<std::string>& words,
                 bool at_server) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  throw std::runtime_error(
      stage::run_in_stage(workspace.folder(), words, at_server ? stage::Side::server : stage::Side::people));
}

}  // namespace plaintalk::labs
