#include "analyzer/report/report_template.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kTemplateSizeMax = 1 << 20;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// The rest of "-- key: rest", when the line is one.
bool read_field(std::string_view line, std::string_view key, std::string_view& rest) {
  line.remove_prefix(2);
  line = trim(line);
  if (!line.starts_with(key) || line.size() == key.size() || line[key.size()] != ':') return false;
  rest = trim(line.substr(key.size() + 1));
  return true;
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

}  // namespace

ReportTemplate parse_template(std::string name, std::string_view text) {
  ReportTemplate result;
  result.name = std::move(name);
  result.sql = text;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (!line.starts_with("--")) break;
    std::string_view rest;
    if (read_field(line, "title", rest)) {
      result.title = rest;
    } else if (read_field(line, "description", rest)) {
      if (!result.description.empty()) result.description += ' ';
      result.description += rest;
    } else if (read_field(line, "empty", rest)) {
      result.when_empty = rest;
    } else if (read_field(line, "parameter", rest)) {
      const std::size_t equals = rest.find('=');
      const std::size_t colon = rest.find(" : ");
      const std::string_view parameter = trim(rest.substr(0, equals));
      if (equals == rest.npos || (colon != rest.npos && colon < equals) || !is_parameter_name(parameter))
        throw std::runtime_error(result.name + ", line " + std::to_string(number) +
                                 ": a parameter is written as '-- parameter: name = default : description'");
      const std::string_view value =
          colon == rest.npos ? rest.substr(equals + 1) : rest.substr(equals + 1, colon - equals - 1);
      result.parameters.push_back(
          {std::string(parameter), std::string(trim(value)),
           colon == rest.npos ? std::string() : std::string(trim(rest.substr(colon + 3))),
           std::string(trim(value))});
    }
  }
  if (result.title.empty()) result.title = result.name;
  return result;
}

ReportTemplate load_template(const std::string& name_or_path) {
  const auto& all = builtin_templates();
  const auto found = std::find_if(
      all.begin(), all.end(), [&](const BuiltinTemplate& builtin) { return builtin.name == name_or_path; });
  if (found != all.end()) return parse_template(name_or_path, found->text);
  std::ifstream file(name_or_path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(kTemplateSizeMax + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || (text.empty() && !file.eof()) || file.bad()) {
    std::string names;
    for (const BuiltinTemplate& builtin : all)
      names += (names.empty() ? "" : ", ") + std::string(builtin.name);
    throw std::runtime_error("there is no template '" + name_or_path +
                             "', neither built in nor as a file; built in are: " + names);
  }
  if (text.size() > kTemplateSizeMax) throw std::runtime_error(name_or_path + " is too large for a template");
  return parse_template(name_or_path, text);
}

}  // namespace plaintalk::analyzer
