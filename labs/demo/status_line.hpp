// What the demo is doing right now, on standard error: one line that renews itself on a terminal, one line
// for each step otherwise, or nothing.
#pragma once

#include <string_view>

namespace plaintalk::demo {

class StatusLine {
 public:
  explicit StatusLine(bool is_quiet);
  ~StatusLine() { clear(); }
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  void step(std::string_view text);
  // Takes the renewing line off the terminal.
  void clear();

 private:
  bool is_quiet_;
  bool is_terminal_;
  bool is_shown_ = false;
};

}  // namespace plaintalk::demo
