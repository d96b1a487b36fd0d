#include "analyzer/talk/foreign/forms.hpp"

#include <algorithm>
#include <array>

#include "analyzer/talk/foreign/secret.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

bool is_password_field(std::string_view name) {
  const std::string word = upper(name);
  if (word.find("PASSW") != word.npos || word.find("PASSPHRASE") != word.npos ||
      word.find("PWD") != word.npos)
    return true;
  constexpr std::array<std::string_view, 8> kWords{"PASS", "PW",     "PIN",       "SECRET",
                                                   "PSWD", "PSWORD", "USER_PASS", "USERPASS"};
  return std::ranges::find(kWords, word) != kWords.end();
}

bool is_user_field(std::string_view name) {
  const std::string word = upper(name);
  if (is_password_field(name)) return false;
  for (const std::string_view part : {"USER", "LOGIN", "MAIL", "NICK", "ACCOUNT"})
    if (word.find(part) != word.npos) return true;
  return word == "NAME" || word == "UID" || word == "LOG" || word == "ID";
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
        hex_value(text[at + 2]) >= 0) {
      result += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    } else {
      result += text[at] == '+' ? ' ' : text[at];
    }
  }
  return result;
}

// Puts a field in its place, if it has one.
void take(std::string_view name, std::string value, Login& login) {
  if (value.empty() || value.size() > kWordSizeMax) return;
  if (is_password_field(name)) {
    if (login.password.empty()) login.password = std::move(value);
  } else if (is_user_field(name)) {
    if (login.user.empty()) login.user = std::move(value);
  }
}

std::optional<Login> unless_empty(Login login) {
  if (login.password.empty()) return std::nullopt;
  return login;
}

// The string that begins at text[at], which is its quote; `at` is then behind it. Nothing when it does not
// end.
std::optional<std::string> json_string(std::string_view text, std::size_t& at) {
  std::string result;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return result;
    }
    if (text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      // The others (\n, \u0041) are rare in names: they stay as they are.
      if (text[at] != '"' && text[at] != '\\' && text[at] != '/') result += '\\';
    }
    result += text[at];
  }
  return std::nullopt;
}

}  // namespace

std::optional<Login> login_in_form(std::string_view urlencoded) {
  Login login;
  while (!urlencoded.empty()) {
    const std::size_t end = urlencoded.find('&');
    const std::string_view pair = urlencoded.substr(0, end);
    urlencoded.remove_prefix(end == urlencoded.npos ? urlencoded.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos) continue;
    take(percent_decoded(pair.substr(0, equals)), percent_decoded(pair.substr(equals + 1)), login);
  }
  return unless_empty(std::move(login));
}

std::optional<Login> login_in_json(std::string_view text) {
  Login login;
  for (std::size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const auto name = json_string(text, at);
    if (!name) break;
    at = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    if (at == text.size() || text[at] != ':') continue;
    at = std::min(text.find_first_not_of(" \t\r\n", at + 1), text.size());
    if (at == text.size() || text[at] != '"') continue;
    auto value = json_string(text, at);
    if (!value) break;
    take(*name, std::move(*value), login);
  }
  return unless_empty(std::move(login));
}

}  // namespace plaintalk::analyzer::foreign
