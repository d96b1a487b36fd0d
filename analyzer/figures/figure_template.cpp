#include "analyzer/figures/figure_template.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <toml++/toml.h>

#include "analyzer/figures/builtin_figures.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDescriptionSizeMax = 64 << 10;
constexpr std::string_view kEnding = ".figure.toml";

// The file of the query: what `query` names, else the name of the figure. A description that is no TOML is
// told of by parse_figure().
std::string query_name(std::string_view text, const std::string& figure) {
  try {
    const toml::table table = toml::parse(text);
    return table["query"].value_or(figure + ".sql");
  } catch (const toml::parse_error&) {
    return figure + ".sql";
  }
}

FigureTemplate load_builtin(const BuiltinFigure& builtin) {
  const std::string name(builtin.name);
  std::string query = query_name(builtin.text, name);
  query.resize(query.size() - std::string_view(".sql").size());
  return parse_figure(name, name + std::string(kEnding), builtin.text, load_template(query));
}

// The description that was meant: itself, beside its query, or without its ending.
fs::path description_path(const std::string& given) {
  if (given.ends_with(kEnding)) return given;
  const std::string base = given.ends_with(".sql") ? given.substr(0, given.size() - 4) : given;
  return base + std::string(kEnding);
}

std::string read_description(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kDescriptionSizeMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || (text.empty() && !file.eof())) throw std::runtime_error("cannot read " + path.string());
  if (text.size() > kDescriptionSizeMax)
    throw std::runtime_error(path.string() + " is too large for the description of a figure");
  return text;
}

}  // namespace

const std::vector<std::string_view>& builtin_figures() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const BuiltinFigure& builtin : builtin_figure_texts()) all.push_back(builtin.name);
    return all;
  }();
  return names;
}

FigureTemplate load_figure(const std::string& name_or_path) {
  const auto& all = builtin_figure_texts();
  const auto found = std::ranges::find(all, name_or_path, &BuiltinFigure::name);
  if (found != all.end()) return load_builtin(*found);
  const fs::path path = description_path(name_or_path);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    std::string names;
    for (const std::string_view name : builtin_figures())
      names += (names.empty() ? "" : ", ") + std::string(name);
    throw std::runtime_error("there is no figure '" + terminal_safe(name_or_path) +
                             "', neither built in nor as " + terminal_safe(path.string()) +
                             "; built in are: " + names);
  }
  const std::string text = read_description(path);
  std::string name = path.filename().string();
  name.resize(name.size() - kEnding.size());
  const fs::path query = path.parent_path() / query_name(text, name);
  if (!fs::is_regular_file(query, error))
    throw std::runtime_error(path.string() + ": its query is missing: there is no file " + query.string());
  return parse_figure(name, path.string(), text, load_template(query.string()));
}

}  // namespace plaintalk::analyzer
