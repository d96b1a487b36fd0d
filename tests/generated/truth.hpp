// What the tables must say about a generated capture, known because it was made so.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/stream/connection_record.hpp"

namespace plaintalk::generated {

struct UnitTruth {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string verb;
  auto operator<=>(const UnitTruth&) const = default;
};

struct SideTruth {
  std::uint64_t bytes = 0;  // distinct ones in the capture
  std::uint64_t gap_bytes = 0;
  std::uint64_t retransmitted_packets = 0;
  std::uint64_t retransmitted_bytes = 0;
  std::uint64_t exchanged_packets = 0;
  std::uint64_t network_copies = 0;  // may count as a copy of the capture or as a retransmission
  std::uint64_t told_copies = 0;     // of them, those that a captured D-SACK names
  std::uint64_t keep_alives = 0;
  std::optional<std::uint32_t> first_sequence;
  std::vector<UnitTruth> units;
};

struct ConnectionTruth {
  std::array<SideTruth, 2> sides;     // by analyzer::Direction
  std::uint64_t captured_copies = 0;  // made by the capture
  std::uint64_t repeated_flags = 0;   // SYNs, SYN-ACKs and FINs
  std::uint64_t contradictions = 0;
  analyzer::Ending first_ending = analyzer::Ending::none;
  analyzer::Direction first_to_end{};
};

struct MessageTruth {
  std::string sender;
  std::string text;
  auto operator<=>(const MessageTruth&) const = default;
};

struct Generated {
  std::string file;  // pcapng
  std::vector<ConnectionTruth> connections;
  std::vector<MessageTruth> messages;
  bool is_complete = true;  // every byte is in it
  bool has_clock_steps = false;
};

}  // namespace plaintalk::generated
