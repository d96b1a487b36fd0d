// A report template: one SQL query over the tables of an analysis, with its title and description in leading
// comments:
//
//   -- title: Slowest deliveries
//   -- description: The deliveries that took longest, with their packets.
//   -- parameter: room = #lab : only this room
//   -- empty: No message was delivered
//   SELECT ... WHERE room = :room
//
// Anybody can add one without compiling: give its path instead of a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

struct BuiltinTemplate {
  std::string_view name;
  std::string_view text;
};
const std::vector<BuiltinTemplate>& builtin_templates();

struct ReportTemplate {
  struct Parameter {
    std::string name;
    std::string value;  // the default, or what --set gave
    std::string description;
    std::string default_value;
  };
  std::string name;
  std::string title;
  std::string description;
  std::string when_empty;  // what it means that there are no rows
  std::vector<Parameter> parameters;
  std::string sql;  // the whole text, comments included, so that line numbers stay right
};

// Throws std::runtime_error naming the line when a comment cannot be understood.
ReportTemplate parse_template(std::string name, std::string_view text);

// A built-in one by its name, else the file of that path. Throws std::runtime_error saying what there is.
ReportTemplate load_template(const std::string& name_or_path);

}  // namespace plaintalk::analyzer
