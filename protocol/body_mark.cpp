#include "protocol/body_mark.hpp"

#include "base/number.hpp"

namespace plaintalk {

std::optional<std::uint64_t> parse_count(std::string_view token) {
  if (!is_count_form(token)) return std::nullopt;
  const std::string_view digits = token.substr(1, token.size() - 2);
  if (digits.size() > 10 || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  return parse_decimal<std::uint64_t>(digits);
}

void BodyMarkFinder::feed(std::string_view piece) {
  for (const char c : piece) {
    if (inline_body_) return;
    if (held_cr_) feed_byte('\r');
    held_cr_ = c == '\r';
    if (!held_cr_) feed_byte(c);
  }
}

void BodyMarkFinder::feed_byte(char c) {
  const bool starts_token = c != ' ' && !inside_token_;
  inside_token_ = c != ' ';
  if (starts_token) {
    inline_body_ = c == ':';
    token_index_ = index_;
    token_size_ = 0;
  }
  if (inside_token_) {
    if (token_size_ < kTokenSizeMax) token_[static_cast<std::size_t>(token_size_)] = c;
    ++token_size_;
    last_ = c;
  }
  ++index_;
}

BodyMarkFinder::Mark BodyMarkFinder::mark() const {
  if (inline_body_ || token_size_ < 2 || token_.front() != '{' || last_ != '}') return Mark::none;
  if (token_size_ > kTokenSizeMax) return Mark::bad_count;
  const std::string_view token(token_.data(), static_cast<std::size_t>(token_size_));
  return parse_count(token) ? Mark::count : Mark::bad_count;
}

std::uint64_t BodyMarkFinder::count() const {
  return *parse_count({token_.data(), static_cast<std::size_t>(token_size_)});
}

}  // namespace plaintalk
