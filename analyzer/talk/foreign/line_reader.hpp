// The lines of one direction of a text protocol, ended by LF or CR LF. Of a line that is longer than the
// bound only the front is kept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace plaintalk::analyzer::foreign {

class LineReader {
 public:
  static constexpr std::size_t kLineSizeMax = 2048;

  // Takes bytes up to the first end of a line; true when one was there: then line() is it, until the next
  // call.
  bool take(std::string_view& bytes) {
    if (complete_) line_.clear();
    complete_ = false;
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    line_.append(part.substr(0, std::min(part.size(), kLineSizeMax - std::min(line_.size(), kLineSizeMax))));
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    if (end == std::string_view::npos) return false;
    complete_ = true;
    if (line_.ends_with('\r')) line_.pop_back();
    return !std::exchange(broken_, false);
  }
  const std::string& line() const { return line_; }
  // What there is of a line that has not ended yet.
  std::string_view unfinished() const { return complete_ ? std::string_view() : line_; }
  void drop_unfinished() {
    line_.clear();
    complete_ = false;
  }
  // Bytes are missing: the line that they belong to is not given out.
  void lost() { broken_ = true; }
  std::size_t held_size() const { return line_.capacity(); }

 private:
  std::string line_;
  bool complete_ = false;
  bool broken_ = false;
};

}  // namespace plaintalk::analyzer::foreign
