#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <unistd.h>

#include "base/program_path.hpp"
#include "labs/lab/commands.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

int analyze_lab(const Places& places, const Lab& lab, const std::vector<std::string>& more) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const std::filesystem::path capture = workspace.capture();
  const auto program = find_program("plaintalk-analyze");
  if (!program) throw std::runtime_error("plaintalk-analyze is neither beside this program nor on PATH");
  std::vector<std::string> words{program->string(), capture.string(), "--out",
                                 (workspace.folder() / (capture.stem().string() + "-analysis")).string()};
  const bool has_own = std::ranges::any_of(
      more, [](const std::string& word) { return word == "--protocol" || word.starts_with("--protocol="); });
  if (const auto description = workspace.description(lab); !description.empty() && !has_own)
    words.insert(words.end(), {"--protocol", description.string()});
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program->c_str(), arguments.data());
  throw std::runtime_error("cannot start " + program->string() + ": " + std::strerror(errno));
}

}  // namespace plaintalk::labs
