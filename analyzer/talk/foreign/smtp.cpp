#include "analyzer/talk/foreign/smtp.hpp"

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

Smtp::Smtp(SecretSink& sink, bool from_start) : commands_(sink) {
  if (from_start) {
    commands_.sent(Command::greeting, Moment{});
  } else {
    commands_.lose_step();
  }
}

void Smtp::client_line(std::string_view line, Moment moment) {
  if (in_mail_) {
    if (line != ".") return;
    in_mail_ = false;
    return commands_.sent(Command::other, moment);
  }
  if (sasl_.is_running()) {
    // The server asked for it, so nothing else waits for a reply.
    auto secret = sasl_.line(line, moment);
    if (!secret) return;
    if (commands_.front() == Command::login) return commands_.complete_front(std::move(*secret));
    return commands_.sent(Command::login, std::move(*secret));
  }
  if (starts_with_word(line, "AUTH")) {
    const auto words = split(line, 3);
    if (words.size() < 2) return commands_.sent(Command::other, moment);
    auto secret = sasl_.begin(words[1], words.size() > 2 ? words[2] : std::string_view(), moment);
    if (secret) return commands_.sent(Command::login, std::move(*secret));
    return commands_.sent(Command::login, moment);
  }
  commands_.sent(starts_with_word(line, "DATA")       ? Command::mail
                 : starts_with_word(line, "STARTTLS") ? Command::encrypt
                                                      : Command::other,
                 moment);
}

void Smtp::server_line(std::string_view line, Moment moment) {
  const unsigned code = reply_code(line);
  if (code == 0 || code == 334) return;  // 334: a question within AUTH
  if (!commands_.is_in_step()) {
    if (code == 354) in_mail_ = true;
    if (code != 235 && code != 535) return;
    sasl_.end();
    return commands_.answered_secret(code == 235 ? kAccepted : kRefused, moment);
  }
  const Command front = commands_.front();
  if (front == Command::login) sasl_.end();
  if (front == Command::mail && code == 354) in_mail_ = true;
  if (front == Command::encrypt && code == 220) encrypted_ = true;
  // 535 says that the words are wrong (RFC 4954, section 6); other errors may have other reasons.
  commands_.answered(front != Command::login ? kUnanswered
                     : code == 235           ? kAccepted
                     : code == 535           ? kRefused
                                             : kUnanswered,
                     moment);
}

void Smtp::line_lost(Direction) {
  commands_.lose_step();
  sasl_.end();
}

}  // namespace plaintalk::analyzer::foreign
