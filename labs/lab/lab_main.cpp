// plaintalk-lab: leads through the worksheets and marks the answers from the student's own packets.
#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/front_door.hpp"
#include "labs/course/variant.hpp"
#include "labs/grade/hand_in_worker.hpp"
#include "labs/lab/answer_words.hpp"
#include "labs/lab/catalogue.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/grade_command.hpp"
#include "labs/lab/question_names.hpp"
#include "labs/session/capture_mode.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

struct CommandLine {
  std::string labs;
  std::string workspaces;
  std::string target;  // a lab or a question
  std::string student;
  std::string file;
  std::vector<std::string> words;
  std::string mode = "auto";
  std::string script;
  std::string keep;
  std::string reference;
  unsigned step = 0;
  bool at_server = false;
  ReadOptions read;
  GradeOptions grade;
};

std::string required_student_id(const std::string& written) {
  if (written.empty()) return {};
  const std::string id = normal_student_id(written);
  if (id.empty())
    throw std::runtime_error("a student id has letters, digits and . _ - @ +, at most 64 of them");
  return id;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Places places_of(const CommandLine& line) {
  return {.labs = line.labs.empty() ? shipped_labs() : std::filesystem::path(line.labs),
          .workspaces =
              line.workspaces.empty() ? Workspace::default_root() : std::filesystem::path(line.workspaces)};
}

int run(const CLI::App& app, const CommandLine& line) {
  const Places places = places_of(line);
  if (app.got_subcommand("lint")) return lint_labs(places, line.words);
  if (app.got_subcommand("grade")) return grade_hand_ins(places, line.grade);
  if (app.got_subcommand("viva"))
    return print_viva(places, required_student_id(line.student), line.grade.hand_ins);
  if (app.get_subcommands().empty() || app.got_subcommand("list")) return list_labs(places);
  const Lab lab = find_lab(places.labs, lab_part(line.target));
  const StartOptions start{.student = required_student_id(line.student),
                           .mode = session::parse_capture_mode(line.mode).value(),
                           .script = line.script,
                           .keep = line.keep,
                           .reference = line.reference,
                           .step = line.step};
  if (app.got_subcommand("start")) return start_lab(places, lab, start);
  if (app.got_subcommand("restore")) return restore_lab(places, lab, start);
  if (app.got_subcommand("solve")) return solve_lab(lab, start);
  if (app.got_subcommand("captures"))
    return make_captures(places, lab,
                         {.roster = line.grade.roster, .student = start.student, .out = line.grade.out});
  if (app.got_subcommand("shell")) return shell_in_lab(places, lab, line.words, line.at_server);
  if (app.got_subcommand("analyze")) return analyze_lab(places, lab, line.words);
  if (app.got_subcommand("report")) return report_lab(places, lab);
  if (app.got_subcommand("pack")) return pack_lab(places, lab);
  if (app.got_subcommand("read")) return read_sheet(places, lab, line.read);
  if (app.got_subcommand("answer")) {
    if (line.words.empty())
      throw std::runtime_error("there is no answer behind the question: " +
                               front_door("lab answer " + line.target + " 4711"));
    return answer_question(places, lab, line.target, joined(line.words));
  }
  if (app.got_subcommand("check")) return check_answers(places, lab, question_part(line.target));
  if (app.got_subcommand("hint")) return show_hint(places, lab, line.target);
  return use_capture(places, lab, start.student, line.file);
}

}  // namespace
}  // namespace plaintalk::labs

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (const auto order = plaintalk::labs::parse_worker_arguments(words))
    return plaintalk::labs::work_on_hand_in(*order);
  plaintalk::labs::CommandLine line;
  CLI::App app(
      "Worksheets about a network that you run yourself. Your answers are marked from your own capture, at\n"
      "once; a wrong one is told what it looks like and which packet shows it.");
  app.name("plaintalk-lab");
  app.set_version_flag("--version", "plaintalk-lab " PLAINTALK_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough();  // --labs and --workspace may stand behind the command
  app.add_option("--labs", line.labs, "Folder with the labs (default: those that came with the program)");
  app.add_option(
      "--workspace", line.workspaces,
      "Where your folders are (default: $PLAINTALK_WORKSPACE, or plaintalk-labs in your home folder)");
  app.add_subcommand("list", "The labs: title, minutes, what you learn, how far you are");
  const auto with_target = [&](const char* name, const char* text, const char* target) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option(target, line.target)->required();
    return command;
  };
  const auto plays = [&](CLI::App* command) {
    command->add_option("--student", line.student,
                        "Your id: what differs from student to student depends on it");
    command->add_option("--mode", line.mode, "How to get the packets (default: the best that works here)")
        ->check(CLI::IsMember({"auto", "namespace", "live", "record"}));
  };
  CLI::App* start =
      with_target("start", "The stage: server, capture, other people, and you in the client", "LAB");
  plays(start);
  start->add_option("--script", line.script, "What you would type, from a file")->check(CLI::ExistingFile);
  CLI::App* shell =
      with_target("shell", "A second terminal in the network of a stage that is running", "LAB");
  // No positional: its words would be put before all options of the command.
  shell->footer(
      "What follows LAB (and --server) is a command to run instead of a shell, with options of its own.");
  shell->add_flag("--server", line.at_server, "At the server's end of the wire");
  shell->prefix_command()->fallthrough(false);
  CLI::App* analyze =
      with_target("analyze", "Tables of your capture (plaintalk-analyze, with its options)", "LAB");
  analyze->prefix_command()->fallthrough(false);
  with_target("report", "A report to write, with your own figures in it", "LAB");
  with_target("pack", "One file to hand in", "LAB");
  CLI::App* restore = with_target("restore", "A session played for you, when yours did not work out", "LAB");
  plays(restore);
  restore
      ->add_option("--stage,--step", line.step,
                   "Only what comes before this step of the sheet; there you take over")
      ->check(CLI::Range(1, 99));
  CLI::App* read = with_target("read", "Show the worksheet", "LAB");
  read->add_flag("--html", line.read.html, "As a page for a browser");
  read->add_option("--out", line.read.out, "Into this new file");
  read->add_option("--width", line.read.width, "Columns of text (default: the terminal's)")
      ->check(CLI::Range(20, 1000));
  with_target("answer", "Write an answer: lab answer 01.3 4711", "QUESTION")
      ->footer("What follows QUESTION is the answer, as it stands: also -5, and behind -- anything at all.");
  with_target("check", "Mark the answers of a lab (01) or one question (01.3)", "LAB-OR-QUESTION");
  with_target("hint", "The next of three hints", "QUESTION");
  CLI::App* use = with_target("use", "Mark from a capture of your own (Wireshark, tcpdump, capture)", "LAB");
  use->add_option("FILE", line.file)->required();
  use->add_option("--student", line.student, "Your id, if you have not begun this lab yet");
  CLI::App* grade =
      app.add_subcommand("grade", "For teachers: mark a folder of hand-ins again from their packets");
  grade->add_option("FOLDER", line.grade.hand_ins, "Zips or folders, as Moodle and Canvas give them out")
      ->required();
  grade->add_option("--roster", line.grade.roster, "CSV with id, name, email, group")
      ->check(CLI::ExistingFile);
  grade->add_option("--out", line.grade.out, "Folder for the marks")->required();
  grade->add_option("--overrides", line.grade.overrides, "CSV with student, question, points, reason")
      ->check(CLI::ExistingFile);
  grade->add_option("--late", line.grade.late, "CSV with student, days, extension")->check(CLI::ExistingFile);
  grade->add_option("--late-percent", line.grade.late_percent, "Off the reachable points, for each day late")
      ->check(CLI::Range(0.0, 100.0));
  grade
      ->add_option("--compare", line.grade.earlier, "Folder of an earlier run: changes.csv says what differs")
      ->check(CLI::ExistingDirectory);
  CLI::App* viva = app.add_subcommand(
      "viva", "For teachers: three questions to ask a student in person, about their own packets");
  viva->add_option("ID", line.student, "Whose hand-ins")->required();
  viva->add_option("FOLDER", line.grade.hand_ins, "The hand-ins, as for grade")->required();
  CLI::App* solve =
      with_target("solve", "For those who write labs: play it, answer it, try each mistake", "LAB");
  plays(solve);
  solve->get_option("--student")->required();
  solve->add_option("--keep", line.keep,
                    "Folder for the capture and keys.json: the key, and where each mistake leads");
  solve
      ->add_option("--reference", line.reference,
                   "Folder of the programs that a student has to write: they take the place of the lab's")
      ->check(CLI::ExistingDirectory);
  CLI::App* captures = with_target(
      "captures", "For teachers: a session played for each student whose machine has no private network",
      "LAB");
  captures->add_option("--roster", line.grade.roster, "CSV with id")->check(CLI::ExistingFile);
  captures->add_option("--student", line.student, "One id");
  captures->add_option("--out", line.grade.out, "Folder for the captures; those that are there stay")
      ->required();
  CLI::App* lint = app.add_subcommand("lint", "For those who write labs: say what is wrong with them");
  lint->add_option("DIR", line.words, "A lab's folder, or a folder of labs (default: all)");
  try {
    auto split = plaintalk::labs::take_answer_out(words);
    std::ranges::reverse(split.command);  // as CLI11 wants them
    app.parse(std::move(split.command));
    line.words = std::move(split.answer);
    for (const CLI::App* command : {shell, analyze}) {
      const std::vector<std::string> rest = command->remaining();
      line.words.insert(line.words.end(), rest.begin(), rest.end());
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return plaintalk::labs::run(app, line);
  } catch (const std::exception& error) {
    std::cerr << "plaintalk-lab: " << error.what() << '\n';
    return 1;
  }
}
