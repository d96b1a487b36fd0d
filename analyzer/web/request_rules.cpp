#include "analyzer/web/request_rules.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/crypto/digest.hpp"
#include "base/number.hpp"

namespace plaintalk::analyzer::web {
namespace {

Answer refuse(unsigned status, std::string_view why) {
  Answer answer;
  answer.status = status;
  answer.why = why;
  return answer;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char one, char other) {
    return std::tolower(static_cast<unsigned char>(one)) == std::tolower(static_cast<unsigned char>(other));
  });
}

// "after=7" -> 7.
std::optional<std::uint64_t> parameter(std::string_view query, std::string_view name) {
  if (!query.starts_with(name) || query.substr(name.size(), 1) != "=") return std::nullopt;
  return parse_decimal<std::uint64_t>(query.substr(name.size() + 1));
}

Answer entries(std::string_view query) {
  Answer answer;
  answer.what = Answer::What::entries;
  if (const auto after = parameter(query, "after")) {
    answer.is_after = true;
    answer.id = *after;
  } else if (const auto before = parameter(query, "before")) {
    answer.id = *before;
  } else {
    return refuse(400, "ask for entries?after=NUMBER or entries?before=NUMBER");
  }
  return answer;
}

Answer frames(std::string_view query) {
  constexpr std::string_view kWrong = "ask for frames?of=NUMBER,NUMBER,... with at most 100 numbers";
  Answer answer;
  answer.what = Answer::What::frames;
  if (!query.starts_with("of=")) return refuse(400, kWrong);
  query.remove_prefix(3);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find(','), query.size());
    const auto number = parse_decimal<std::uint64_t>(query.substr(0, end));
    if (!number || answer.numbers.size() == kFrameNumberCountMax) return refuse(400, kWrong);
    answer.numbers.push_back(*number);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return answer;
}

}  // namespace

bool is_host_allowed(const Place& place, std::string_view host) {
  // Without a port it is that of http.
  const auto parsed = parse_host_port(host, 80);
  if (!parsed || parsed->port != place.port) return false;
  if (equal_ignoring_case(parsed->host, place.host)) return true;
  const bool is_everywhere = std::ranges::any_of(place.addresses, [](const IpAddress& address) {
    return std::ranges::all_of(address.bytes(), [](std::uint8_t octet) { return octet == 0; });
  });
  if (equal_ignoring_case(parsed->host, "localhost")) return is_everywhere || place.is_loopback();
  const auto address = parse_address(parsed->host);
  // Whoever listens everywhere has many addresses, but rebinding needs a name.
  return address && (is_everywhere || std::ranges::count(place.addresses, *address) > 0);
}

bool is_origin_allowed(const Place& place, std::string_view origin) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && is_host_allowed(place, origin.substr(kScheme.size()));
}

Answer judge(const Place& place, const Request& request) {
  if (request.hosts.size() != 1) return refuse(400, "a request has one Host line");
  if (!is_host_allowed(place, request.hosts.front()))
    return refuse(421, "this Host is not the address that plaintalk listens on");
  const auto is_own = [&](std::string_view origin) { return is_origin_allowed(place, origin); };
  if (!std::ranges::all_of(request.origins, is_own))
    return refuse(403, "pages of others may not look at this view (Origin)");
  // Before the method, so that nobody learns anything without it.
  std::string_view target = request.target;
  const std::size_t query_at = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(query_at + 1, target.size()));
  target = target.substr(0, query_at);
  const std::size_t secret_end = target.find('/', 1);
  const std::string_view secret =
      target.starts_with('/') ? target.substr(1, secret_end == target.npos ? target.npos : secret_end - 1)
                              : "";
  if (!equal_in_constant_time(secret, place.secret))
    return refuse(403,
                  "the address of the view has a secret in it, which plaintalk printed: open that address");
  if (request.method != "GET" && request.method != "HEAD")
    return refuse(405, "only GET and HEAD are allowed");
  if (request.has_body) return refuse(400, "a request has no body here");
  if (secret_end == target.npos) return refuse(404, "a slash is missing at the end of the address");
  const std::string_view name = target.substr(secret_end + 1);
  if (name == "events") {
    if (!request.is_upgrade || request.method != "GET")
      return refuse(426, "events are for WebSocket (RFC 6455) only");
    Answer answer;
    answer.what = Answer::What::events;
    return answer;
  }
  if (name == "entries") return entries(query);
  if (name == "frames") return frames(query);
  Answer answer;
  answer.what = Answer::What::file;
  answer.name = name;
  return answer;
}

}  // namespace plaintalk::analyzer::web
