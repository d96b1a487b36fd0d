// A figure of a test: its description and its query, in a folder of its own.
#pragma once

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "analyzer/figures/figure.hpp"
#include "analyzer/figures/figure_template.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {

inline constexpr const char* kPlainDescription =
    "kind = \"chart\"\n"
    "title = \"Points\"\n"
    "[x]\ncolumn = \"x\"\ntitle = \"x\"\n"
    "[y]\ntitle = \"y\"\n"
    "[[series]]\ncolumn = \"y\"\n";

// Writes both files and gives the path of the description.
inline std::string write_figure(const TemporaryFolder& folder, const std::string& description,
                                const std::string& sql) {
  write_text(folder / "mine.figure.toml", description);
  write_text(folder / "mine.sql", sql);
  return folder / "mine.figure.toml";
}

// What it throws, without the folder; empty when it throws nothing.
template <typename Action>
std::string error_of(const TemporaryFolder& folder, Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    std::string text = error.what();
    const std::string prefix = folder / "";
    for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix))
      text.erase(at, prefix.size());
    return text;
  }
  return "";
}

inline nlohmann::json document_of(const Figure& figure) { return nlohmann::json::parse(figure.document); }

}  // namespace plaintalk::analyzer
