#include "analyzer/stream/roles.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace plaintalk::analyzer {
namespace {

constexpr std::int64_t kBelowBase = -(std::int64_t{1} << 31);
constexpr std::uint32_t kNearby = 1U << 24;

constexpr std::string_view kGreeting = "PLAINTALK/1 ";
// Words that only a client says first (docs/PROTOCOL.md); DATA, DONE, TOPIC and CREDIT come from both sides.
constexpr std::array<std::string_view, 12> kClientVerbs = {"LOGIN ", "REGISTER ", "AUTH ", "SAY ",
                                                           "JOIN ",  "PART ",     "SYNC ", "HISTORY ",
                                                           "PUT ",   "GET ",      "WHO ",  "ATTACH "};

bool starts_with_client_verb(std::string_view text) {
  return std::ranges::any_of(kClientVerbs, [&](std::string_view verb) { return text.starts_with(verb); });
}

ConnectionRoles sent_by_client(const TcpSegment& segment, RoleReason reason) {
  return {segment.source, segment.target, reason};
}
ConnectionRoles sent_by_server(const TcpSegment& segment, RoleReason reason) {
  return {segment.target, segment.source, reason};
}

}  // namespace

bool opens_connection(const TcpSegment& segment) { return segment.flags.syn && !segment.flags.rst; }

ConnectionRoles roles_by_syn(const TcpSegment& segment) {
  return segment.flags.ack ? sent_by_server(segment, RoleReason::syn_ack)
                           : sent_by_client(segment, RoleReason::syn);
}

ConnectionRoles choose_roles(std::span<const HeldSegment> segments, std::uint16_t server_port) {
  for (const bool with_ack : {false, true}) {
    for (const HeldSegment& held : segments)
      if (opens_connection(held.segment) && held.segment.flags.ack == with_ack)
        return roles_by_syn(held.segment);
  }
  for (const HeldSegment& held : segments) {
    if (as_text(held.bytes).starts_with(kGreeting)) return sent_by_server(held.segment, RoleReason::greeting);
  }
  for (const HeldSegment& held : segments) {
    if (starts_with_client_verb(as_text(held.bytes)))
      return sent_by_client(held.segment, RoleReason::client_verb);
  }
  const TcpSegment& first = segments.front().segment;
  const bool source_is_server = first.source.port == server_port;
  const bool target_is_server = first.target.port == server_port;
  if (source_is_server != target_is_server) {
    return source_is_server ? sent_by_server(first, RoleReason::port)
                            : sent_by_client(first, RoleReason::port);
  }
  return first.source.port < first.target.port ? sent_by_server(first, RoleReason::lower_port)
                                               : sent_by_client(first, RoleReason::lower_port);
}

void choose_bases(Flow& flow, std::span<const HeldSegment> segments) {
  for (const HeldSegment& held : segments) {
    if (opens_connection(held.segment)) return;  // the SYN will say it
  }
  flow.midstream = true;
  for (const HeldSegment& held : segments) {
    const TcpSegment& segment = held.segment;
    if (segment.flags.rst) continue;
    DirectionState& state = flow.state(flow.direction_of(segment));
    const bool is_lower = static_cast<std::int32_t>(segment.sequence - state.base_seq) < 0;
    if (state.base_known && !is_lower) continue;
    state.base_known = true;
    state.base_seq = segment.sequence;
    state.make_rare().missing.assign(1, StreamRange{kBelowBase, 0});
  }
}

bool belongs_to(std::span<const HeldSegment> segments, const TcpSegment& syn) {
  const std::uint32_t base_seq = syn.sequence + 1;
  return std::ranges::any_of(segments, [&](const HeldSegment& held) {
    const TcpSegment& other = held.segment;
    if (other.source == syn.source) return other.sequence - base_seq < kNearby;
    return other.flags.ack && other.acknowledgement - base_seq < kNearby;
  });
}

}  // namespace plaintalk::analyzer
