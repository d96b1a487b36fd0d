// Lines typed in earlier runs, in $XDG_STATE_HOME/plaintalk/history (mode 0600). Passwords are never typed
// where lines are recorded, and a line that was no valid command, which might be a password in the wrong
// place, is not written either.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace plaintalk::messenger::client {

inline constexpr std::size_t kHistoryLineCountMax = 1000;
inline constexpr std::size_t kHistoryLineSizeMax = 4096;

class HistoryFile {
 public:
  // Of the user of this process; without a home there is no file and nothing is kept.
  static std::string default_path();
  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // The last lines, oldest first. Shortens a file that has grown long.
  std::vector<std::string> load();
  // Failure is silent: losing history is no reason to disturb a conversation.
  void append(const std::string& line);

 private:
  std::string path_;
};

}  // namespace plaintalk::messenger::client
