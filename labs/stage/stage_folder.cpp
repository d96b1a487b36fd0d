#include "labs/stage/stage_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.hpp"
#include "base/write_all.hpp"

namespace plaintalk::stage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrivatePrefix = "plaintalk-stage-";
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

fs::path make_private_folder() {
  std::string pattern = (fs::temp_directory_path() / kPrivatePrefix).string() + "XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("cannot make a temporary folder: " + pattern + ": " + std::strerror(errno));
  }
  return pattern;
}

// The name comes from a file in the workspace, which may have come from anywhere: only what is certainly a
// private folder of this user's is removed.
void remove_leftover(const fs::path& folder) {
  struct stat status {};
  if (folder.parent_path() != fs::temp_directory_path() ||
      !folder.filename().string().starts_with(kPrivatePrefix) || lstat(folder.c_str(), &status) != 0 ||
      !S_ISDIR(status.st_mode) || status.st_uid != geteuid()) {
    return;
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

}  // namespace

StageFolder::StageFolder(const fs::path& workspace, const fs::path& keep_logs_in)
    : workspace_(made(workspace)), state_(workspace_), is_kept_(!keep_logs_in.empty()) {
  if (state_.leftover()) remove_leftover(state_.leftover()->private_folder);
  attempt_ = next_attempt(workspace_);
  private_folder_ = is_kept_ ? made(keep_logs_in) : make_private_folder();
  state_.write({}, is_kept_ ? fs::path() : private_folder_);
}

StageFolder::~StageFolder() {
  std::error_code ignored;
  if (!is_kept_) fs::remove_all(private_folder_, ignored);
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
