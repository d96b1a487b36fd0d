#include "labs/demo/demo_folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace plaintalk::demo {
namespace {

constexpr std::string_view kMarker = ".plaintalk-demo";
constexpr std::array<std::string_view, 9> kOwnNames{
    "alice-password.txt", "analysis",       "downloads",   "logs", "scripts", "sent",
    "server.jsonl",       "session.pcapng", "probe.pcapng"};

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view why) {
  throw std::runtime_error("cannot use the folder " + path.string() + ": " + std::string(why));
}

}  // namespace

DemoFolder::DemoFolder(const std::filesystem::path& path) : path_(std::filesystem::absolute(path)) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error || !std::filesystem::is_directory(path_)) {
    refuse(path, (error ? error.message() : "it is not a folder") + "; name another one with --out");
  }
  const auto marker_path = path_ / kMarker;
  const bool is_ours = std::filesystem::exists(std::filesystem::symlink_status(marker_path));
  if (!is_ours && !std::filesystem::is_empty(path_)) {
    refuse(path, "it holds something that is not from a demo; name an empty or new one with --out");
  }
  marker_ = FileDescriptor(open(marker_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!marker_.is_open()) refuse(path, std::string(std::strerror(errno)) + "; name another one with --out");
  if (flock(marker_.number(), LOCK_EX | LOCK_NB) != 0) refuse(path, "another demo is running in it");
  for (const std::string_view name : kOwnNames) {
    std::filesystem::remove_all(path_ / name, error);
    if (error) refuse(path, "removing the last demo's " + std::string(name) + " failed: " + error.message());
  }
  for (const std::string_view name : {"downloads", "logs", "scripts", "sent"}) {
    std::filesystem::create_directory(path_ / name);
  }
}

void DemoFolder::write_file(std::string_view name, std::string_view content, bool is_private) const {
  const auto target = path_ / name;
  const FileDescriptor file(
      open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, is_private ? 0600 : 0644));
  if (!file.is_open())
    throw std::runtime_error("cannot write " + target.string() + ": " + std::strerror(errno));
  while (!content.empty()) {
    const ssize_t size = write(file.number(), content.data(), content.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) throw std::runtime_error("cannot write " + target.string() + ": " + std::strerror(errno));
    content.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace plaintalk::demo
