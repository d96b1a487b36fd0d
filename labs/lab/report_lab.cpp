#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>

#include "base/file_descriptor.hpp"
#include "base/program_path.hpp"
#include "base/spawn_program.hpp"
#include "base/text.hpp"
#include "labs/files/temporary_folder.hpp"
#include "labs/files/text_file.hpp"
#include "labs/lab/analyse_capture.hpp"
#include "labs/lab/commands.hpp"
#include "labs/sheet/worksheet.hpp"
#include "labs/workspace/answers_file.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

// One report of plaintalk-report in Markdown, with its headings one level down.
std::string section(const std::string& name, const FreshAnalysis& analysis,
                    const std::filesystem::path& scratch) {
  const auto program = find_program("plaintalk-report");
  if (!program) throw std::runtime_error("plaintalk-report is neither beside this program nor on PATH");
  const std::filesystem::path path = scratch / (name + ".md");
  const FileDescriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const int status = wait_for_exit(
      spawn_program({program->string(), name, analysis.folder().string(), "--format", "markdown"},
                    {.output = out.number()}));
  if (status != 0) throw std::runtime_error("the report " + name + " cannot be made");
  constexpr std::uintmax_t kSizeMax = 64U << 20;
  const std::string text = read_text_file(path, kSizeMax);
  return text.starts_with("# ") ? '#' + text : text;
}

std::string quoted(const std::string& answer) {
  if (answer.empty()) return "> (not answered yet)\n";
  std::string text = "> ";
  for (const char c : answer) {
    text += c;
    if (c == '\n') text += "> ";
  }
  return text + '\n';
}

}  // namespace

int report_lab(const Places& places, const Lab& lab) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const Answers answers = parse_answers(lab, workspace.answers_text());
  const Values words = words_for(lab, workspace.student());
  const FreshAnalysis analysis(workspace.capture());
  const TemporaryFolder scratch("lab");

  std::string text =
      "# Lab " + lab.id + ": " + lab.title + "\n\nBy " + workspace.student() + ", from `" +
      workspace.capture_name() +
      "`.\n\nThe figures below are those of your own capture. Explain each in your own words, and name the "
      "packets "
      "that show it. Delete these lines, and those in italics, when you are done.\n\n## What was done\n\n"
      "*Who took part, where the capture was made, and what you expected before you looked.*\n\n";
  for (const std::string& name : lab.reports)
    text += section(name, analysis, scratch.path()) + "\n*What does this show? Which packets prove it?*\n\n";
  text += "## Questions\n\n";
  for (const Question& question : lab.questions) {
    const auto given = answers.find(question.id);
    text += question_markdown(lab, question, words) + "\n\n" +
            quoted(given == answers.end() ? std::string() : given->second) + '\n';
  }
  text += "## What surprised me\n\n*And what you would look at next.*\n";

  const std::string name = workspace.free_name("report", ".md");
  write_text_file(workspace.folder() / name, text);
  std::cout << "written: " << (workspace.folder() / name).string() << '\n';
  return 0;
}

}  // namespace plaintalk::labs
