#include "labs/course/lab_folders.hpp"

#include <algorithm>
#include <string>
#include <system_error>

namespace plaintalk::labs {
namespace {

bool is_lab(const std::filesystem::path& folder) {
  const std::string name = folder.filename().string();
  const bool is_numbered = name.size() > 3 && name[0] >= '0' && name[0] <= '9' && name[1] >= '0' &&
                           name[1] <= '9' && name[2] == '-';
  std::error_code error;
  return is_numbered && std::filesystem::is_regular_file(folder / "lab.toml", error);
}

}  // namespace

std::vector<std::filesystem::path> lab_folders(const std::filesystem::path& labs) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(labs, error))
    if (is_lab(entry.path())) folders.push_back(entry.path());
  std::ranges::sort(folders);
  return folders;
}

}  // namespace plaintalk::labs
