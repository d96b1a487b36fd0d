#include "analyzer/talk/foreign/ftp.hpp"

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

Ftp::Ftp(SecretSink& sink, bool from_start) : commands_(sink) {
  if (from_start) {
    commands_.sent(Command::greeting, Moment{});
  } else {
    commands_.lose_step();
  }
}

void Ftp::client_line(std::string_view line, Moment moment) {
  if (line.empty()) return;
  const bool is_password = starts_with_word(line, "PASS");
  if (is_password && line.size() > 5 && line.size() - 5 <= kWordSizeMax)
    return commands_.sent(Command::login, {user_, "login-password", std::string(line.substr(5)), moment, {}});
  if (starts_with_word(line, "USER")) {
    const std::string_view name = trim(line.substr(4));
    user_ = name.size() <= kWordSizeMax ? name : std::string_view();
  }
  commands_.sent(starts_with_word(line, "AUTH") ? Command::encrypt : Command::other, moment);
}

void Ftp::server_line(std::string_view line, Moment moment) {
  const unsigned code = reply_code(line);
  if (multi_line_ != 0) {
    if (code != multi_line_) return;
    multi_line_ = 0;
  } else if (code == 0 && line.size() > 3 && line[3] == '-') {
    multi_line_ = reply_code(line.substr(0, 3));
    return;
  }
  if (code < 200) return;  // 1xx: the real reply is still to come
  const std::string_view accepted = code == 230 || code == 232 ? kAccepted
                                    : code == 530              ? kRefused
                                                               : kUnanswered;
  if (!commands_.is_in_step()) {
    if (!accepted.empty()) commands_.answered_secret(accepted, moment);
    return;
  }
  if (commands_.front() == Command::encrypt && code == 234) encrypted_ = true;
  commands_.answered(accepted, moment);
}

}  // namespace plaintalk::analyzer::foreign
