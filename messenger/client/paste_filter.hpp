// What a terminal sends, before line editing sees it: UTF-8 to characters, and bracketed pastes taken out of
// the stream.
//
//   ESC [ 200 ~  pasted text  ESC [ 201 ~
//
// A paste of one line becomes characters as if typed, control characters left out. A paste of several lines
// must not run as so many commands: it becomes a short mark in the line, and expand() puts the text back when
// the line is entered.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace plaintalk::messenger::client {

inline constexpr std::size_t kPasteSizeMax = 1 << 20;  // more is cut off
inline constexpr std::size_t kPasteCountMax =
    64;  // remembered, the latest; the mark of an older one stays a mark

class PasteFilter {
 public:
  // Appends the characters of `bytes` to `characters`.
  void feed(std::string_view bytes, std::deque<wchar_t>& characters);
  // The line with its marks replaced by what was pasted.
  std::string expand(std::string line) const;

 private:
  bool take_one(std::deque<wchar_t>& characters);
  void paste_ended(std::deque<wchar_t>& characters);

  std::string pending_;
  bool after_return_ = false;  // the last character was CR
  bool pasting_ = false;
  std::string pasted_;
  std::deque<std::pair<std::string, std::string>> pastes_;  // mark and text, oldest first
  unsigned paste_count_ = 0;
};

// Whole characters only: what is not UTF-8 becomes U+FFFD.
std::wstring widen(std::string_view text);
std::string narrow(std::wstring_view text);

}  // namespace plaintalk::messenger::client
