// The client's part of SASL PLAIN (RFC 4616) and of LOGIN (draft-murchison-sasl-login), as SMTP, POP3, IMAP
// and IRC carry them: words in base64, with the command or in lines of their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/talk/foreign/secret.hpp"

namespace plaintalk::analyzer::foreign {

class SaslDialogue {
 public:
  // "AUTH mechanism [initial]". A secret when the command holds all of it.
  std::optional<Secret> begin(std::string_view mechanism, std::string_view initial, Moment moment);
  // A line of the client while the dialogue goes on.
  std::optional<Secret> line(std::string_view text, Moment moment);
  void end() { mechanism_ = Mechanism::none; }
  // The server has not judged yet.
  bool is_running() const { return mechanism_ != Mechanism::none; }
  std::size_t held_size() const { return user_.capacity(); }

 private:
  enum class Mechanism : std::uint8_t { none, plain, login_user, login_password, other };
  Mechanism mechanism_ = Mechanism::none;
  std::string user_;
};

}  // namespace plaintalk::analyzer::foreign
