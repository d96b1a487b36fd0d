#include "analyzer/talk/foreign/telnet.hpp"

#include <utility>

#include "analyzer/talk/foreign/prompts.hpp"

namespace plaintalk::analyzer::foreign {

void Telnet::data(Direction direction, std::string_view bytes, Moment moment) {
  if (direction == Direction::client_to_server) return client_.feed(bytes, [&](char c) { typed(c, moment); });
  server_.feed(bytes, [&](char c) { shown(c); });
  const Prompt prompt = prompt_of(shown_);
  if (prompt == Prompt::none) return;
  // Asked again: what was given is not what was wanted.
  if (prompt == Prompt::user) answered(kRefused);
  const Asked asked = prompt == Prompt::user ? Asked::user : Asked::password;
  if (asked_ != asked) typed_.clear();
  asked_ = asked;
}

void Telnet::typed(char c, Moment moment) {
  if (asked_ == Asked::nothing) return;
  if (c == '\r' || c == '\n') return line_typed(moment);
  if (c == '\b' || c == '\x7f') {
    if (!typed_.empty()) typed_.pop_back();
  } else if (c == '\x15') {  // ^U rubs out the line
    typed_.clear();
  } else if (c != '\0' && typed_.size() < kLineSizeMax) {
    typed_ += c;
  }
}

void Telnet::line_typed(Moment moment) {
  // The LF of CR LF, or an empty answer.
  if (typed_.empty()) return;
  if (asked_ == Asked::user) {
    user_ = std::exchange(typed_, {});
  } else {
    answered(kUnanswered);
    waiting_ = Secret{user_, "login-password", std::exchange(typed_, {}), moment, {}};
  }
  asked_ = Asked::nothing;
  shown_.clear();
}

void Telnet::shown(char c) {
  if (c != '\n' && c != '\r') {
    if (shown_.size() < kLineSizeMax) shown_ += c;
    return;
  }
  if (waiting_ && !shown_.empty()) {
    if (says_refused(shown_)) {
      answered(kRefused);
    } else if (says_accepted(shown_)) {
      answered(kAccepted);
    }
  }
  shown_.clear();
}

void Telnet::answered(std::string_view accepted) {
  if (!waiting_) return;
  Secret secret = *std::exchange(waiting_, std::nullopt);
  secret.accepted = accepted;
  sink_.found(std::move(secret));
}

void Telnet::lost(Direction direction, std::uint64_t) {
  answered(kUnanswered);
  asked_ = Asked::nothing;
  (direction == Direction::client_to_server ? typed_ : shown_).clear();
  (direction == Direction::client_to_server ? client_ : server_) = {};
}

void Telnet::finish() {
  if (waiting_ && says_refused(shown_)) answered(kRefused);
  answered(kUnanswered);
}

std::size_t Telnet::held_size() const {
  return typed_.capacity() + shown_.capacity() + user_.capacity() +
         (waiting_ ? waiting_->user.capacity() + waiting_->secret.capacity() : 0);
}

}  // namespace plaintalk::analyzer::foreign
