#include "labs/course/lab_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include <toml++/toml.h>

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

std::string all_kinds() {
  std::string text;
  for (const auto& [name, kind] : kKinds) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

// One table of the file. What was not asked for by the time it is done is a word that nobody knows: a typo.
class Table {
 public:
  Table(const toml::table& table, std::string what, std::vector<std::string>& faults)
      : table_(table), what_(std::move(what)), faults_(faults) {}

  std::uint32_t line() const { return table_.source().begin.line; }

  void fault(const toml::node* at, const std::string& text) const {
    const std::uint32_t line = at != nullptr ? at->source().begin.line : table_.source().begin.line;
    faults_.push_back("lab.toml:" + std::to_string(line) + ": " + what_ + text);
  }

  const toml::node* take(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }

  std::string text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return {};
    if (const auto value = node->value_exact<std::string>()) return *value;
    fault(node, std::string(key) + " must be a text in quotation marks");
    return {};
  }

  std::string required_text(std::string_view key) {
    if (table_.get(key) == nullptr) fault(nullptr, std::string(key) + " is missing");
    return text(key);
  }

  std::vector<std::string> texts(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<std::string> all;
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      fault(node, std::string(key) + " must be a list of texts: [\"...\", \"...\"]");
      return all;
    }
    for (const toml::node& entry : *array) {
      if (const auto value = entry.value_exact<std::string>())
        all.push_back(*value);
      else
        fault(&entry, std::string(key) + " must hold texts only");
    }
    return all;
  }

  std::optional<std::int64_t> integer(std::string_view key, std::int64_t from, std::int64_t to) {
    const toml::node* node = take(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= from && *value <= to) return value;
    fault(node, std::string(key) + " must be a whole number from " + std::to_string(from) + " to " +
                    std::to_string(to));
    return std::nullopt;
  }

  double number(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return 0;
    const auto value = node->value<double>();
    if (node->is_number() && value && *value >= 0 && std::isfinite(*value)) return *value;
    fault(node, std::string(key) + " must be a number, 0 or more");
    return 0;
  }

  bool flag(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return false;
    const auto value = node->value_exact<bool>();
    if (!value) fault(node, std::string(key) + " must be true or false");
    return value.value_or(false);
  }

  // The tables of [[key]].
  std::vector<const toml::table*> tables(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<const toml::table*> all;
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
      fault(node, "write [[" + std::string(key) + "]] with two brackets");
      return all;
    }
    for (const toml::node& entry : *array) all.push_back(entry.as_table());
    return all;
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) fault(node, std::string(key) + " must be a table: [" + std::string(key) + "]");
    return node->as_table();
  }

  void finish() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str())))
        fault(&node, "nobody knows the word '" + std::string(key.str()) + "' here");
  }

 private:
  const toml::table& table_;
  std::string what_;
  std::vector<std::string>& faults_;
  std::set<std::string> known_;
};

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

PersonRule read_person(Table& entry) {
  PersonRule person;
  person.name = entry.required_text("name");
  person.address = entry.required_text("address");
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
  question.rubric = entry.text("rubric");
  for (const toml::table* mistake : entry.tables("mistake"))
    question.mistakes.push_back(read_mistake(*mistake, what, faults));
  check_question(question, entry);
  entry.finish();
  return question;
}

void read_scene(Table& top, Lab& lab, std::vector<std::string>& faults) {
  if (const toml::table* variant = top.table("variant"))
    for (const auto& [key, node] : *variant)
      lab.variant.push_back(read_variant(std::string(key.str()), node, faults));
  for (const toml::table* table : top.tables("person")) {
    Table entry(*table, "person: ", faults);
    lab.people.push_back(read_person(entry));
    lab.people.back().starts_after = entry.text("starts_after");
    entry.finish();
  }
  for (const toml::table* table : top.tables("file")) {
    Table entry(*table, "file: ", faults);
    lab.files.push_back({.path = entry.required_text("path"),
                         .is_peoples = entry.flag("for_people"),
                         .size = entry.text("size"),
                         .text = entry.text("text")});
    if (lab.files.back().size.empty() == lab.files.back().text.empty())
      entry.fault(nullptr, "a file has either a size (\"20000\" or \"{variant}\") or a text");
    entry.finish();
  }
  if (const toml::table* table = top.table("student")) {
    Table entry(*table, "student: ", faults);
    lab.student = read_person(entry);
    entry.finish();
  } else {
    top.fault(nullptr, "[student] is missing: the name, address and script of the reference student");
  }
  if (const toml::table* table = top.table("network")) {
    Table entry(*table, "network: ", faults);
    lab.needs_real_tcp = entry.flag("needs_real_tcp");
    lab.delay = Milliseconds(entry.integer("delay_ms", 0, 5'000).value_or(0));
    lab.rate_bits_s =
        static_cast<std::uint64_t>(entry.integer("rate_kbit_s", 0, 10'000'000).value_or(0)) * 1000;
    entry.finish();
  }
}

constexpr std::uintmax_t kFileSizeMax = 1U << 20;
// toml++ goes one call deeper for each point of a.b.c.d, and that must end before the stack does.
constexpr std::size_t kLineSizeMax = 4096;

// The first line that is too long, from 1; 0: none.
std::size_t long_line(std::string_view text) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    if (text.substr(0, end).size() > kLineSizeMax) return line;
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return 0;
}

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
  if (const std::size_t line = long_line(text); line != 0) {
    file.faults.push_back("lab.toml:" + std::to_string(line) + ": this line is longer than " +
                          std::to_string(kLineSizeMax) + " bytes: write it as several, between \"\"\"");
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
  lab.is_mine = top.required_text("is_mine");
  read_scene(top, lab, file.faults);
  std::set<std::string> ids;
  for (const toml::table* question : top.tables("question")) {
    lab.questions.push_back(read_question(*question, file.faults));
    const Question& added = lab.questions.back();
    if (!added.id.empty() && !ids.insert(added.id).second)
      file.faults.push_back("lab.toml:" + std::to_string(added.line) + ": question " + added.id +
                            ": there are two with this id");
  }
  top.finish();
  return file;
}

}  // namespace plaintalk::labs
