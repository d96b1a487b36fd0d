// Telnet (RFC 854): what is typed after "login:" and "Password:". Commands of the protocol itself are taken
// out, and characters that were rubbed out. The server shows what is typed, except passwords.
#pragma once

#include <optional>
#include <string>

#include "analyzer/talk/foreign/protocol.hpp"

namespace plaintalk::analyzer::foreign {

// Takes the commands out of one direction.
class TelnetText {
 public:
  // Calls `text(c)` for every byte of text.
  template <typename Text>
  void feed(std::string_view bytes, Text&& text) {
    for (const char c : bytes) step(static_cast<unsigned char>(c), text);
  }

 private:
  enum class State : std::uint8_t { text, command, option, negotiation, negotiation_command };
  template <typename Text>
  void step(unsigned char c, Text& text) {
    constexpr unsigned char kInterpretAsCommand = 255;
    constexpr unsigned char kBegin = 250;
    constexpr unsigned char kEnd = 240;
    switch (state_) {
      case State::text:
        if (c == kInterpretAsCommand) {
          state_ = State::command;
        } else {
          text(static_cast<char>(c));
        }
        return;
      case State::command:
        state_ = c == kBegin ? State::negotiation : c > kBegin && c != 255 ? State::option : State::text;
        if (c == kInterpretAsCommand) text(static_cast<char>(c));
        return;
      case State::option: state_ = State::text; return;
      case State::negotiation:
        if (c == kInterpretAsCommand) state_ = State::negotiation_command;
        return;
      case State::negotiation_command: state_ = c == kEnd ? State::text : State::negotiation; return;
    }
  }
  State state_ = State::text;
};

class Telnet : public Protocol {
 public:
  static constexpr std::size_t kLineSizeMax = 512;

  explicit Telnet(SecretSink& sink) : sink_(sink) {}

  std::string_view name() const override { return "telnet"; }
  void data(Direction direction, std::string_view bytes, Moment moment) override;
  void lost(Direction direction, std::uint64_t size) override;
  void finish() override;
  std::size_t held_size() const override;

 private:
  enum class Asked : std::uint8_t { nothing, user, password };
  void typed(char c, Moment moment);
  void line_typed(Moment moment);
  void shown(char c);
  void answered(std::string_view accepted);

  SecretSink& sink_;
  TelnetText client_;
  TelnetText server_;
  std::string typed_;
  std::string shown_;  // the line that the server has not ended yet
  Asked asked_ = Asked::nothing;
  std::string user_;
  std::optional<Secret> waiting_;
};

}  // namespace plaintalk::analyzer::foreign
