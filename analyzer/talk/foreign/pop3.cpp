#include "analyzer/talk/foreign/pop3.hpp"

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {

Pop3::Pop3(SecretSink& sink, bool from_start) : commands_(sink) {
  if (from_start) {
    commands_.sent(Command::greeting, Moment{});
  } else {
    commands_.lose_step();
  }
}

void Pop3::client_line(std::string_view line, Moment moment) {
  if (sasl_.is_running()) {
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
  if (starts_with_word(line, "PASS") && line.size() > 5 && line.size() - 5 <= kWordSizeMax)
    return commands_.sent(Command::login, {user_, "login-password", std::string(line.substr(5)), moment, {}});
  if (starts_with_word(line, "USER")) {
    const std::string_view name = trim(line.substr(4));
    user_ = name.size() <= kWordSizeMax ? name : std::string_view();
  }
  commands_.sent(starts_with_word(line, "STLS") ? Command::encrypt : Command::other, moment);
}

void Pop3::server_line(std::string_view line, Moment moment) {
  const bool good = starts_with_word(line, "+OK");
  if (!good && !starts_with_word(line, "-ERR")) return;  // of a longer reply, or a question within AUTH
  if (!commands_.is_in_step()) return;
  const Command front = commands_.front();
  if (front == Command::login) sasl_.end();
  over_ = good && (front == Command::login || front == Command::encrypt);
  commands_.answered(front != Command::login ? kUnanswered : good ? kAccepted : kRefused, moment);
}

void Pop3::line_lost(Direction) {
  commands_.lose_step();
  sasl_.end();
}

}  // namespace plaintalk::analyzer::foreign
