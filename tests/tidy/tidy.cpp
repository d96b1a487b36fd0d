#include "tests/tidy/tidy.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace plaintalk::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kFolders = {"analyzer",  "base",     "capture", "labs",
                                                      "messenger", "protocol", "tests"};
// Built only on request (PLAINTALK_BENCH), so CMake may not know their sources.
constexpr std::string_view kOptionalFolder = "tests/bench/";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> split(const std::string& list) {
  std::set<std::string> names;
  std::istringstream stream(list);
  for (std::string name; std::getline(stream, name, ',');) names.insert(name);
  return names;
}

bool is_cpp_file(const fs::path& path) { return path.extension() == ".cpp" || path.extension() == ".hpp"; }

bool is_checked(const fs::path& path) {
  static const std::set<std::string> kExtensions = {".cmake", ".cpp", ".hpp", ".sh", ".sql", ".txt"};
  return kExtensions.contains(path.extension().string());
}

std::vector<std::string> list_files(const fs::path& root) {
  std::vector<std::string> paths;
  for (const std::string_view folder : kFolders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && is_checked(entry.path()))
        paths.push_back(entry.path().lexically_relative(root).generic_string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The layer whose folder holds `path`: the longest match, as base/crypto/ lies in base/.
std::optional<std::string> layer_of(const std::string& path, const Input& input) {
  std::optional<std::string> found;
  std::size_t size = 0;
  for (const auto& [name, layer] : input.layers) {
    if (!path.starts_with(layer.folder + '/') || layer.folder.size() < size) continue;
    found = name;
    size = layer.folder.size();
  }
  return found;
}

// `names` and everything they use in turn.
std::set<std::string> closure(const std::set<std::string>& names, const Input& input) {
  std::set<std::string> reached;
  std::vector<std::string> rest(names.begin(), names.end());
  while (!rest.empty()) {
    const std::string name = rest.back();
    rest.pop_back();
    if (!reached.insert(name).second) continue;
    const auto layer = input.layers.find(name);
    if (layer != input.layers.end())
      rest.insert(rest.end(), layer->second.uses.begin(), layer->second.uses.end());
  }
  return reached;
}

void check_arrows(const Input& input, std::vector<Problem>& problems) {
  const auto side = [](const std::string& name) {
    return name.starts_with("messenger") ? 1 : name.starts_with("analyzer") ? 2 : 0;
  };
  for (const auto& [name, layer] : input.layers) {
    const std::string path = layer.folder + "/CMakeLists.txt";
    const auto reached = closure(layer.uses, input);
    if (reached.contains(name))
      problems.push_back({path, 0, "the layer " + name + " uses itself in the end"});
    for (const std::string& other : reached) {
      if (!input.layers.contains(other)) problems.push_back({path, 0, "no such layer: " + other});
      if (side(name) != 0 && side(other) != 0 && side(name) != side(other))
        problems.push_back({path, 0, name + " must not reach " + other});
    }
  }
}

// The layers that a file may include: a layer's own USES, but all that a program or a test reaches.
std::set<std::string> allowed_layers(const std::string& path, const Input& input) {
  std::set<std::string> allowed;
  const auto own = layer_of(path, input);
  for (const auto& [name, target] : input.targets) {
    if (std::find(target.sources.begin(), target.sources.end(), path) == target.sources.end()) continue;
    const bool is_layer = own && name == "plaintalk_" + *own;
    allowed.merge(is_layer ? std::set<std::string>(target.uses) : closure(target.uses, input));
  }
  if (own) allowed.insert(*own);
  return allowed;
}

void check_include(const std::string& path, std::size_t number, const std::string& header,
                   const fs::path& root, const Input& input, const std::set<std::string>& allowed,
                   std::vector<Problem>& problems) {
  if (!fs::exists(root / header)) {
    if (fs::exists((root / path).parent_path() / header))
      problems.push_back({path, number, "include \"" + header + "\" by its path from the root"});
    return;
  }
  if (header.starts_with("tests/") && !path.starts_with("tests/"))
    problems.push_back({path, number, "only tests include tests"});
  const auto layer = layer_of(header, input);
  if (layer && !allowed.contains(*layer))
    problems.push_back({path, number, "includes " + header + ", but its USES does not name " + *layer});
}

// Returns the headers in quotes that `path` includes.
std::set<std::string> check_includes(const std::string& path, const std::string& text, const fs::path& root,
                                     const Input& input, std::vector<Problem>& problems) {
  std::set<std::string> headers;
  const auto allowed = allowed_layers(path, input);
  std::istringstream stream(text);
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    constexpr std::string_view kInclude = "#include ";
    if (!line.starts_with(kInclude) || line.size() < kInclude.size() + 2) continue;
    const char open = line[kInclude.size()];
    const std::size_t end = line.find(open == '<' ? '>' : '"', kInclude.size() + 1);
    const std::string header = line.substr(kInclude.size() + 1, end - kInclude.size() - 1);
    if (open == '"') {
      headers.insert(header);
      check_include(path, number, header, root, input, allowed, problems);
    }
    if (open == '<' && !may_include_third_party(path, header))
      problems.push_back({path, number, "<" + header + "> has no place in this folder"});
  }
  return headers;
}

}  // namespace

std::string render(const Problem& problem) {
  return problem.path + ':' + std::to_string(problem.line) + ": " + problem.what;
}

Input parse_input(std::string_view text, const fs::path& root) {
  Input input;
  std::istringstream stream{std::string(text)};
  std::string target;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string kind, name, second, third;
    words >> kind >> name >> second >> third;
    if (kind == "layer") input.layers[name] = {second, split(third)};
    if (kind == "target") input.targets[target = name].uses = split(second);
    if (kind == "source") {
      const fs::path path = fs::path(line.substr(line.find(' ') + 1)).lexically_normal();
      input.targets[target].sources.push_back(path.lexically_relative(root).generic_string());
    }
  }
  return input;
}

std::vector<Problem> check_tree(const fs::path& root, const Input& input) {
  std::vector<Problem> problems;
  check_arrows(input, problems);
  std::set<std::string> known;
  for (const auto& [name, target] : input.targets) known.insert(target.sources.begin(), target.sources.end());
  std::map<std::string, std::set<std::string>> includes;
  for (const std::string& path : list_files(root)) {
    const std::string text = read_file(root / path);
    const auto line_count = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (!path.starts_with("tests/golden/") && line_count > kLineCountMax)
      problems.push_back({path, line_count, "longer than " + std::to_string(kLineCountMax) + " lines"});
    check_words(path, text, problems);
    if (!is_cpp_file(path)) continue;
    if (known.contains(path)) {
      includes[path] = check_includes(path, text, root, input, problems);
    } else if (!path.starts_with(kOptionalFolder)) {
      problems.push_back({path, 0, "belongs to no target"});
    }
  }
  check_cycles(includes, problems);
  std::sort(problems.begin(), problems.end());
  return problems;
}

}  // namespace plaintalk::tidy
