#include "capture/file/file_sink.hpp"

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kWaitingSizeMax = std::size_t{1} << 20;

[[noreturn]] void refuse_path(const std::string& path, const std::string& why) {
  throw std::runtime_error(path + ": " + why);
}

[[noreturn]] void refuse_for(const std::string& path, int error) {
  refuse_path(path, "cannot be written: " + std::generic_category().message(error));
}

bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode);
}

int open_existing(const std::string& path, FileSink::Existing existing) {
  constexpr const char* kAlreadyThere = "exists already; choose another name, or replace it with --overwrite";
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) refuse_for(path, errno);
  const bool is_link = S_ISLNK(status.st_mode);
  if (is_link && ::stat(path.c_str(), &status) != 0)
    refuse_path(path, "is a link to nothing; choose another name");
  if (!S_ISREG(status.st_mode)) {
    // A pipe or a device, which /dev/stdout leads to by a link. What it is may change until it is open.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) refuse_for(path, errno);
    if (!is_regular(descriptor)) return descriptor;
    ::close(descriptor);
    refuse_path(path, kAlreadyThere);
  }
  if (is_link) refuse_path(path, "is a link to a file; give the name of the file itself");
  if (existing == FileSink::Existing::refuse) refuse_path(path, kAlreadyThere);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) refuse_for(path, errno);
  if (is_regular(descriptor)) return descriptor;
  ::close(descriptor);
  refuse_path(path, "was replaced meanwhile; try again");
}

}  // namespace

FileSink FileSink::create(const std::string& path, Existing existing) {
  if (path == "-") {
    const int descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) throw std::runtime_error("standard output is closed; give a file name");
    return {descriptor, "standard output"};
  }
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0 && errno != EEXIST) refuse_for(path, errno);
  if (descriptor < 0) descriptor = open_existing(path, existing);
  FileSink sink(descriptor, path);
  if (!is_regular(descriptor)) return sink;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    refuse_path(path, "another program is recording into it; choose another name");
  // Only now that nobody else writes it.
  if (::ftruncate(descriptor, 0) != 0) refuse_for(path, errno);
  return sink;
}

FileSink FileSink::from_descriptor(int descriptor, std::string name) { return {descriptor, std::move(name)}; }

FileSink::FileSink(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

FileSink::FileSink(FileSink&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      waiting_(std::exchange(other.waiting_, {})),
      error_(std::move(other.error_)),
      error_code_(other.error_code_),
      size_(other.size_) {}

FileSink::~FileSink() {
  if (descriptor_ < 0) return;
  flush();
  ::close(descriptor_);
}

void FileSink::write(std::string_view block) {
  if (error_code_ != 0) return;
  waiting_.append(block);
  if (waiting_.size() >= kWaitingSizeMax) flush();
}

bool FileSink::flush() {
  if (error_code_ == 0 && !waiting_.empty()) {
    error_code_ = write_all(descriptor_, waiting_);
    if (error_code_ == 0)
      size_ += waiting_.size();
    else if (!reader_gone())
      error_ = name_ + ": writing failed: " + std::generic_category().message(error_code_);
    waiting_.clear();
  }
  return error_code_ == 0;
}

bool FileSink::reader_gone() const { return error_code_ == EPIPE; }

}  // namespace plaintalk::capture
