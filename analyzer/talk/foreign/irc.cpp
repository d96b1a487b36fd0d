#include "analyzer/talk/foreign/irc.hpp"

#include <array>
#include <utility>

#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

// "tulip9" of ":tulip9" or "tulip9 more".
std::string_view parameter(std::string_view text) {
  text = trim(text);
  if (text.starts_with(':')) return text.substr(1);
  return text.substr(0, text.find(' '));
}

// Without the tags and the prefix that may stand before a command.
std::string_view without_prefix(std::string_view line, std::string_view& prefix) {
  for (const char mark : {'@', ':'}) {
    if (!line.starts_with(mark)) continue;
    const std::size_t end = line.find(' ');
    if (end == line.npos) return {};
    prefix = line.substr(1, end - 1);
    line = trim(line.substr(end));
  }
  return line;
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    if (contains_any_case(text, part)) return true;
  return false;
}

}  // namespace

void Irc::wait(Waiting& place, std::string user, std::string_view method, std::string_view secret,
               Moment moment) {
  answered(place, kUnanswered);
  if (secret.empty() || secret.size() > kWordSizeMax || user.size() > kWordSizeMax) return;
  place = Secret{std::move(user), method, std::string(secret), moment, {}};
}

void Irc::answered(Waiting& place, std::string_view accepted) {
  if (!place) return;
  Secret secret = *std::exchange(place, std::nullopt);
  if (secret.user.empty()) secret.user = nick_;
  secret.accepted = accepted;
  sink_.found(std::move(secret));
}

void Irc::client_line(std::string_view line, Moment moment) {
  std::string_view prefix;
  line = without_prefix(line, prefix);
  if (starts_with_word(line, "AUTHENTICATE")) {
    const std::string_view word = parameter(line.substr(12));
    if (!sasl_.is_running()) return static_cast<void>(sasl_.begin(word, {}, moment));
    if (auto secret = sasl_.line(word, moment)) sasl_secret_ = std::move(secret);
  } else if (starts_with_word(line, "NICK")) {
    const std::string_view nick = parameter(line.substr(4));
    if (nick.size() <= kWordSizeMax) nick_ = nick;
  } else if (starts_with_word(line, "PASS")) {
    wait(pass_, {}, "server-password", parameter(line.substr(4)), moment);
  } else if (starts_with_word(line, "OPER")) {
    const auto words = split(line, 3);
    if (words.size() == 3) wait(oper_, std::string(words[1]), "oper-password", parameter(words[2]), moment);
  } else if (starts_with_word(line, "NICKSERV") || starts_with_word(line, "NS")) {
    to_services(parameter(":" + std::string(trim(line.substr(line.find(' ') == line.npos ? line.size()
                                                                                         : line.find(' '))))),
                moment);
  } else if (starts_with_word(line, "PRIVMSG")) {
    const auto words = split(line, 3);
    if (words.size() < 3) return;
    const std::string to = upper(words[1].substr(0, words[1].find('@')));
    if (to == "NICKSERV") to_services(parameter(words[2]), moment);
  }
}

void Irc::to_services(std::string_view text, Moment moment) {
  if (text.starts_with(':')) text.remove_prefix(1);
  const auto words = split(text, 4);
  if (words.size() < 2) return;
  const std::string verb = upper(words[0]);
  if (verb == "REGISTER") return wait(identify_, {}, "register-password", words[1], moment);
  if (verb != "IDENTIFY" && verb != "ID") return;
  if (words.size() == 2) return wait(identify_, {}, "nickserv-password", words[1], moment);
  wait(identify_, std::string(words[1]), "nickserv-password", words[2], moment);
}

void Irc::server_line(std::string_view line, Moment) {
  std::string_view prefix;
  line = without_prefix(line, prefix);
  if (starts_with_word(line, "NOTICE")) {
    const std::string from = upper(prefix.substr(0, prefix.find('!')));
    if (from != "NICKSERV" || !identify_) return;
    const auto words = split(line, 3);
    const std::string_view text = words.size() > 2 ? words[2] : std::string_view();
    if (says_any(text, {"invalid", "incorrect", "wrong", "denied", "failed", "not registered", "isn't reg"}))
      return answered(identify_, kRefused);
    if (says_any(text, {"now identified", "now logged in", "accepted", "recognized", "now registered"}))
      answered(identify_, kAccepted);
    return;
  }
  switch (reply_code(line.substr(0, line.find(' ')))) {
    case 1: return answered(pass_, kAccepted);  // RPL_WELCOME
    case 381: return answered(oper_, kAccepted);
    case 464:  // ERR_PASSWDMISMATCH
      return answered(oper_ ? oper_ : pass_, kRefused);
    case 491: return answered(oper_, kUnanswered);  // not from this host: nothing about the password
    case 900:                                       // RPL_LOGGEDIN
      if (identify_) answered(identify_, kAccepted);
      return;
    case 903: sasl_.end(); return answered(sasl_secret_, kAccepted);
    case 904: sasl_.end(); return answered(sasl_secret_, kRefused);
    case 902:
    case 905:
    case 906: sasl_.end(); return answered(sasl_secret_, kUnanswered);
    default: return;
  }
}

void Irc::line_lost(Direction direction) {
  if (direction == Direction::client_to_server) sasl_.end();
  // The answer, or another question, may be in the hole.
  finish();
}

void Irc::finish() {
  for (Waiting* place : std::array{&pass_, &oper_, &identify_, &sasl_secret_}) answered(*place, kUnanswered);
}

std::size_t Irc::held_size() const {
  std::size_t size = LineProtocol::held_size() + nick_.capacity() + sasl_.held_size();
  for (const Waiting* place : std::array{&pass_, &oper_, &identify_, &sasl_secret_})
    if (*place) size += (*place)->user.capacity() + (*place)->secret.capacity();
  return size;
}

}  // namespace plaintalk::analyzer::foreign
