#include "analyzer/talk/protocol_guess.hpp"

#include <algorithm>
#include <array>

#include "protocol/verb.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::string_view kGreeting = "PLAINTALK/";

bool is_prefix_of(std::string_view text, std::string_view whole) {
  return whole.starts_with(text.substr(0, whole.size()));
}

// By magic bytes alone; nothing when none fits.
std::string_view by_signature(std::string_view text) {
  if (text.size() >= 3 && text[0] == 0x16 && text[1] == 0x03 && text[2] <= 0x04) return "tls";
  if (text.starts_with("SSH-")) return "ssh";
  constexpr std::array<std::string_view, 10> kHttp{"GET /",    "HEAD /",   "POST /",  "PUT /",   "DELETE /",
                                                   "OPTIONS ", "CONNECT ", "TRACE /", "PATCH /", "HTTP/"};
  for (const std::string_view start : kHttp)
    if (text.starts_with(start)) return "http";
  return {};
}

// The first line's first word is a verb of the protocol. Without a whole word it is too early to say.
std::optional<bool> starts_with_verb(std::string_view text) {
  const std::size_t end = text.find_first_of(" \r\n");
  if (end == text.npos) {
    if (text.size() > 32) return false;
    return std::nullopt;
  }
  return find_verb(text.substr(0, end)) != Verb::unknown;
}

bool some_line_starts_with_verb(std::string_view text) {
  for (;;) {
    if (starts_with_verb(text) == true) return true;
    const std::size_t end = text.find('\n');
    if (end == text.npos) return false;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string_view> guess_protocol(const FirstBytes& first) {
  if (first.server.starts_with(kGreeting) && !first.server_start_lost) return "plaintalk";
  const bool greeting_possible = !first.server_start_lost && is_prefix_of(first.server, kGreeting) &&
                                 first.server.size() < kGreeting.size();
  const bool full =
      first.at_end || first.client.size() >= kGuessSizeMax || first.server.size() >= kGuessSizeMax;
  if (greeting_possible && !first.server.empty() && !full) return std::nullopt;

  if (first.on_server_port) {
    if (!first.client_start_lost && starts_with_verb(first.client) == true) {
      // HTTP has verbs of the same name: the greeting may still tell them apart.
      if (by_signature(first.client).empty()) return "plaintalk";
      if (greeting_possible && !full) return std::nullopt;
    }
    if (!first.server_start_lost && !greeting_possible && starts_with_verb(first.server) == true &&
        by_signature(first.server).empty())
      return "plaintalk";
    if (first.client_start_lost && some_line_starts_with_verb(first.client)) return "plaintalk";
    if (first.server_start_lost && some_line_starts_with_verb(first.server)) return "plaintalk";
  }
  // A client may talk before it has read the greeting, so its bytes alone decide only when the server has no
  // more chance.
  if (greeting_possible && !full) {
    if (!first.on_server_port && !by_signature(first.client).empty()) return by_signature(first.client);
    return std::nullopt;
  }
  for (const std::string_view text : {first.client, first.server}) {
    const std::string_view known = by_signature(text);
    if (!known.empty()) return known;
  }
  const bool may_change = first.on_server_port && (first.client_start_lost || first.server_start_lost);
  if (full || !may_change) {
    if (!full && first.client.size() < 8 && first.server.size() < 8) return std::nullopt;
    return "other";
  }
  return std::nullopt;
}

}  // namespace plaintalk::analyzer
