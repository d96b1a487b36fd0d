#include "labs/lab/scene.hpp"

#include <stdexcept>

#include "base/number.hpp"
#include "labs/course/variant.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::size_t kFileSizeMax = 64U << 20;

stage::StageFile make_file(const Lab& lab, const FileRule& rule, const Values& values) {
  const std::string path = fill_in(rule.path, values);
  if (rule.size.empty()) return {path, fill_in(rule.text, values)};
  const auto size = parse_decimal<std::size_t>(fill_in(rule.size, values));
  if (!size || *size > kFileSizeMax)
    throw std::runtime_error("lab " + lab.id + ": the size of the file " + path + " is no number up to " +
                             std::to_string(kFileSizeMax));
  return {path,
          seeded_bytes("plaintalk lab file\n" + lab.id + '\n' + values.at("student") + '\n' + path, *size)};
}

}  // namespace

stage::StagePlan make_stage_plan(const Lab& lab, const std::string& student) {
  const Values values = draw_variant(lab, student);
  stage::StagePlan plan;
  for (const PersonRule& rule : lab.people) {
    plan.people.push_back({.name = fill_in(rule.name, values),
                           .address = rule.address,
                           .registers = rule.registers,
                           .password = fill_in(rule.password, values),
                           .script = fill_in(rule.script, values),
                           .starts_after_text = fill_in(rule.starts_after, values)});
  }
  for (const FileRule& rule : lab.files)
    (rule.is_peoples ? plan.people_files : plan.files).push_back(make_file(lab, rule, values));
  plan.student_name = fill_in(lab.student.name, values);
  plan.student_address = lab.student.address;
  plan.student_registers = lab.student.registers;
  plan.student_password = fill_in(lab.student.password, values);
  plan.needs_real_tcp = lab.needs_real_tcp;
  plan.delay = lab.delay;
  plan.rate_bit_s = lab.rate_bits_s;
  return plan;
}

std::string reference_script(const Lab& lab, const std::string& student) {
  return fill_in(lab.student.script, draw_variant(lab, student));
}

}  // namespace plaintalk::labs
