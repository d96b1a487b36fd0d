#include <algorithm>

#include "analyzer/stream/rules.hpp"

namespace plaintalk::analyzer {
namespace {

using Place = Vantage::Place;

// A machine answers by itself within that, when it is not busy.
constexpr Nanoseconds kAtOnceMax = std::chrono::milliseconds(2);
constexpr int kMuchLonger = 8;
// Shorter ways are not told from the time that a kernel takes.
constexpr Nanoseconds kWayMin = std::chrono::microseconds(300);

std::optional<Nanoseconds> least(std::optional<Nanoseconds> first, const RttSummary& samples) {
  if (samples.count == 0) return first;
  return first ? std::min(*first, samples.min) : samples.min;
}

Place by_time(const Vantage& vantage) {
  if (!vantage.client_answer || !vantage.server_answer) return Place::unknown;
  const Nanoseconds client = *vantage.client_answer;
  const Nanoseconds server = *vantage.server_answer;
  if (std::max(client, server) < kWayMin) return Place::unknown;
  if (client <= kAtOnceMax && client * kMuchLonger <= server) return Place::near_client;
  if (server <= kAtOnceMax && server * kMuchLonger <= client) return Place::near_server;
  return std::min(client, server) > kAtOnceMax ? Place::middle : Place::unknown;
}

Place by_ttl(const Vantage& vantage) {
  if (vantage.client_ttl == 0 || vantage.server_ttl == 0) return Place::unknown;
  const bool is_beside_client = hops_of(vantage.client_ttl) == 0;
  const bool is_beside_server = hops_of(vantage.server_ttl) == 0;
  if (is_beside_client && is_beside_server) return Place::unknown;  // all on one link
  return is_beside_client ? Place::near_client : is_beside_server ? Place::near_server : Place::middle;
}

void decide(Vantage& vantage) {
  using enum Vantage::Confidence;
  if (vantage.client_is_unfilled != vantage.server_is_unfilled) {
    vantage.place = vantage.client_is_unfilled ? Place::near_client : Place::near_server;
    vantage.confidence = certain;
    return;
  }
  const Place time = by_time(vantage);
  const Place ttl = by_ttl(vantage);
  if (time == Place::unknown || ttl == Place::unknown) {
    vantage.place = time == Place::unknown ? ttl : time;
    vantage.confidence = vantage.place == Place::unknown ? ambiguous : likely;
  } else if (time == ttl) {
    vantage.place = time;
    vantage.confidence = certain;
  } else if (time == Place::middle || ttl == Place::middle) {
    // A short way with a router, or a long one without: the side is the narrower word.
    vantage.place = time == Place::middle ? ttl : time;
    vantage.confidence = likely;
  }
}

}  // namespace

Vantage vantage_of(const Flow& flow) {
  const DirectionState& client = flow.directions[0];
  const DirectionState& server = flow.directions[1];
  Vantage vantage;
  vantage.client_ttl = client.traffic.ttl;
  vantage.server_ttl = server.traffic.ttl;
  const auto is_unfilled = [](const DirectionState& state) {
    return state.traffic.has_unfilled_checksum && state.good_checksums * 2 < state.packets;
  };
  vantage.client_is_unfilled = is_unfilled(client);
  vantage.server_is_unfilled = is_unfilled(server);
  // Which of several SYNs was answered is not known.
  if (flow.handshake_rtt && !flow.is_simultaneous && !client.rare().syn_repeated &&
      !server.rare().syn_repeated && server.syn_time >= client.syn_time) {
    vantage.server_answer = server.syn_time - client.syn_time;
    vantage.client_answer = std::max(*flow.handshake_rtt - *vantage.server_answer, Nanoseconds(0));
  }
  vantage.server_answer = least(vantage.server_answer, client.rtt.summary());
  vantage.client_answer = least(vantage.client_answer, server.rtt.summary());
  if (flow.client().address == flow.server().address) {
    vantage.place = Place::same_host;
    vantage.confidence = Vantage::Confidence::certain;
  } else {
    decide(vantage);
  }
  return vantage;
}

}  // namespace plaintalk::analyzer
