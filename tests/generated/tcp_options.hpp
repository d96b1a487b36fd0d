// Options that the product's own writer of packets does not need: put into a packet that it has written.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace plaintalk::generated {

struct TcpOptions {
  bool sack_permitted = false;
  bool has_stamps = false;
  std::uint32_t stamp = 0;
  std::uint32_t echo = 0;
  // Sequence numbers of what is acknowledged selectively: begin, and the one after the end.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> blocks;
};

// Behind the options that `packet`, from its IP header on, has already; lengths and checksums stay right.
// REQUIRES: they fit, and the IP header has no options of its own.
void add_options(std::string& packet, const TcpOptions& options);

}  // namespace plaintalk::generated
