#include "labs/lab/scene.hpp"

#include <stdexcept>

#include "base/number.hpp"
#include "labs/course/lab_network.hpp"
#include "labs/course/variant.hpp"
#include "labs/files/text_file.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::size_t kFileSizeMax = 64U << 20;

stage::StageFile make_file(const Lab& lab, const FileRule& rule, const Values& values) {
  const std::string path = fill_in(rule.path, values);
  if (!rule.copy.empty()) return {path, read_text_file(lab.folder / rule.copy, kFileSizeMax)};
  if (rule.size.empty()) return {path, fill_in(rule.text, values)};
  const auto size = parse_decimal<std::size_t>(fill_in(rule.size, values));
  if (!size || *size > kFileSizeMax)
    throw std::runtime_error("lab " + lab.id + ": the size of the file " + path + " is no number up to " +
                             std::to_string(kFileSizeMax));
  return {path,
          seeded_bytes("plaintalk lab file\n" + lab.id + '\n' + values.at("student") + '\n' + path, *size)};
}

// Commands of a shell are written as in the sheet.
Values stage_words(const Lab& lab, const std::string& student) {
  Values values = draw_variant(lab, student);
  values["plaintalk"] = "plaintalk";
  return values;
}

}  // namespace

stage::StagePlan make_stage_plan(const Lab& lab, const std::string& student) {
  const Values values = stage_words(lab, student);
  stage::StagePlan plan;
  for (const PersonRule& rule : lab.people) {
    plan.people.push_back({.name = fill_in(rule.name, values),
                           .address = rule.address,
                           .registers = rule.registers,
                           .password = fill_in(rule.password, values),
                           .script = fill_in(rule.script, values),
                           .starts_after_text = fill_in(rule.starts_after, values),
                           .commands = fill_in(rule.commands, values),
                           .at_server = rule.at_server});
  }
  for (const FileRule& rule : lab.files)
    (rule.is_peoples ? plan.people_files : plan.files).push_back(make_file(lab, rule, values));
  plan.student_name = fill_in(lab.student.name, values);
  plan.student_address = lab.student.address;
  plan.student_registers = lab.student.registers;
  plan.student_password = fill_in(lab.student.password, values);
  plan.needs_real_tcp = lab.network.needs_real_tcp;
  plan.also_port = also_port(lab, values);
  plan.link = make_link_plan(lab, values);
  return plan;
}

void add_programs(const Lab& lab, const std::string& student, unsigned before_step, stage::StagePlan& plan) {
  const Values values = stage_words(lab, student);
  for (const ProgramRule& rule : lab.programs) {
    if (rule.step >= before_step) continue;
    stage::Person program{.name = fill_in(rule.name, values)};
    program.starts_after_text = fill_in(rule.starts_after, values);
    program.at_server = rule.at_server;
    program.commands = fill_in(rule.commands, values);
    for (const std::string& word : rule.command) program.program.push_back(fill_in(word, values));
    plan.people.push_back(std::move(program));
  }
}

std::string reference_script(const Lab& lab, const std::string& student, unsigned before_step) {
  std::string script = lab.student.script;
  for (const StepRule& rule : lab.steps)
    if (rule.step < before_step) script += rule.script;
  return fill_in(script, draw_variant(lab, student));
}

}  // namespace plaintalk::labs
