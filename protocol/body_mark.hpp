// The "{N}" that announces a counted body (docs/PROTOCOL.md, section 2), and the search for it in a line that
// nobody will take apart, because it has a fault or is too long to be kept. Private to protocol/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plaintalk {

// A token in braces, right or wrong.
inline bool is_count_form(std::string_view token) {
  return token.size() >= 2 && token.front() == '{' && token.back() == '}';
}
// The N of "{N}": 1 to 10 digits without a leading zero.
std::optional<std::uint64_t> parse_count(std::string_view token);

// Is fed a line in any pieces and keeps only the start of its last token.
class BodyMarkFinder {
 public:
  enum class Mark : std::uint8_t { none, count, bad_count };

  void feed(std::string_view piece);

  // The line ends here; a CR fed last belongs to the line end.
  Mark mark() const;
  // REQUIRES: mark() is Mark::count.
  std::uint64_t count() const;
  // Of the '{' in the line. REQUIRES: mark() is not Mark::none.
  std::uint64_t index() const { return token_index_; }

 private:
  void feed_byte(char c);

  static constexpr std::size_t kTokenSizeMax = 12;  // '{', ten digits, '}'
  std::array<char, kTokenSizeMax> token_{};
  std::uint64_t token_index_ = 0;
  std::uint64_t token_size_ = 0;
  std::uint64_t index_ = 0;
  char last_ = 0;
  bool inside_token_ = false;
  bool inline_body_ = false;
  bool held_cr_ = false;  // a byte like others if the line goes on
};

}  // namespace plaintalk
