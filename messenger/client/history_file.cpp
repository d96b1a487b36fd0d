#include "messenger/client/history_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kFileSizeMax = 1 << 20;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void write_file(const std::string& path, int flags, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
  if (fd < 0) return;
  // A file made by somebody else's hand may be readable to all.
  if (::fchmod(fd, 0600) == 0 && ::write(fd, text.data(), text.size()) < 0) {
    // Nothing to be done: see the header.
  }
  ::close(fd);
}

}  // namespace

std::string HistoryFile::default_path() {
  std::string state = environment("XDG_STATE_HOME");
  if (!state.starts_with('/')) {
    const std::string home = environment("HOME");
    if (!home.starts_with('/')) return {};
    state = home + "/.local/state";
  }
  return state + "/plaintalk/history";
}

std::vector<std::string> HistoryFile::load() {
  if (path_.empty()) return {};
  std::ifstream file(path_, std::ios::binary);
  std::vector<std::string> lines;
  std::size_t size = 0;
  for (std::string line; std::getline(file, line);) {
    size += line.size() + 1;
    if (!line.empty() && line.size() <= kHistoryLineSizeMax) lines.push_back(std::move(line));
    // Twice the bound before cutting back, so that a long file costs no more than a short one for each line.
    if (lines.size() >= 2 * kHistoryLineCountMax)
      lines.erase(lines.begin(), lines.begin() + kHistoryLineCountMax);
  }
  if (lines.size() > kHistoryLineCountMax)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kHistoryLineCountMax));
  if (size > kFileSizeMax) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write_file(path_, O_TRUNC, text);
  }
  return lines;
}

void HistoryFile::append(const std::string& line) {
  if (path_.empty() || line.empty() || line.size() > kHistoryLineSizeMax) return;
  if (line.find('\n') != std::string::npos) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), ignored);
  write_file(path_, O_APPEND, line + "\n");
}

}  // namespace plaintalk::messenger::client
