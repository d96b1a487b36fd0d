// The body of a benchmark message: who sent it, its number and when, so that every receiver can check every
// message.
//
//   000003 0000012345 0001789201502123456 abcdefgh...
//   |      |          |                   filler up to the wanted size
//   |      |          time it was due, in nanoseconds (0 when latency is not measured)
//   |      number of the message of this publisher, from 0
//   publisher
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace plaintalk::messenger::bench {

inline constexpr std::size_t kBodySizeMin = 40;

class MessageBody {
 public:
  struct Content {
    std::uint64_t publisher = 0;
    std::uint64_t number = 0;
    std::uint64_t due_ns = 0;
  };

  explicit MessageBody(std::size_t size) : pattern_(size, ' ') {
    for (std::size_t i = kFillerAt; i < size; ++i) pattern_[i] = static_cast<char>('a' + i % 26);
  }

  std::size_t size() const { return pattern_.size(); }

  void append(const Content& content, std::string& out) {
    put(0, kPublisherDigits, content.publisher);
    put(kNumberAt, kNumberDigits, content.number);
    put(kDueAt, kDueDigits, content.due_ns);
    out += pattern_;
  }

  // Nothing when a single byte is not as append() would have written it.
  std::optional<Content> read(std::string_view body) const {
    if (body.size() != pattern_.size()) return std::nullopt;
    if (std::memcmp(body.data() + kFillerAt, pattern_.data() + kFillerAt, body.size() - kFillerAt) != 0)
      return std::nullopt;
    Content content;
    const bool good = get(body, 0, kPublisherDigits, content.publisher) &&
                      get(body, kNumberAt, kNumberDigits, content.number) &&
                      get(body, kDueAt, kDueDigits, content.due_ns);
    if (!good) return std::nullopt;
    return content;
  }

 private:
  static constexpr std::size_t kPublisherDigits = 6;
  static constexpr std::size_t kNumberAt = kPublisherDigits + 1;
  static constexpr std::size_t kNumberDigits = 10;
  static constexpr std::size_t kDueAt = kNumberAt + kNumberDigits + 1;
  static constexpr std::size_t kDueDigits = 19;
  static constexpr std::size_t kFillerAt = kDueAt + kDueDigits + 1;

  void put(std::size_t at, std::size_t digits, std::uint64_t value) {
    for (std::size_t i = at + digits; i-- > at; value /= 10)
      pattern_[i] = static_cast<char>('0' + value % 10);
  }
  static bool get(std::string_view body, std::size_t at, std::size_t digits, std::uint64_t& value) {
    value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
      const auto digit = static_cast<unsigned>(static_cast<unsigned char>(body[i])) - '0';
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
    return true;
  }

  std::string pattern_;
};

}  // namespace plaintalk::messenger::bench
