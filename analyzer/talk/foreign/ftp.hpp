// FTP's control connection: USER and PASS (RFC 959, section 4.1.1). 230 and 232 accept a password, 530
// refuses it. After AUTH TLS (RFC 4217) the rest is encrypted.
#pragma once

#include <string>

#include "analyzer/talk/foreign/command_queue.hpp"
#include "analyzer/talk/foreign/line_protocol.hpp"

namespace plaintalk::analyzer::foreign {

class Ftp : public LineProtocol {
 public:
  // `from_start`: the server's greeting, which answers nothing, is still to come.
  Ftp(SecretSink& sink, bool from_start);

  std::string_view name() const override { return "ftp"; }
  void finish() override { commands_.give_up(); }
  bool is_over() const override { return encrypted_; }
  std::size_t held_size() const override {
    return LineProtocol::held_size() + commands_.held_size() + user_.capacity();
  }

 private:
  void client_line(std::string_view line, Moment moment) override;
  void server_line(std::string_view line, Moment moment) override;
  void line_lost(Direction) override { commands_.lose_step(); }

  CommandQueue commands_;
  std::string user_;
  unsigned multi_line_ = 0;  // code of a reply that goes on
  bool encrypted_ = false;
};

}  // namespace plaintalk::analyzer::foreign
