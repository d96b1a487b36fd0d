#include "analyzer/talk/foreign/recognition.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "analyzer/talk/foreign/http.hpp"
#include "analyzer/talk/foreign/prompts.hpp"
#include "analyzer/talk/foreign/words.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

// The first line when it is complete; of a connection that has ended what there is of it.
std::string_view first_line(std::string_view text, bool at_end) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return at_end ? text : std::string_view();
  return trim(text.substr(0, end));
}

bool is_telnet_command(std::string_view text) {
  return text.size() >= 2 && static_cast<unsigned char>(text[0]) == 255 &&
         static_cast<unsigned char>(text[1]) >= 250;
}

bool is_irc_port(std::uint16_t port) { return port == 194 || (port >= 6660 && port <= 6669) || port == 7000; }

bool is_any(std::string_view line, std::initializer_list<std::string_view> verbs) {
  return std::ranges::any_of(verbs, [&](std::string_view verb) { return starts_with_word(line, verb); });
}

bool has_reply_form(std::string_view line) {
  return reply_code(line) != 0 || (line.size() > 3 && line[3] == '-' && reply_code(line.substr(0, 3)) != 0);
}

bool is_pop3_reply(std::string_view line) { return is_any(line, {"+OK", "-ERR"}); }

// "a1 LOGIN alice tulip9"
bool is_imap_command(std::string_view line) {
  const auto words = split(line, 3);
  return words.size() >= 2 && words[0].size() <= 16 && words[0] != "*" && words[0] != "+" &&
         words[0].find_first_of("0123456789") != std::string_view::npos &&
         is_any(words[1],
                {"LOGIN", "CAPABILITY", "AUTHENTICATE", "STARTTLS", "ID", "NOOP", "LOGOUT", "SELECT"});
}

Kind by_server(std::string_view line, const Opening& opening) {
  if (starts_with_word(line, "+OK")) return Kind::pop3;
  if (line.starts_with("* OK") || line.starts_with("* PREAUTH")) return Kind::imap;
  if (line.starts_with("HTTP/1.")) return Kind::http;
  const bool from_irc = line.starts_with(':') || line.starts_with("NOTICE AUTH");
  if (from_irc && (line.find(" NOTICE ") != line.npos || line.starts_with("NOTICE AUTH"))) return Kind::irc;
  if (!has_reply_form(line)) return Kind::none;
  if (contains_any_case(line, "smtp")) return Kind::smtp;
  if (contains_any_case(line, "ftp") || opening.server_port == 21) return Kind::ftp;
  if (opening.server_port == 25 || opening.server_port == 587) return Kind::smtp;
  return Kind::none;
}

Kind by_client(std::string_view line, std::string_view reply, const Opening& opening) {
  if (is_http_request_line(line)) return Kind::http;
  const bool coded = has_reply_form(reply);
  if (is_any(line, {"EHLO", "HELO", "LHLO"})) return Kind::smtp;
  const auto words = split(line, 6);
  if (starts_with_word(line, "CAP") && words.size() > 1 && is_any(words[1], {"LS", "REQ", "END"}))
    return Kind::irc;
  if (starts_with_word(line, "USER") && words.size() >= 5) return Kind::irc;
  if (starts_with_word(line, "PRIVMSG") && words.size() >= 3) return Kind::irc;
  if (is_any(line, {"NICK", "PASS", "OPER"}) && is_irc_port(opening.server_port)) return Kind::irc;
  if (is_imap_command(line) && (reply.empty() || !coded)) return Kind::imap;
  if (is_any(line, {"USER", "PASS", "AUTH", "CAPA", "APOP", "STLS"})) {
    if (is_pop3_reply(reply) || (reply.empty() && opening.server_port == 110)) return Kind::pop3;
    if (starts_with_word(line, "AUTH") && coded && words.size() > 1 && is_any(words[1], {"PLAIN", "LOGIN"}))
      return Kind::smtp;
    if (coded || (reply.empty() && opening.server_port == 21)) return Kind::ftp;
  }
  if (coded && is_any(line, {"SYST", "FEAT", "OPTS", "PASV", "EPSV", "PORT", "TYPE", "CWD", "PWD", "LIST"}))
    return Kind::ftp;
  return Kind::none;
}

// NICK on a port of its own: the line after it, or the server's prefix, makes it IRC.
bool looks_like_irc(std::string_view client, std::string_view server) {
  bool nick = false;
  bool user = false;
  while (!client.empty()) {
    const std::size_t end = client.find('\n');
    const std::string_view line = trim(client.substr(0, end));
    nick = nick || starts_with_word(line, "NICK");
    user = user || (starts_with_word(line, "USER") && split(line, 6).size() >= 5);
    client.remove_prefix(end == client.npos ? client.size() : end + 1);
  }
  return (nick && user) || (nick && server.starts_with(':'));
}

}  // namespace

Kind recognise(const Opening& opening) {
  if (is_telnet_command(opening.client) || is_telnet_command(opening.server)) return Kind::telnet;
  const std::string_view client = first_line(opening.client, opening.at_end);
  const std::string_view server = first_line(opening.server, opening.at_end);
  if (!client.empty()) {
    const Kind kind = by_client(client, server, opening);
    if (kind != Kind::none) return kind;
    if (looks_like_irc(opening.client, opening.server)) return Kind::irc;
  }
  if (!server.empty()) {
    const Kind kind = by_server(server, opening);
    if (kind != Kind::none) return kind;
  }
  if (opening.server_port == 23 && (prompt_of(opening.server) != Prompt::none || opening.start_lost))
    return Kind::telnet;
  constexpr std::size_t kLookedAt = 1024;
  const bool enough = opening.client.size() >= kLookedAt || opening.server.size() >= kLookedAt;
  // Both have spoken, and neither is known.
  const bool spoken = std::ranges::count(opening.client, '\n') >= 3;
  return enough || spoken || opening.at_end ? Kind::none : Kind::undecided;
}

}  // namespace plaintalk::analyzer::foreign
