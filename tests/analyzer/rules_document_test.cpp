// Every verdict that the code can give stands in docs/TCP_RULES.md under the number the code gives it, and
// nothing else stands there.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace plaintalk::analyzer::test {
namespace {

using Verdicts = std::set<std::pair<int, std::string>>;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void add_matches(const std::string& text, const std::regex& pattern, Verdicts& found) {
  for (auto match = std::sregex_iterator(text.begin(), text.end(), pattern); match != std::sregex_iterator();
       ++match)
    for (std::size_t name = 2; name < match->size(); ++name)
      if ((*match)[name].matched) found.emplace(std::stoi((*match)[1]), (*match)[name]);
}

// In the code a verdict is written {number, "name"} or {number, condition ? "name" : "name"}.
Verdicts verdicts_in_code() {
  Verdicts found;
  for (const auto& entry : std::filesystem::directory_iterator(PLAINTALK_SOURCE_DIR "/analyzer/stream")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = text_of(entry.path());
    add_matches(text, std::regex(R"(\{(\d+),\s*"([^"]+)\")"), found);
    add_matches(text, std::regex(R"re(\{(\d+),\s*[a-z_]+\s*\?\s*"([^"]+)"\s*:\s*"([^"]+)")re"), found);
  }
  return found;
}

// In the document a rule is a row | number | `verdict`, `verdict` | ...
Verdicts verdicts_in_document() {
  Verdicts found;
  std::istringstream text(text_of(PLAINTALK_SOURCE_DIR "/docs/TCP_RULES.md"));
  const std::regex row(R"(\|\s*(\d+)\s*\|([^|]*)\|.*)");
  const std::regex name("`([^`]+)`");
  for (std::string line; std::getline(text, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    const std::string names = match[2];
    for (auto one = std::sregex_iterator(names.begin(), names.end(), name); one != std::sregex_iterator();
         ++one)
      found.emplace(std::stoi(match[1]), (*one)[1]);
  }
  return found;
}

TEST(TcpRules, AreAllInTheDocumentUnderTheirNumbersAndVerdicts) {
  const Verdicts code = verdicts_in_code();
  const Verdicts document = verdicts_in_document();
  EXPECT_GE(code.size(), 25U);
  for (const auto& [rule, verdict] : code)
    EXPECT_TRUE(document.contains({rule, verdict}))
        << "rule " << rule << " `" << verdict << "` is not in docs/TCP_RULES.md";
  for (const auto& [rule, verdict] : document)
    EXPECT_TRUE(code.contains({rule, verdict})) << "rule " << rule << " `" << verdict << "` is in no code";
}

}  // namespace
}  // namespace plaintalk::analyzer::test
