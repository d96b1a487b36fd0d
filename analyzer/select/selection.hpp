// The packets that a filter selects, and what is said about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyzer/select/filter.hpp"

namespace plaintalk::analyzer {

struct Selection {
  std::vector<std::uint64_t> packets;  // in rising order
  // Of selected packets, those that findings name: the findings in words, a line for each.
  std::map<std::uint64_t, std::string> comments;
};

// Of one packet: what findings say beyond it is counted and left out.
inline constexpr std::size_t kCommentSizeMax = 4096;

// `analysis`: a folder that plaintalk-analyze wrote with its table of packets. With `whole_connections` all
// packets of a connection are selected when one is. Throws std::runtime_error.
Selection select_packets(const std::string& analysis, const Filter& filter, bool whole_connections);

}  // namespace plaintalk::analyzer
