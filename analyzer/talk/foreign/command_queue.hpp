// Commands that wait for their replies, where replies come in the order of the commands and carry no number
// (FTP, SMTP, POP3, HTTP). Only secrets are remembered with their words.
//
// Bytes that are missing in the capture may have been commands or replies: from then on nothing is known by
// its place any more (is_in_step()), and a secret is answered only by a reply that can mean nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include "analyzer/talk/foreign/secret.hpp"

namespace plaintalk::analyzer::foreign {

enum class Command : std::uint8_t {
  none,
  greeting,  // not a command: the server speaks first
  login,
  mail,     // a text follows
  encrypt,  // what follows is TLS
  other,
};

class CommandQueue {
 public:
  static constexpr std::size_t kCommandCountMax = 64;
  static constexpr std::size_t kSecretCountMax = 16;

  explicit CommandQueue(SecretSink& sink) : sink_(sink) {}

  bool is_in_step() const { return in_step_; }
  bool has_secret() const { return secret_count_ > 0; }
  // What waits for longest.
  Command front() const { return waiting_.empty() ? Command::none : waiting_.front().kind; }

  void sent(Command kind, Moment moment) { add({kind, moment, std::nullopt}); }
  void sent(Command kind, Secret secret) {
    const Moment moment = secret.seen;
    if (secret_count_ >= kSecretCountMax) lose_step();
    ++secret_count_;
    add({kind, moment, std::move(secret)});
  }
  // More of the command came later, after the server had asked for it.
  void complete_front(Secret secret) {
    if (waiting_.empty()) return;
    if (!waiting_.front().secret) ++secret_count_;
    waiting_.front().secret = std::move(secret);
  }
  // The reply to the oldest command. One that nobody waits for shows that something is not as it seems.
  void answered(std::string_view accepted, Moment reply) {
    if (waiting_.empty() || reply < waiting_.front().sent) return lose_step();
    release(waiting_.front(), accepted);
    waiting_.pop_front();
  }
  // Out of step: the reply to the oldest secret.
  void answered_secret(std::string_view accepted, Moment reply) {
    while (!waiting_.empty() && !waiting_.front().secret) waiting_.pop_front();
    answered(accepted, reply);
  }
  void lose_step() {
    in_step_ = false;
    give_up();
  }
  void give_up() {
    for (Waiting& waiting : waiting_) release(waiting, kUnanswered);
    waiting_.clear();
  }
  std::size_t held_size() const {
    return waiting_.size() * sizeof(Waiting) + secret_count_ * (2 * kWordSizeMax);
  }

 private:
  struct Waiting {
    Command kind{};
    Moment sent;
    std::optional<Secret> secret;
  };
  void add(Waiting waiting) {
    if (waiting_.size() >= kCommandCountMax) lose_step();
    waiting_.push_back(std::move(waiting));
  }
  void release(Waiting& waiting, std::string_view accepted) {
    if (!waiting.secret) return;
    --secret_count_;
    waiting.secret->accepted = accepted;
    sink_.found(std::move(*waiting.secret));
    waiting.secret.reset();
  }

  SecretSink& sink_;
  std::deque<Waiting> waiting_;
  std::size_t secret_count_ = 0;
  bool in_step_ = true;
};

}  // namespace plaintalk::analyzer::foreign
