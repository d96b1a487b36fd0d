// POP3's USER and PASS (RFC 1939), AUTH PLAIN and AUTH LOGIN (RFC 5034). +OK accepts, -ERR refuses. Nobody
// logs in twice, and what follows is mail; after STLS (RFC 2595) the rest is encrypted.
#pragma once

#include <string>

#include "analyzer/talk/foreign/command_queue.hpp"
#include "analyzer/talk/foreign/line_protocol.hpp"
#include "analyzer/talk/foreign/sasl_dialogue.hpp"

namespace plaintalk::analyzer::foreign {

class Pop3 : public LineProtocol {
 public:
  Pop3(SecretSink& sink, bool from_start);

  std::string_view name() const override { return "pop3"; }
  void finish() override { commands_.give_up(); }
  bool is_over() const override { return over_; }
  std::size_t held_size() const override {
    return LineProtocol::held_size() + commands_.held_size() + sasl_.held_size() + user_.capacity();
  }

 private:
  void client_line(std::string_view line, Moment moment) override;
  void server_line(std::string_view line, Moment moment) override;
  void line_lost(Direction direction) override;

  CommandQueue commands_;
  SaslDialogue sasl_;
  std::string user_;
  bool over_ = false;
};

}  // namespace plaintalk::analyzer::foreign
