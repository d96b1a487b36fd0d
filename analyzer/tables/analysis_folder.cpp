#include "analyzer/tables/analysis_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/tables/table.hpp"
#include "base/write_all.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kBufferSize = 256 << 10;
constexpr mode_t kFileMode = 0600;  // an analysis shows what people said
constexpr std::string_view kMarkerText =
    "This folder was written by plaintalk-analyze, which will replace its files when run again.\n";

std::string temporary_name(const std::string& name) { return '.' + name + ".new"; }

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), &::closedir);
  if (!stream) {
    ::close(copy);
    return names;
  }
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void fail_system(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      waiting_(std::move(other.waiting_)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::write(std::string_view bytes) {
  waiting_ += bytes;
  if (waiting_.size() >= kBufferSize) flush();
}

void OutputFile::flush() {
  errno = write_all(descriptor_, waiting_);
  if (errno != 0) fail_system("cannot write " + name_);
  waiting_.clear();
}

void OutputFile::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail_system("cannot write " + name_);
}

AnalysisFolder::AnalysisFolder(std::string path) : path_(std::move(path)) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0) fail_system("cannot use the folder " + path_);
  accept_or_throw();
}

void AnalysisFolder::accept_or_throw() {
  const auto names = names_in(descriptor_);
  const bool ours = std::find(names.begin(), names.end(), kMarker) != names.end();
  if (!names.empty() && !ours) {
    ::close(std::exchange(descriptor_, -1));
    throw std::runtime_error(
        "the folder " + path_ +
        " holds files that no analysis wrote: choose another one with --out, or remove it first");
  }
  if (ours) return;
  const int marker = ::openat(descriptor_, std::string(kMarker).c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (marker < 0) fail_system("cannot write in the folder " + path_);
  OutputFile file(marker, std::string(kMarker));
  file.write(kMarkerText);
  file.close();
}

AnalysisFolder::~AnalysisFolder() {
  for (const std::string& name : pending_) ::unlinkat(descriptor_, temporary_name(name).c_str(), 0);
  if (files_descriptor_ >= 0) ::close(files_descriptor_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

OutputFile AnalysisFolder::create(const std::string& name) {
  const std::string temporary = temporary_name(name);
  ::unlinkat(descriptor_, temporary.c_str(), 0);
  const int file = ::openat(descriptor_, temporary.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (file < 0) fail_system("cannot create " + path_ + '/' + name);
  pending_.push_back(name);
  return {file, path_ + '/' + name};
}

std::string AnalysisFolder::temporary_path(const std::string& name) const {
  return path_ + '/' + temporary_name(name);
}

int AnalysisFolder::files_descriptor() {
  if (files_descriptor_ >= 0) return files_descriptor_;
  if (::mkdirat(descriptor_, "files", 0700) != 0 && errno != EEXIST)
    fail_system("cannot create " + path_ + "/files");
  files_descriptor_ = ::openat(descriptor_, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (files_descriptor_ < 0) fail_system("cannot use " + path_ + "/files");
  return files_descriptor_;
}

void AnalysisFolder::commit() {
  for (const std::string& name : pending_) {
    if (::renameat(descriptor_, temporary_name(name).c_str(), descriptor_, name.c_str()) != 0)
      fail_system("cannot create " + path_ + '/' + name);
    written_.insert(name);
  }
  pending_.clear();
  remove_stale();
}

void AnalysisFolder::remove_stale() {
  std::set<std::string> ours{"analysis.sqlite", "summary.md"};
  for (const Table& table : tables()) ours.insert(std::string(table.name) + ".csv");
  for (const std::string& name : ours)
    if (!written_.contains(name)) ::unlinkat(descriptor_, name.c_str(), 0);
  const int files = ::openat(descriptor_, "files", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (files < 0) return;
  for (const std::string& name : names_in(files))
    if (is_carved_name(name) && !carved_.contains(name)) ::unlinkat(files, name.c_str(), 0);
  ::close(files);
  ::unlinkat(descriptor_, "files", AT_REMOVEDIR);  // only when it is empty
}

bool is_carved_name(std::string_view name) {
  if (name.starts_with(".carving-")) return true;
  if (name.ends_with(".partial")) name.remove_suffix(8);
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

}  // namespace plaintalk::analyzer
