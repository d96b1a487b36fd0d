// The protocol units of a capture, from packets in memory through the real decoder, tracker and talk layer.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/packet_record.hpp"

namespace plaintalk::golden {

struct Packet {
  PacketRecord record;  // its bytes are `bytes`
  std::string bytes;
};
std::vector<Packet> packets_of(const std::string& capture_file);

struct Unit {
  std::uint64_t stream_offset = 0;
  std::uint64_t length = 0;
  std::string verb;
  std::string arguments;
  auto operator<=>(const Unit&) const = default;
};
using Stream = std::pair<std::uint64_t, int>;  // connection, direction

struct Analysis {
  std::map<Stream, std::vector<Unit>> units;  // only those that are whole and well-formed
  std::set<Stream> with_gaps;
};
// Each packet cut to `bytes_max`.
Analysis analysis_of(std::span<const Packet> packets, std::size_t bytes_max = SIZE_MAX);

}  // namespace plaintalk::golden
