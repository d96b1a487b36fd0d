#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>

#include "base/number.hpp"
#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"
#include "labs/course/variant.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/scene.hpp"
#include "labs/sheet/worksheet.hpp"

namespace plaintalk::labs {
namespace {

constexpr double kBitsWanted = 40;

// The words in {braces} that nothing will fill.
void find_unfilled(const std::string& text, const std::string& where, const Values& values,
                   std::vector<std::string>& faults) {
  std::set<std::string> told;
  for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const std::size_t close = text.find('}', at);
    if (close == text.npos) return;
    const std::string name = text.substr(at + 1, close - at - 1);
    const bool is_name =
        !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == name.npos;
    if (is_name && !values.contains(name) && told.insert(name).second)
      faults.push_back(where + ": {" + name + "} is not in [variant]");
  }
}

void check_texts(const Lab& lab, std::vector<std::string>& faults) {
  const Values values = words_for(lab, "lint");
  const auto look = [&](const std::string& text, const std::string& where) {
    find_unfilled(text, where, values, faults);
  };
  for (const PersonRule& person : lab.people) {
    look(person.script, "person " + person.name);
    look(person.name, "person " + person.name);
    look(person.password, "person " + person.name);
    look(person.starts_after, "person " + person.name);
    look(person.commands, "person " + person.name);
  }
  for (const ProgramRule& program : lab.programs)
    look(program.name + program.starts_after + program.commands, "program " + program.name);
  look(lab.student.script, "student");
  for (const StepRule& rule : lab.steps) look(rule.script, "step " + std::to_string(rule.step));
  for (const ChosenRule& rule : lab.network.chosen)
    look(rule.text + rule.skip + rule.times, "network.packet");
  for (const FileRule& file : lab.files) look(file.path + file.size + file.text, "file " + file.path);
  for (const DescriptionRule::Check& check : lab.description.checks)
    look(check.says, "lab.toml:" + std::to_string(check.line) + ": description.check");
  for (const Question& question : lab.questions) {
    const std::string where = "lab.toml:" + std::to_string(question.line) + ": question " + question.id;
    look(question.text, where);
    for (const std::string& hint : question.hints) look(hint, where + ", hints");
    for (const std::string& choice : question.choices) look(choice, where + ", choices");
    look(question.accessible, where + ", accessible");
    for (const Mistake& mistake : question.mistakes) look(mistake.says, where + ", mistake " + mistake.name);
  }
}

// The commands of the client that the sheet shows are those that the reference student types: what is not
// played is not tried either.
void check_commands(const Lab& lab, const std::string& sheet, std::vector<std::string>& faults) {
  std::istringstream script(reference_script(lab, "lint", kAllSteps));
  std::set<std::string> played{"/quit"};  // the end of each script
  for (std::string line; std::getline(script, line);) played.insert(line);
  std::istringstream lines(sheet);
  bool is_code = false;
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (line.starts_with("```")) is_code = !is_code;
    if (is_code && line.starts_with('/') && !played.contains(line))
      faults.push_back("worksheet.md: the reference student does not type '" + line +
                       "': write it into the script of lab.toml");
  }
}

void check_minutes(const Lab& lab, const std::string& sheet, std::vector<std::string>& faults) {
  constexpr std::string_view kAbout = "bout ";
  constexpr std::string_view kMinutes = " minutes";
  for (std::size_t at = sheet.find(kAbout); at != sheet.npos; at = sheet.find(kAbout, at + 1)) {
    const std::string_view rest = std::string_view(sheet).substr(at + kAbout.size());
    const std::size_t end = rest.find(kMinutes);
    const auto minutes = end == rest.npos ? std::nullopt : parse_decimal<unsigned>(rest.substr(0, end));
    if (minutes && *minutes != lab.minutes)
      faults.push_back("worksheet.md: about " + std::to_string(*minutes) + " minutes, and lab.toml says " +
                       std::to_string(lab.minutes));
  }
}

void check_sheet(const Lab& lab, std::vector<std::string>& faults) {
  const Values values = words_for(lab, "lint");
  std::string sheet;
  try {
    sheet = read_worksheet(lab, values);
  } catch (const std::runtime_error& error) {
    faults.emplace_back(error.what());
    return;
  }
  find_unfilled(sheet, "worksheet.md", values, faults);
  // Headings are not folded, and 40 columns must be enough.
  constexpr std::size_t kHeadingSizeMax = 40;
  std::istringstream lines(sheet);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t text = line.starts_with('#') ? line.find_first_not_of("# ") : line.npos;
    if (text != line.npos && line.size() - text > kHeadingSizeMax)
      faults.push_back("worksheet.md: the heading '" + line.substr(text) + "' is longer than 40 characters");
  }
  const unsigned last_step = count_steps(sheet);
  for (const StepRule& rule : lab.steps)
    if (rule.step > last_step)
      faults.push_back("lab.toml:" + std::to_string(rule.line) + ": worksheet.md has no step " +
                       std::to_string(rule.step) + " below \"## Do\"");
  check_commands(lab, sheet, faults);
  check_minutes(lab, sheet, faults);
  for (const Question& question : lab.questions)
    if (!sheet.contains("**" + lab.id + '.' + question.id + "**"))
      faults.push_back("worksheet.md: question " + question.id + " is not in it: write {question " +
                       question.id + '}');
}

}  // namespace

int lint_labs(const Places& places, const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> all;
  for (const std::string& folder : folders) {
    const auto inside = lab_folders(folder);
    if (inside.empty())
      all.emplace_back(folder);
    else
      all.insert(all.end(), inside.begin(), inside.end());
  }
  if (folders.empty()) all = lab_folders(places.labs);
  std::size_t fault_count = 0;
  for (const auto& folder : all) {
    LabFile file = read_lab(folder);
    if (file.faults.empty()) {
      check_texts(file.lab, file.faults);
      check_sheet(file.lab, file.faults);
      const double bits = variant_bits(file.lab);
      if (bits < kBitsWanted)
        file.faults.push_back("[variant] has " + std::to_string(static_cast<int>(bits)) +
                              " bits; with at least 40 no two students have the same sheet");
    }
    for (const std::string& fault : file.faults)
      std::cout << folder.filename().string() << '/' << fault << '\n';
    if (file.faults.empty()) {
      std::cout << folder.filename().string() << ": " << plural(file.lab.questions.size(), "question") << ", "
                << plural(file.lab.points(), "point") << ", " << static_cast<int>(variant_bits(file.lab))
                << " bits of variation: in order\n";
    }
    fault_count += file.faults.size();
  }
  return fault_count == 0 ? 0 : 1;
}

}  // namespace plaintalk::labs
