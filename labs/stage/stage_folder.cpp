#include "labs/stage/stage_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>

#include "base/number.hpp"
#include "base/write_all.hpp"

namespace plaintalk::stage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCapturePrefix = "session-";
constexpr std::string_view kCaptureSuffix = ".pcapng";

fs::path made(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    throw std::runtime_error("cannot use the folder " + folder.string() + ": " +
                             (error ? error.message() : "it is not a folder"));
  }
  return fs::canonical(folder);
}

unsigned next_attempt(const fs::path& workspace) {
  unsigned last = 0;
  for (const auto& entry : fs::directory_iterator(workspace)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with(kCapturePrefix) || !name.ends_with(kCaptureSuffix)) continue;
    name = name.substr(kCapturePrefix.size(), name.size() - kCapturePrefix.size() - kCaptureSuffix.size());
    last = std::max(last, parse_decimal<unsigned>(name).value_or(0));
  }
  return last + 1;
}

}  // namespace

StageFolder::StageFolder(const fs::path& workspace, const fs::path& keep_logs_in)
    : workspace_(made(workspace)), state_(workspace_) {
  attempt_ = next_attempt(workspace_);
  if (keep_logs_in.empty()) temporary_.emplace("stage");
  private_folder_ = temporary_ ? temporary_->path() : made(keep_logs_in);
  state_.write({});
}

fs::path StageFolder::capture_file() const {
  return workspace_ / (std::string(kCapturePrefix) + std::to_string(attempt_) + std::string(kCaptureSuffix));
}

std::vector<std::string> write_stage_files(const fs::path& folder, const std::vector<StageFile>& files) {
  std::vector<std::string> kept;
  for (const StageFile& file : files) {
    const fs::path path = folder / file.path;
    made(path.parent_path());
    const FileDescriptor target(
        open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!target.is_open() && errno == EEXIST) {
      std::ifstream old(path, std::ios::binary);
      if (std::string(std::istreambuf_iterator<char>(old), {}) != file.content) kept.push_back(file.path);
      continue;
    }
    const int error = target.is_open() ? write_all(target.number(), file.content) : errno;
    if (error != 0) throw std::runtime_error("cannot write " + path.string() + ": " + std::strerror(error));
  }
  return kept;
}

}  // namespace plaintalk::stage
