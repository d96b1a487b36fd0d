// A program under test: started with pipes, its output is collected, it is always ended and reaped, and
// nothing waits longer than a limit that only ends a test that would hang for ever.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/file_descriptor.hpp"

namespace plaintalk::test {

class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> words);  // words[0] is the program
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write(std::string_view text);
  void close_input() { input_.close(); }

  // The next line on its standard output; nothing at its end, or when none came for a very long time.
  std::optional<std::string> read_line();
  // Reads on to the first line that contains `text`; nothing when the program ended before.
  std::optional<std::string> read_until(std::string_view text);
  // What was not read yet, to the end.
  std::string read_all();
  // Waits until its standard output, from its beginning, has `text`; false when it ends before. Reads
  // nothing.
  bool wait_for_output(std::string_view text);

  // The exit status, or 128 and the signal that ended it. Collects all output first. -1 when time is up: then
  // it is killed.
  int wait();
  // The same after at most a tenth of a second, or kRunning.
  int wait_a_moment();
  static constexpr int kRunning = -2;
  void signal(int number) const;

  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }
  pid_t id() const { return process_; }

 private:
  bool collect(int timeout_ms);

  pid_t process_ = -1;
  FileDescriptor input_;
  FileDescriptor output_pipe_;
  FileDescriptor errors_pipe_;
  std::string output_;
  std::string errors_;
  std::size_t read_ = 0;  // of the output, by read_line()
};

}  // namespace plaintalk::test
