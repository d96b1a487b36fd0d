// What people and server say, byte by byte, without anything going wrong: who sends how much at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/stream/connection_record.hpp"
#include "base/endpoint.hpp"
#include "tests/generated/plan.hpp"
#include "tests/generated/truth.hpp"

namespace plaintalk::generated {

// What one side of a connection sends at once.
struct Burst {
  enum class Kind : std::uint8_t { open, data, close };
  Kind kind{};
  std::size_t connection = 0;
  analyzer::Direction direction{};
  std::string bytes;
};

struct Conversation {
  std::size_t connection_count = 0;
  std::vector<Burst> bursts;
  std::vector<std::array<std::string, 2>> streams;  // of each connection, by direction
  std::vector<Endpoint> clients;                    // of each connection
  std::vector<MessageTruth> messages;
};

Conversation make_conversation(const Plan& plan);

}  // namespace plaintalk::generated
