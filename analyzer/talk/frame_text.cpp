#include "analyzer/talk/frame_text.hpp"

#include <functional>
#include <utility>

#include "base/number.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {

std::string shown_secret(std::string_view secret, bool show_secrets) {
  return show_secrets ? std::string(secret) : "******";
}

std::string render_arguments(const Frame& frame, bool show_secrets) {
  std::string text;
  for (std::size_t index = 0; index < frame.token_count; ++index) {
    if (index != 0) text += ' ';
    const std::string_view token = frame.tokens[index];
    if (!show_secrets && token.starts_with("token=")) {
      text += "token=******";
    } else {
      text += token;
    }
  }
  return text;
}

std::string_view verb_of(const Frame& frame) {
  if (frame.verb == Verb::unknown) return frame.verb_text;
  if (frame.verb == Verb::greeting) return "PLAINTALK/1";
  return verb_text(frame.verb);
}

std::optional<std::uint64_t> number_parameter(const Frame& frame, std::string_view key) {
  const auto value = frame.parameter(key);
  return value ? parse_decimal<std::uint64_t>(*value) : std::nullopt;
}

std::optional<std::uint64_t> number_argument(const Frame& frame, std::size_t index) {
  return parse_decimal<std::uint64_t>(frame.argument(index));
}

std::string text_argument(const Frame& frame, std::size_t index) {
  const std::string_view token = frame.argument(index);
  auto text = unescape(token);
  return text ? std::move(*text) : std::string(token);
}

std::string text_parameter(const Frame& frame, std::string_view key) {
  const std::string_view token = frame.parameter(key).value_or("");
  auto text = unescape(token);
  return text ? std::move(*text) : std::string(token);
}

std::uint64_t hash_of(std::string_view bytes) { return std::hash<std::string_view>{}(bytes); }

bool is_reply(Verb verb) {
  return verb == Verb::ok || verb == Verb::err || verb == Verb::end || verb == Verb::pong ||
         verb == Verb::ack || verb == Verb::bye;
}

bool is_answered(Verb verb) { return verb != Verb::pong && verb != Verb::credit; }

Request read_request(const Frame& frame, Moment first, Moment last, bool show_secrets) {
  Request request;
  request.verb = frame.verb;
  request.id = frame.parameter("id").value_or("");
  request.target = text_argument(frame, 0);
  request.body_size = frame.body.size();
  request.first = first;
  request.last = last;
  switch (frame.verb) {
    case Verb::login:
    case Verb::register_: {
      const auto token = frame.parameter("token");
      request.display = text_parameter(frame, "display");
      request.is_token = frame.body_kind == BodyKind::none && token.has_value();
      if (frame.body_kind != BodyKind::none) request.secret = shown_secret(frame.body, show_secrets);
      if (request.is_token) request.secret = shown_secret(*token, show_secrets);
      break;
    }
    case Verb::say:
      request.body = frame.body;
      request.body_hash = hash_of(frame.body);
      request.holes.assign(frame.holes.begin(), frame.holes.end());
      break;
    case Verb::put:
      request.number = number_argument(frame, 1).value_or(0);
      request.to = text_parameter(frame, "to");
      request.sha256 = text_parameter(frame, "sha256");
      break;
    case Verb::data:
      request.number = number_argument(frame, 1).value_or(0);
      request.body = frame.body;
      request.holes.assign(frame.holes.begin(), frame.holes.end());
      break;
    default: break;
  }
  return request;
}

Reply read_reply(const Frame& frame, Moment first, Moment last, bool show_secrets) {
  Reply reply;
  reply.verb = frame.verb;
  reply.id = frame.parameter("id").value_or("");
  reply.first = first;
  reply.last_byte = last;
  if (frame.verb == Verb::err) {
    reply.code = static_cast<unsigned>(number_argument(frame, 0).value_or(0));
    reply.name = frame.argument(1);
    reply.error_verb = find_verb(frame.parameter("verb").value_or(""));
    return reply;
  }
  reply.seq = number_parameter(frame, "seq");
  reply.last = number_parameter(frame, "last");
  reply.next = number_parameter(frame, "next");
  reply.size = number_parameter(frame, "size");
  reply.count = number_parameter(frame, "count");
  reply.is_repeat = frame.parameter("dup") == "1";
  reply.has_user = frame.parameter("user").has_value();
  reply.has_members = frame.parameter("members").has_value();
  reply.has_token = frame.parameter("token").has_value();
  reply.has_verified = frame.parameter("verified").has_value();
  reply.has_complete = frame.parameter("complete").has_value();
  reply.has_sha256 = frame.parameter("sha256").has_value();
  reply.is_guest = frame.parameter("guest") == "1";
  reply.is_last_page = frame.parameter("more") == "0";
  reply.user = text_parameter(frame, "user");
  reply.device = text_parameter(frame, "device");
  if (reply.has_token) reply.token = shown_secret(*frame.parameter("token"), show_secrets);
  if (frame.body.size() <= kInlineBodySizeMax) reply.text = frame.body;
  reply.room = text_parameter(frame, "room");
  reply.file = text_parameter(frame, "file");
  if (frame.verb == Verb::end) reply.room = text_argument(frame, 0);
  if (frame.verb == Verb::ack) {
    reply.file = text_argument(frame, 0);
    reply.next = number_argument(frame, 1);
  }
  return reply;
}

}  // namespace plaintalk::analyzer
