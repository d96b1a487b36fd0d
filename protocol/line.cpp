#include "protocol/line.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "protocol/body_mark.hpp"
#include "protocol/byte_class.hpp"

namespace plaintalk {
namespace {

using Code = DecodeError::Code;

std::optional<LineFault> parse_verb(std::string_view line, Frame& frame) {
  std::size_t end = 0;
  while (end < line.size() && is_verb_byte(line[end])) ++end;
  if (end == 0 || !is_letter(line.front())) return LineFault{Code::bad_verb, 0};
  if (end > kVerbSizeMax) return LineFault{Code::bad_verb, kVerbSizeMax};
  if (end < line.size() && line[end] != ' ') return LineFault{Code::bad_verb, end};
  frame.verb_text = line.substr(0, end);
  frame.verb = find_verb(frame.verb_text);
  return std::nullopt;
}

std::optional<LineFault> find_text_fault(std::string_view text) {
  if (is_ascii_text(text)) return std::nullopt;
  const std::size_t forbidden = std::min(text.find('\r'), text.find('\0'));
  const std::size_t good = utf8_prefix_size(text);
  if (good < text.size() && good < forbidden) return LineFault{Code::not_utf8, good};
  if (forbidden != text.npos) return LineFault{Code::bad_text, forbidden};
  return std::nullopt;
}

struct Token {
  std::size_t end = 0;  // or the byte that is wrong
  bool wrong = false;
  bool is_parameter = false;
};

Token scan_token(std::string_view line, std::size_t start) {
  Token token;
  std::size_t at = start;
  for (;; ++at) {
    at = plain_end(line, at);
    if (at == line.size()) break;
    const ByteClass kind = class_of(line[at]);
    if (kind == ByteClass::space) break;
    if (kind == ByteClass::equals) {
      if (line[start] != '=') token.is_parameter = true;
    } else if (kind == ByteClass::forbidden || !is_escape(line, at)) {
      token.wrong = true;
      break;
    }
  }
  token.end = at;
  return token;
}

bool starts_with_folded(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
}

}  // namespace

LineResult parse_line(std::string_view line, std::size_t body_size_max, Frame& frame) {
  frame.line = line;
  frame.body = {};
  frame.body_kind = BodyKind::none;
  frame.token_count = 0;
  frame.parameter_bits = 0;
  if (const auto fault = parse_verb(line, frame)) return {fault};

  std::size_t at = frame.verb_text.size();
  for (;;) {
    while (at < line.size() && line[at] == ' ') ++at;
    if (at == line.size()) return {};
    if (line[at] == ':') {
      const std::string_view text = line.substr(at + 1);
      if (const auto fault = find_text_fault(text)) return {LineFault{fault->code, at + 1 + fault->index}};
      if (text.size() > body_size_max) return {LineFault{Code::body_too_large, at + 1 + body_size_max}};
      frame.body_kind = BodyKind::inline_text;
      frame.body = text;
      return {};
    }
    const Token token = scan_token(line, at);
    if (token.wrong) return {LineFault{Code::bad_token, token.end}};
    const std::string_view text = line.substr(at, token.end - at);
    if (is_count_form(text) && line.find_first_not_of(' ', token.end) == line.npos) {
      const auto count = parse_count(text);
      if (!count) return {LineFault{Code::bad_count, at}};
      if (*count > body_size_max) return {LineFault{Code::body_too_large, at}};
      frame.body_kind = BodyKind::counted;
      return {std::nullopt, static_cast<std::size_t>(*count), at};
    }
    if (frame.token_count == kTokenCountMax) return {LineFault{Code::too_many_tokens, at}};
    if (token.is_parameter) frame.parameter_bits |= 1u << frame.token_count;
    frame.tokens[frame.token_count++] = text;
    at = token.end;
  }
}

bool is_http_request(std::string_view line) {
  // Judged from the end, because nearly no line gets further than the first test.
  if (line.empty() || !is_digit(line.back())) return false;
  const std::size_t version = line.rfind(' ');
  if (version == line.npos) return false;
  const std::string_view last = line.substr(version + 1);
  const bool one_digit = last.size() == 6;                     // HTTP/2
  const bool two_digits = last.size() == 8 && last[6] == '.';  // HTTP/1.1
  if (!last.starts_with("HTTP/") || !is_digit(last[5]) || !(one_digit || two_digits)) return false;
  const std::size_t target = line.find(' ');
  if (target == 0 || target + 1 >= version || line.find(' ', target + 1) != version) return false;
  if (line[target + 1] == ':') return false;  // PING :see HTTP/2
  const std::string_view method = line.substr(0, target);
  return std::all_of(method.begin(), method.end(), [](char c) { return is_letter(c) || c == '-'; });
}

bool is_http_host_header(std::string_view line) { return starts_with_folded(line, "host:"); }

}  // namespace plaintalk
