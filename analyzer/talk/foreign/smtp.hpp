// SMTP's AUTH PLAIN and AUTH LOGIN (RFC 4954): 235 accepts, 4xx and 5xx refuse. What stands in the text of a
// mail is no command. After STARTTLS (RFC 3207) the rest is encrypted.
#pragma once

#include "analyzer/talk/foreign/command_queue.hpp"
#include "analyzer/talk/foreign/line_protocol.hpp"
#include "analyzer/talk/foreign/sasl_dialogue.hpp"

namespace plaintalk::analyzer::foreign {

class Smtp : public LineProtocol {
 public:
  Smtp(SecretSink& sink, bool from_start);

  std::string_view name() const override { return "smtp"; }
  void finish() override { commands_.give_up(); }
  bool is_over() const override { return encrypted_; }
  std::size_t held_size() const override {
    return LineProtocol::held_size() + commands_.held_size() + sasl_.held_size();
  }

 private:
  void client_line(std::string_view line, Moment moment) override;
  void server_line(std::string_view line, Moment moment) override;
  void line_lost(Direction direction) override;

  CommandQueue commands_;
  SaslDialogue sasl_;
  bool in_mail_ = false;  // until the line with a dot
  bool encrypted_ = false;
};

}  // namespace plaintalk::analyzer::foreign
