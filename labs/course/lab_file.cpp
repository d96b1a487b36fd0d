#include "labs/course/lab_file.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <toml++/toml.h>

#include "base/toml_depth.hpp"
#include "labs/course/lab_network.hpp"
#include "labs/course/toml_table.hpp"
#include "labs/files/text_file.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::array<std::pair<std::string_view, AnswerKind>, 10> kKinds{{
    {"integer", AnswerKind::integer},
    {"decimal", AnswerKind::decimal},
    {"text", AnswerKind::text},
    {"choice", AnswerKind::choice},
    {"set", AnswerKind::set},
    {"address", AnswerKind::address},
    {"packet", AnswerKind::packet},
    {"bytes", AnswerKind::bytes},
    {"sha256", AnswerKind::sha256},
    {"free text", AnswerKind::free_text},
}};

constexpr std::int64_t kStepMax = 99;

std::string all_kinds() {
  std::string text;
  for (const auto& [name, kind] : kKinds) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

VariantRule read_variant(std::string name, const toml::node& node, std::vector<std::string>& faults) {
  VariantRule rule;
  rule.name = std::move(name);
  rule.line = node.source().begin.line;
  const toml::table* table = node.as_table();
  const std::string what = "variant " + rule.name + ": ";
  if (table == nullptr) {
    faults.push_back("lab.toml:" + std::to_string(rule.line) + ": " + what +
                     "write { pick = [...] }, { integer = [from, to] } or { words = 2 }");
    return rule;
  }
  Table entry(*table, what, faults);
  rule.choices = entry.texts("pick");
  if (const toml::node* range = entry.take("integer")) {
    rule.kind = VariantRule::Kind::integer;
    const toml::array* ends = range->as_array();
    const auto end_at = [&](std::size_t place) {
      return ends != nullptr && ends->size() == 2 ? ends->get(place)->value_exact<std::int64_t>()
                                                  : std::nullopt;
    };
    const auto from = end_at(0);
    const auto to = end_at(1);
    if (from && to && *from <= *to && *from >= 0 && *to <= 1'000'000'000) {
      rule.from = *from;
      rule.to = *to;
    } else {
      entry.fault(range, "integer must be [from, to], from 0 to 1000000000");
    }
  } else if (const auto count = entry.integer("words", 1, 6)) {
    rule.kind = VariantRule::Kind::words;
    rule.count = static_cast<unsigned>(*count);
  } else if (rule.choices.empty()) {
    entry.fault(nullptr, "write { pick = [...] }, { integer = [from, to] } or { words = 2 }");
  }
  entry.finish();
  return rule;
}

PersonRule read_person(Table& entry, bool needs_address = true) {
  PersonRule person;
  person.name = entry.required_text("name");
  person.address = needs_address ? entry.required_text("address") : entry.text("address");
  person.password = entry.text("password");
  person.registers = !person.password.empty();
  person.script = entry.text("script");
  return person;
}

Mistake read_mistake(const toml::table& table, const std::string& what, std::vector<std::string>& faults) {
  Table entry(table, what + "mistake: ", faults);
  Mistake mistake{.name = entry.required_text("name"),
                  .key = entry.required_text("key"),
                  .says = entry.required_text("says"),
                  .packet = entry.text("packet")};
  entry.finish();
  return mistake;
}

void check_question(const Question& question, const Table& entry) {
  if (question.kind == AnswerKind::free_text) {
    if (question.rubric.empty()) entry.fault(nullptr, "free text needs a rubric: how a person marks it");
    if (!question.key.empty()) entry.fault(nullptr, "free text is marked by a person and has no key");
    return;
  }
  if (question.key.empty()) entry.fault(nullptr, "key is missing: SQL that finds the right answer");
  if (question.hints.size() != 3) entry.fault(nullptr, "three hints, please; the last shows where to look");
  if (question.accessible.empty())
    entry.fault(nullptr, "accessible is missing: how to find it without seeing colours or pictures");
  if (question.needs.empty())
    entry.fault(nullptr, "needs is missing: what to do when the capture cannot answer");
  if (question.kind == AnswerKind::choice && question.choices.size() < 2)
    entry.fault(nullptr, "a choice needs choices = [\"...\", \"...\"]");
  if (question.kind == AnswerKind::decimal && question.tolerance == 0 && question.tolerance_percent == 0)
    entry.fault(nullptr, "a decimal needs tolerance = ... or tolerance_percent = ...");
}

Question read_question(const toml::table& table, std::vector<std::string>& faults) {
  const std::string id = table["id"].value_or(std::string());
  const std::string what = "question " + (id.empty() ? "?" : id) + ": ";
  Table entry(table, what, faults);
  Question question;
  question.line = entry.line();
  question.id = entry.required_text("id");
  question.text = entry.required_text("text");
  const std::string kind = entry.required_text("type");
  const auto known = std::ranges::find(kKinds, kind, &std::pair<std::string_view, AnswerKind>::first);
  if (known != kKinds.end())
    question.kind = known->second;
  else if (!kind.empty())
    entry.fault(table.get("type"), "type is one of: " + all_kinds());
  question.points = static_cast<unsigned>(entry.integer("points", 0, 1000).value_or(1));
  question.unit = entry.text("unit");
  question.tolerance = entry.number("tolerance");
  question.tolerance_percent = entry.number("tolerance_percent");
  question.choices = entry.texts("choices");
  question.any_of = entry.flag("any_of");
  question.key = entry.text("key");
  question.packet = entry.text("packet");
  question.hints = entry.texts("hints");
  question.accessible = entry.text("accessible");
  question.needs = entry.text("needs");
  question.needs_real_tcp = entry.flag("needs_real_tcp");
  question.needs_description = entry.flag("needs_description");
  question.rubric = entry.text("rubric");
  for (const toml::table* mistake : entry.tables("mistake"))
    question.mistakes.push_back(read_mistake(*mistake, what, faults));
  check_question(question, entry);
  entry.finish();
  return question;
}

void check_file(const Lab& lab, const FileRule& file, const Table& entry) {
  const int contents =
      (file.size.empty() ? 0 : 1) + (file.text.empty() ? 0 : 1) + (file.copy.empty() ? 0 : 1);
  if (contents != 1)
    entry.fault(nullptr, "a file has either a size (\"20000\" or \"{variant}\"), a text, or copy = \"NAME\"");
  if (file.copy.empty()) return;
  const bool is_plain = file.copy.find('/') == file.copy.npos;
  if (!is_plain || !std::filesystem::is_regular_file(lab.folder / file.copy))
    entry.fault(nullptr, "copy: there is no file " + file.copy + " in the lab's folder");
}

ProgramRule read_program(const toml::table& table, std::vector<std::string>& faults) {
  Table entry(table, "program: ", faults);
  ProgramRule program{.name = entry.required_text("name"),
                      .command = entry.texts("command"),
                      .commands = entry.text("commands"),
                      .starts_after = entry.required_text("starts_after"),
                      .at_server = entry.flag("at_server"),
                      .step = static_cast<unsigned>(entry.integer("step", 1, kStepMax).value_or(0))};
  if (program.command.empty() == program.commands.empty())
    entry.fault(nullptr,
                "a program has either command = [\"python3\", \"client.py\"] or commands, of a shell");
  entry.finish();
  return program;
}

void read_steps(Table& student, Lab& lab, std::vector<std::string>& faults) {
  for (const toml::table* table : student.tables("step")) {
    Table entry(*table, "step: ", faults);
    StepRule rule{.step = static_cast<unsigned>(entry.integer("number", 2, kStepMax).value_or(0)),
                  .script = entry.text("script"),
                  .line = entry.line()};
    if (!entry.has("number")) entry.fault(nullptr, "number is missing: of the sheet's step");
    if (!lab.steps.empty() && rule.step <= lab.steps.back().step)
      entry.fault(nullptr, "steps must rise: each comes after the one before");
    lab.steps.push_back(std::move(rule));
    entry.finish();
  }
}

void read_scene(Table& top, Lab& lab, std::vector<std::string>& faults) {
  if (const toml::table* variant = top.table("variant"))
    for (const auto& [key, node] : *variant)
      lab.variant.push_back(read_variant(std::string(key.str()), node, faults));
  for (const toml::table* table : top.tables("person")) {
    Table entry(*table, "person: ", faults);
    const bool at_server = entry.flag("at_server");
    lab.people.push_back(read_person(entry, !at_server));
    PersonRule& person = lab.people.back();
    person.at_server = at_server;
    person.starts_after = entry.text("starts_after");
    person.commands = entry.text("commands");
    if (!person.commands.empty() && !(person.script + person.password).empty())
      entry.fault(nullptr, "somebody has either a script (of the client) or commands (of a shell)");
    if (at_server && (person.commands.empty() || !person.address.empty()))
      entry.fault(nullptr, "who is at the server's end has commands, and no address: it is the server's");
    entry.finish();
  }
  for (const toml::table* table : top.tables("file")) {
    Table entry(*table, "file: ", faults);
    lab.files.push_back({.path = entry.required_text("path"),
                         .is_peoples = entry.flag("for_people"),
                         .size = entry.text("size"),
                         .text = entry.text("text"),
                         .copy = entry.text("copy")});
    check_file(lab, lab.files.back(), entry);
    entry.finish();
  }
  for (const toml::table* table : top.tables("program")) lab.programs.push_back(read_program(*table, faults));
  if (const toml::table* table = top.table("student")) {
    Table entry(*table, "student: ", faults);
    lab.student = read_person(entry);
    read_steps(entry, lab, faults);
    entry.finish();
  } else {
    top.fault(nullptr, "[student] is missing: the name, address and script of the reference student");
  }
  if (const toml::table* table = top.table("network")) {
    Table entry(*table, "network: ", faults);
    read_network(entry, lab, faults);
  }
}

void read_description(const toml::table& table, Lab& lab, std::vector<std::string>& faults) {
  Table entry(table, "description: ", faults);
  lab.description.is_wanted = true;
  for (const toml::table* check : entry.tables("check")) {
    Table words(*check, "description.check: ", faults);
    lab.description.checks.push_back(
        {.wrong = words.required_text("wrong"), .says = words.required_text("says"), .line = words.line()});
    words.finish();
  }
  if (lab.description.checks.empty())
    entry.fault(nullptr,
                "[[description.check]] is missing: SQL that gives a row when a description is wrong");
  entry.finish();
}

constexpr std::uintmax_t kFileSizeMax = 1U << 20;

// "01-first-session" -> "01".
std::string id_of(const std::filesystem::path& folder) {
  std::string name = folder.filename().string();
  if (name.empty()) name = folder.parent_path().filename().string();
  return name.substr(0, name.find('-'));
}

}  // namespace

std::string_view render(AnswerKind kind) {
  return std::ranges::find(kKinds, kind, &std::pair<std::string_view, AnswerKind>::second)->first;
}

LabFile read_lab(const std::filesystem::path& folder) {
  LabFile file;
  Lab& lab = file.lab;
  lab.folder = folder;
  lab.id = id_of(folder);
  std::string text;
  try {
    text = read_text_file(folder / "lab.toml", kFileSizeMax);
  } catch (const std::runtime_error& error) {
    file.faults.emplace_back(error.what());
    return file;
  }
  if (const auto fault = too_deep_for_parser(text)) {
    file.faults.push_back("lab.toml:" + std::to_string(fault->line) + ": " + fault->text);
    return file;
  }
  toml::table parsed;
  try {
    parsed = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const std::uint32_t line = error.source().begin.line;
    file.faults.push_back("lab.toml:" + std::to_string(line) + ": " + std::string(error.description()));
    return file;
  }
  Table top(parsed, "", file.faults);
  lab.title = top.required_text("title");
  lab.minutes = static_cast<unsigned>(top.integer("minutes", 1, 600).value_or(0));
  if (parsed.get("minutes") == nullptr) top.fault(nullptr, "minutes is missing: how long a student needs");
  lab.learn = top.texts("learn");
  lab.reports = top.texts("reports");
  lab.figures = top.texts("figures");
  lab.is_mine = top.required_text("is_mine");
  read_scene(top, lab, file.faults);
  if (const toml::table* table = top.table("description")) read_description(*table, lab, file.faults);
  std::set<std::string> ids;
  for (const toml::table* question : top.tables("question")) {
    lab.questions.push_back(read_question(*question, file.faults));
    const Question& added = lab.questions.back();
    if (!added.id.empty() && !ids.insert(added.id).second)
      file.faults.push_back("lab.toml:" + std::to_string(added.line) + ": question " + added.id +
                            ": there are two with this id");
  }
  top.finish();
  for (const Question& question : lab.questions)
    if (question.needs_description && !lab.description.is_wanted)
      file.faults.push_back("lab.toml:" + std::to_string(question.line) + ": question " + question.id +
                            ": needs_description, and there is no [description]");
  if (file.faults.empty()) check_network(lab, file.faults);
  if (!lab.steps.empty())
    for (const ProgramRule& program : lab.programs)
      if (program.step == 0)
        file.faults.push_back("lab.toml: program " + program.name +
                              ": step is missing: in which step of the sheet it is run");
  return file;
}

}  // namespace plaintalk::labs
