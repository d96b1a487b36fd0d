#include <algorithm>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
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

// What plaintalk-report prints.
std::string printed(std::vector<std::string> words, const std::filesystem::path& scratch) {
  const auto program = find_program("plaintalk-report");
  if (!program) throw std::runtime_error("plaintalk-report is neither beside this program nor on PATH");
  const std::string name = words.front() == "--figure" ? words.at(1) : words.front();
  words.insert(words.begin(), program->string());
  const std::filesystem::path path = scratch / (name + ".md");
  const FileDescriptor out(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (wait_for_exit(spawn_program(std::move(words), {.output = out.number()})) != 0)
    throw std::runtime_error("the report " + name + " cannot be made");
  constexpr std::uintmax_t kSizeMax = 64U << 20;
  return read_text_file(path, kSizeMax);
}

// One report in Markdown, with its headings one level down.
std::string section(const std::string& name, const FreshAnalysis& analysis,
                    const std::filesystem::path& scratch) {
  const std::string text = printed({name, analysis.folder().string(), "--format", "markdown"}, scratch);
  return text.starts_with("# ") ? '#' + text : text;
}

// One figure: a picture beside the report, and below it what it says in words.
std::string figure_section(const std::string& name, const std::filesystem::path& picture,
                           const FreshAnalysis& analysis, const std::filesystem::path& scratch) {
  const std::string words =
      printed({"--figure", name, analysis.folder().string(), "--out", picture.string()}, scratch);
  const std::size_t end = words.find('\n');
  std::string text = "## " + markdown_cell(words.substr(0, end)) + "\n\n![" +
                     markdown_cell(words.substr(0, end)) + "](" + picture.filename().string() + ")\n";
  for (std::string_view rest = std::string_view(words).substr(end == words.npos ? words.size() : end + 1);
       !rest.empty();) {
    const std::size_t line = std::min(rest.find('\n'), rest.size());
    text += '\n' + markdown_cell(rest.substr(0, line)) + '\n';
    rest.remove_prefix(std::min(line + 1, rest.size()));
  }
  return text;
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
  const FreshAnalysis analysis(workspace.capture(), workspace.description(lab));
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
  const std::string name = workspace.free_name("report", ".md");
  const std::string stem = std::filesystem::path(name).stem().string();
  for (const std::string& figure : lab.figures)
    text += figure_section(figure, workspace.folder() / (stem + '-' + figure + ".svg"), analysis,
                           scratch.path()) +
            "\n*What does this show? Which packets prove it?*\n\n";
  text += "## Questions\n\n";
  for (const Question& question : lab.questions) {
    const auto given = answers.find(question.id);
    text += question_markdown(lab, question, words) + "\n\n" +
            quoted(given == answers.end() ? std::string() : given->second) + '\n';
  }
  text += "## What surprised me\n\n*And what you would look at next.*\n";

  write_text_file(workspace.folder() / name, text);
  std::cout << "written: " << (workspace.folder() / name).string() << '\n';
  return 0;
}

}  // namespace plaintalk::labs
