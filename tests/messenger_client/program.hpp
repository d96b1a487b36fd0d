// A program under test: started with pipes, read line by line, always reaped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace plaintalk::test {

class Program {
 public:
  explicit Program(const std::vector<std::string>& words);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void write(const std::string& text);
  void close_input();
  // The next line on its standard output; nothing at its end, or when none came for a very long time.
  std::optional<std::string> read_line();
  // Reads on to the first line that contains `text`; nothing when the program ended before.
  std::optional<std::string> read_until(const std::string& text);
  std::string read_all();
  void signal(int number);
  // Its exit status, or minus the signal that ended it.
  int wait();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string pending_;
};

}  // namespace plaintalk::test
