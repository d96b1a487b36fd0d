#include "capture/file/file_sink.hpp"

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/write_all.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kWaitingSizeMax = std::size_t{1} << 20;

}  // namespace

FileSink FileSink::create(const std::string& path) {
  if (path == "-") {
    const int descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (descriptor < 0) throw std::runtime_error("standard output is closed; give a file name");
    return {descriptor, "standard output"};
  }
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0)
    throw std::runtime_error(path + ": cannot be written: " + std::generic_category().message(errno));
  return {descriptor, path};
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
