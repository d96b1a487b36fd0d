#include "base/program_path.hpp"

#include <cstdlib>
#include <ranges>
#include <system_error>

#include <unistd.h>

namespace plaintalk {

std::optional<std::filesystem::path> find_program(std::string_view file_name) {
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto sibling = own.parent_path() / file_name;
    if (access(sibling.c_str(), X_OK) == 0) return sibling;
  }
  const char* path = std::getenv("PATH");
  for (const auto part : std::views::split(std::string_view(path != nullptr ? path : ""), ':')) {
    const auto candidate = std::filesystem::path(std::string_view(part.begin(), part.end())) / file_name;
    if (candidate.is_absolute() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace plaintalk
