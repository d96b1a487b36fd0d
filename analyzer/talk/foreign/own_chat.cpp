#include "analyzer/talk/foreign/own_chat.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/talk/foreign/forms.hpp"
#include "analyzer/talk/foreign/prompts.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

constexpr std::array<std::string_view, 6> kLoginVerbs{"LOGIN",  "AUTH",  "REGISTER",
                                                      "SIGNIN", "LOGON", "SIGNUP"};
constexpr std::array<std::string_view, 4> kPasswordVerbs{"PASS", "PASSWORD", "PASSWD", "PWD"};
constexpr std::array<std::string_view, 4> kUserVerbs{"USER", "USERNAME", "NICK", "NAME"};

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& verbs, std::string_view word) {
  return std::ranges::find(verbs, word) != verbs.end();
}

// A command is told from a sentence by capitals or by a slash before it.
std::string_view command_of(std::string_view word, std::string& upper_case) {
  if (word.starts_with('/')) {
    upper_case = upper(word.substr(1));
    return upper_case;
  }
  return word;
}

bool is_text(std::string_view bytes) {
  return std::ranges::none_of(bytes, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != '\x1b';
  });
}

// LOGIN:alice:tulip9
std::optional<Login> login_in_parts(std::string_view line) {
  const std::size_t end = line.find_first_of(":|;,");
  if (end == line.npos) return std::nullopt;
  const char separator = line[end];
  std::string upper_case;
  if (!is_one_of(kLoginVerbs, command_of(line.substr(0, end), upper_case))) return std::nullopt;
  line.remove_prefix(end + 1);
  const std::size_t middle = line.find(separator);
  if (middle == line.npos || middle == 0) return std::nullopt;
  const std::string_view password = line.substr(middle + 1, line.find(separator, middle + 1) - middle - 1);
  if (password.empty()) return std::nullopt;
  return Login{std::string(trim(line.substr(0, middle))), std::string(trim(password))};
}

// user=alice password=tulip9, with blanks, & or ; between.
std::optional<Login> login_in_pairs(std::string_view line) {
  std::string form(line);
  std::ranges::replace_if(
      form, [](char c) { return c == ' ' || c == ';' || c == ','; }, '&');
  return login_in_form(form);
}

}  // namespace

std::optional<Login> login_in_line(std::string_view line) {
  line = trim(line);
  if (line.find('{') != line.npos)
    if (auto login = login_in_json(line)) return login;
  const auto words = split(line, 4);
  if (words.empty()) return std::nullopt;
  std::string upper_case;
  const std::string_view verb = command_of(words[0], upper_case);
  if (words.size() == 3 && is_one_of(kLoginVerbs, verb))
    return Login{std::string(words[1]), std::string(words[2])};
  if (words.size() == 2 && is_one_of(kPasswordVerbs, verb)) return Login{{}, std::string(words[1])};
  if (auto login = login_in_parts(line)) return login;
  if (line.find('=') != line.npos && words.size() <= 3) return login_in_pairs(line);
  return std::nullopt;
}

void OwnChat::data(Direction direction, std::string_view bytes, Moment moment) {
  const bool from_client = direction == Direction::client_to_server;
  std::uint64_t& size = from_client ? client_size_ : server_size_;
  size += bytes.size();
  if (size > (from_client ? kClientSizeMax : kServerSizeMax) || !is_text(bytes)) {
    finish();
    over_ = true;
    return;
  }
  LineReader& reader = from_client ? client_ : server_;
  while (!bytes.empty()) {
    if (!reader.take(bytes)) continue;
    if (from_client) {
      client_line(reader.line(), moment);
    } else {
      server_line(reader.line());
    }
  }
  const std::string_view rest = reader.unfinished();
  if (rest.empty()) return;
  if (!from_client) {
    const Prompt prompt = prompt_of(rest);
    if (prompt == Prompt::none) return;
    asked_password_ = prompt == Prompt::password;
    asked_user_ = prompt == Prompt::user;
  } else if (rest.ends_with('}')) {  // many send objects without ending the line
    client_line(rest, moment);
    reader.drop_unfinished();
  }
}

void OwnChat::client_line(std::string_view line, Moment moment) {
  line = trim(line);
  if (line.empty() || line.size() > kWordSizeMax) return;
  if (std::exchange(asked_password_, false))
    return found({user_, std::string(line)}, "prompt-password", moment);
  if (std::exchange(asked_user_, false)) {
    user_ = line;
    return;
  }
  if (auto login = login_in_line(line)) {
    if (login->user.empty()) login->user = user_;
    return found(std::move(*login), "line-password", moment);
  }
  const auto words = split(line, 3);
  std::string upper_case;
  if (words.size() == 2 && is_one_of(kUserVerbs, command_of(words[0], upper_case))) user_ = words[1];
}

void OwnChat::server_line(std::string_view line) {
  line = trim(line);
  if (line.empty()) return;
  const Prompt prompt = prompt_of(line);
  if (prompt != Prompt::none) {
    asked_password_ = prompt == Prompt::password;
    asked_user_ = prompt == Prompt::user;
  }
  if (!waiting_) return;
  // The first line after it: a later one may be about anything.
  const std::string first = upper(line.substr(0, line.find_first_of(" :,|")));
  const bool error =
      first == "ERR" || first == "ERROR" || first == "-ERR" || first == "FAIL" || first == "FAILED";
  const bool good = first == "OK" || first == "+OK" || first == "SUCCESS";
  if (says_refused(line) ||
      (error && (contains_any_case(line, "password") || contains_any_case(line, "login")))) {
    answered(kRefused);
  } else if (says_accepted(line) || good) {
    answered(kAccepted);
  } else {
    answered(kUnanswered);
  }
}

void OwnChat::found(Login login, std::string_view method, Moment moment) {
  answered(kUnanswered);
  waiting_ = Secret{std::move(login.user), method, std::move(login.password), moment, {}};
}

void OwnChat::answered(std::string_view accepted) {
  if (!waiting_) return;
  Secret secret = *std::exchange(waiting_, std::nullopt);
  secret.accepted = accepted;
  sink_.found(std::move(secret));
}

void OwnChat::lost(Direction direction, std::uint64_t) {
  answered(kUnanswered);
  asked_user_ = asked_password_ = false;
  (direction == Direction::client_to_server ? client_ : server_).lost();
}

std::size_t OwnChat::held_size() const {
  return client_.held_size() + server_.held_size() + user_.capacity() +
         (waiting_ ? waiting_->user.capacity() + waiting_->secret.capacity() : 0);
}

}  // namespace plaintalk::analyzer::foreign
