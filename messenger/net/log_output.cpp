#include "messenger/net/log_output.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "base/write_all.hpp"

namespace plaintalk::messenger {
namespace {

constexpr std::size_t kTextBytesMax = 256 << 10;  // rendered text is written whenever it is longer

int open_log(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0644);
}

bool is_regular(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// The log's descriptor is for writing only.
bool has_half_a_line(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct stat status {};
  char last = '\n';
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
      ::pread(descriptor, &last, 1, status.st_size - 1) != 1)
    last = '\n';
  ::close(descriptor);
  return last != '\n';
}

bool is_gone_for_good(int error) { return error == EPIPE || error == EIO || error == EBADF; }

void say(const std::string& text) { std::fputs(("plaintalk-server: " + text + "\n").c_str(), stderr); }

}  // namespace

LogOutput::LogOutput(int descriptor, std::string name, TellLost tell_lost)
    : descriptor_(descriptor), name_(std::move(name)), tell_lost_(std::move(tell_lost)) {}

LogOutput::LogOutput(const std::string& path, TellLost tell_lost)
    : is_own_(true), name_(path), tell_lost_(std::move(tell_lost)) {
  if (path.empty()) return;
  descriptor_ = open_log(path);
  if (descriptor_ < 0)
    throw std::runtime_error("cannot write the log " + path + ": " + ::strerror(errno) +
                             "; choose a file in a folder you may write to");
  ends_in_half_a_line_ = has_half_a_line(path);
}

LogOutput::~LogOutput() {
  if (lost_.routed + lost_.other > 0)
    say(name_ + ": " + plural(lost_.routed + lost_.other, "event") + " could not be logged");
  if (is_own_ && descriptor_ >= 0) ::close(descriptor_);
}

void LogOutput::line_added(bool is_message) {
  lines_.push_back({text_.size(), is_message});
  if (text_.size() > kTextBytesMax) write();
}

void LogOutput::add_lost(const LostEvents& lost) {
  lost_.routed += lost.routed;
  lost_.other += lost.other;
}

void LogOutput::write() {
  std::string front = ends_in_half_a_line_ ? "\n" : "";
  const std::size_t repair_size = front.size();
  if (lost_.routed + lost_.other > 0) tell_lost_(lost_, front);
  const std::size_t told_size = front.size();
  if (!front.empty()) text_.insert(0, front);
  std::size_t written = 0;
  const int error = is_on() && !text_.empty() ? write_all(descriptor_, text_, &written) : 0;
  if (error == 0 && is_on()) {
    ends_in_half_a_line_ = false;
    lost_ = {};
    if (std::exchange(is_failing_, false)) say("the log " + name_ + " goes on");
  } else if (error != 0) {
    failed(error, written, repair_size, told_size);
  }
  text_.clear();
  lines_.clear();
}

// Counts the lines that did not get there as lost, and takes back what there is of the one that was cut.
void LogOutput::failed(int error, std::size_t written, std::size_t repair_size, std::size_t told_size) {
  std::size_t whole = written >= repair_size ? repair_size : 0;
  if (written >= repair_size) ends_in_half_a_line_ = false;
  if (written >= told_size && told_size > repair_size) lost_ = {};
  if (written >= told_size) whole = told_size;
  for (const Line& line : lines_) {
    if (told_size + line.end <= written)
      whole = told_size + line.end;
    else
      ++(line.is_message ? lost_.routed : lost_.other);
  }
  if (written > whole) {
    struct stat status {};
    const auto cut = static_cast<off_t>(written - whole);
    const bool is_cut = is_regular(descriptor_) && ::fstat(descriptor_, &status) == 0 &&
                        ::ftruncate(descriptor_, status.st_size - cut) == 0;
    if (!is_cut) ends_in_half_a_line_ = true;
  }
  if (is_gone_for_good(error)) {
    if (is_own_) ::close(descriptor_);
    descriptor_ = -1;
    lost_ = {};
  } else if (!std::exchange(is_failing_, true)) {
    say("the log " + name_ + " cannot be written: " + ::strerror(error) + "; it goes on when that is over");
  }
}

void LogOutput::reopen() {
  if (!is_own_ || name_.empty()) return;
  const int descriptor = open_log(name_);
  if (descriptor < 0) {
    say("cannot open the log " + name_ + " again: " + ::strerror(errno) + "; the old file is still used");
    return;
  }
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
  ends_in_half_a_line_ = has_half_a_line(name_);
}

}  // namespace plaintalk::messenger
