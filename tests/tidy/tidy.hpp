// The rules of the house that a compiler does not know, checked over the whole source tree:
//
//   layering   a layer includes only itself and the layers its USES names; USES has no cycle and no arrow
//              between messenger and analyzer; a third-party header appears only where
//              docs/decisions/0001-layout.md puts it
//   cycles     no files include each other in a circle, X.hpp and X.cpp taken as one
//   targets    every source file belongs to a target
//   sizes      no file over 500 lines
//   words      nothing that is banned (tidy_rules.cpp), no main() and no argv outside *_main.cpp
//
// Each rule is tried on a small tree that breaks it, so that the check itself cannot rot.
#pragma once

#include <compare>
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::tidy {

inline constexpr std::size_t kLineCountMax = 500;

struct Problem {
  std::string path;  // from the root
  std::size_t line = 0;
  std::string what;
  auto operator<=>(const Problem&) const = default;
};
std::string render(const Problem& problem);

struct Layer {
  std::string folder;
  std::set<std::string> uses;
};

struct Target {
  std::set<std::string> uses;
  std::vector<std::string> sources;  // from the root
};

// What CMake wrote: "layer NAME FOLDER USES", "target NAME USES" and its "source PATH" lines; USES is
// comma-separated.
struct Input {
  std::map<std::string, Layer> layers;
  std::map<std::string, Target> targets;
};
Input parse_input(std::string_view text, const std::filesystem::path& root);

// Every problem of the tree, in order of path and line.
std::vector<Problem> check_tree(const std::filesystem::path& root, const Input& input);

// Every group of files that reach each other by their includes (tidy_cycles.cpp). `includes` names the
// headers that each .hpp and .cpp file includes, all from the root.
void check_cycles(const std::map<std::string, std::set<std::string>>& includes,
                  std::vector<Problem>& problems);
// The words of one file (tidy_rules.cpp). `path` is from the root.
void check_words(const std::string& path, std::string_view text, std::vector<Problem>& problems);
// Whether `path` may include <header>.
bool may_include_third_party(std::string_view path, std::string_view header);
// The text with comments and the insides of literals blanked out, line breaks kept.
std::string code_only(std::string_view text);

}  // namespace plaintalk::tidy
