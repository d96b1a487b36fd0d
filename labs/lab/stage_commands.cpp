#include <iostream>
#include <stdexcept>
#include <string>

#include "base/front_door.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/play.hpp"
#include "labs/sheet/worksheet.hpp"
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

// A step at which the student may take over; kAllSteps when all of the session lies before it.
unsigned require_step(const Lab& lab, unsigned step) {
  std::string all = "1";
  for (const StepRule& rule : lab.steps) {
    if (rule.step == step) return step;
    all += ", " + std::to_string(rule.step);
  }
  const unsigned last = count_steps(read_worksheet(lab, words_for(lab, "")));
  const unsigned last_played = lab.steps.empty() ? 1 : lab.steps.back().step;
  if (step > last_played && step <= last) return kAllSteps;
  throw std::runtime_error(
      "lab " + lab.id + " cannot be taken up at step " + std::to_string(step) + ", only at " + all +
      (last > last_played ? ", or with its session over, at " + std::to_string(last_played + 1) : "") +
      (last > last_played + 1 ? " to " + std::to_string(last) : ""));
}

// What is played are the student's own programs: nobody hands out those that are right.
void say_how_to_mend(const Lab& lab) {
  std::string commands;
  for (const ProgramRule& program : lab.programs)
    if (!program.command.empty()) {
      std::string words;
      for (const std::string& word : program.command) words += ' ' + word;
      commands += (commands.empty() ? "" : ", ") + words.substr(1);
    }
  std::cout << "This session needs programs of yours (" << commands
            << "), and one of them does not do its task yet. Begin the stage with "
            << front_door("lab start " + lab.id) << ", mend it, and run it in a second terminal with "
            << front_door("lab shell " + lab.id) << " as the sheet says; " << front_door("lab hint " + lab.id)
            << ".1 helps.\n";
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
  // Step 1 begins the stage: nothing comes before it.
  if (options.step == 1) return start_lab(places, lab, options);
  const unsigned before = options.step == 0 ? kAllSteps : require_step(lab, options.step);
  Workspace workspace = Workspace::create(places.workspaces, lab, student_of(places, lab, options.student));
  std::cout << (before == kAllSteps ? "A session is played for you"
                                    : "Steps 1 to " + std::to_string(before - 1) + " are played for you")
            << ", with your names and your values; your answers and captures stay.\n";
  if (before != kAllSteps)
    std::cout << "Then you go on, with step " << before
              << " of the sheet: " << front_door("lab read " + lab.id) << '\n';
  const stage::StageResult result =
      play_reference(workspace.folder(), lab, workspace.student(), options.mode, before);
  const int status = tell_result(workspace, lab, result);
  if (result.program_failed) say_how_to_mend(lab);
  return status;
}

int shell_in_lab(const Places& places, const Lab& lab, const std::vector<std::string>& words,
                 bool at_server) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  throw std::runtime_error(
      stage::run_in_stage(workspace.folder(), words, at_server ? stage::Side::server : stage::Side::people));
}

}  // namespace plaintalk::labs
