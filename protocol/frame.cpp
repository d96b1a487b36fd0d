#include "protocol/frame.hpp"

#include <bit>

namespace plaintalk {

std::size_t Frame::argument_count() const {
  // Few tokens are parameters: faster than the library's population count, which is a call.
  std::size_t count = token_count;
  for (std::uint32_t bits = parameter_bits; bits != 0; bits &= bits - 1) --count;
  return count;
}

std::string_view Frame::argument(std::size_t index) const {
  for (std::size_t at = 0; at < token_count; ++at) {
    if (parameter_bits >> at & 1u) continue;
    if (index-- == 0) return tokens[at];
  }
  return {};
}

std::optional<std::string_view> Frame::find_parameter(std::string_view key) const {
  for (std::uint32_t bits = parameter_bits; bits != 0; bits &= bits - 1) {
    const std::string_view token = tokens[static_cast<std::size_t>(std::countr_zero(bits))];
    if (token.size() > key.size() && token[key.size()] == '=' && token.starts_with(key))
      return token.substr(key.size() + 1);
  }
  return std::nullopt;
}

std::string_view name_of(DecodeError::Code code) {
  using Code = DecodeError::Code;
  switch (code) {
    case Code::line_too_long: return "line_too_long";
    case Code::bad_verb: return "bad_verb";
    case Code::bad_token: return "bad_token";
    case Code::too_many_tokens: return "too_many_tokens";
    case Code::bad_text: return "bad_text";
    case Code::not_utf8: return "not_utf8";
    case Code::bad_count: return "bad_count";
    case Code::bad_body_end: return "bad_body_end";
    case Code::body_too_large: return "body_too_large";
    case Code::not_plaintalk: return "not_plaintalk";
    case Code::gap: return "gap";
  }
  return "?";
}

}  // namespace plaintalk
