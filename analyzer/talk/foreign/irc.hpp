// IRC (RFC 2812): PASS to the server, OPER, IDENTIFY to NickServ, and SASL PLAIN (ircv3.net/specs). Numeric
// replies judge: 001 and 464 the PASS, 381 and 491 the OPER, 900, 903 and 904 the rest. NickServ itself
// answers in words.
#pragma once

#include <optional>
#include <string>

#include "analyzer/talk/foreign/line_protocol.hpp"
#include "analyzer/talk/foreign/sasl_dialogue.hpp"

namespace plaintalk::analyzer::foreign {

class Irc : public LineProtocol {
 public:
  explicit Irc(SecretSink& sink) : sink_(sink) {}

  std::string_view name() const override { return "irc"; }
  void finish() override;
  std::size_t held_size() const override;

 private:
  using Waiting = std::optional<Secret>;
  void client_line(std::string_view line, Moment moment) override;
  void server_line(std::string_view line, Moment moment) override;
  void line_lost(Direction direction) override;
  void to_services(std::string_view text, Moment moment);
  void wait(Waiting& place, std::string user, std::string_view method, std::string_view secret,
            Moment moment);
  void answered(Waiting& place, std::string_view accepted);

  SecretSink& sink_;
  std::string nick_;
  Waiting pass_;
  Waiting oper_;
  Waiting identify_;
  Waiting sasl_secret_;
  SaslDialogue sasl_;
};

}  // namespace plaintalk::analyzer::foreign
