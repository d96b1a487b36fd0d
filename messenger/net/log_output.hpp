// One output of the activity log: a file that is appended to, or the descriptor for people.
//
// Lines get there whole or not at all. When writing fails (a full disk), what did not fit is counted, the
// failure is told once on standard error, and each later batch tries again: the first lines written then say
// how much is missing. A file that ends in half a line, because a server was killed, is given its line end
// before anything is appended. An output that has gone for good (the reader of a pipe, a closed terminal) is
// left alone without a word more.
//
// Used by one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "messenger/net/event_queue.hpp"

namespace plaintalk::messenger {

class LogOutput {
 public:
  // Appends the line that tells of lost events.
  using TellLost = std::function<void(const LostEvents&, std::string&)>;

  LogOutput(int descriptor, std::string name, TellLost tell_lost);  // borrowed; -1: off
  // Throws std::runtime_error when the file cannot be opened. An empty path: off.
  LogOutput(const std::string& path, TellLost tell_lost);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  bool is_on() const { return descriptor_ >= 0; }
  // The place to append one line with its LF to; line_added() must follow.
  std::string& text() { return text_; }
  void line_added(bool is_message);
  // Events that the queue before had no room for.
  void add_lost(const LostEvents& lost);
  // Hands everything to the kernel.
  void write();
  // Opens the file by its name again, as a program that rotates logs wants; keeps the old one if that fails.
  void reopen();

 private:
  struct Line {
    std::size_t end;  // in text_
    bool is_message;
  };
  void failed(int error, std::size_t written, std::size_t repair_size, std::size_t told_size);

  int descriptor_ = -1;
  bool is_own_ = false;
  bool is_failing_ = false;
  bool ends_in_half_a_line_ = false;
  std::string name_;
  TellLost tell_lost_;
  std::string text_;
  std::vector<Line> lines_;
  LostEvents lost_;
};

}  // namespace plaintalk::messenger
