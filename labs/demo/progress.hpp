// What the demo is doing right now, on standard error: one line that renews itself on a terminal, one line
// for each step otherwise, or nothing.
#pragma once

#include <string_view>

namespace plaintalk::demo {

class Progress {
 public:
  explicit Progress(bool is_quiet);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void step(std::string_view text);
  // Takes the renewing line off the terminal.
  void clear();

 private:
  bool is_quiet_;
  bool is_terminal_;
  bool is_shown_ = false;
};

}  // namespace plaintalk::demo
