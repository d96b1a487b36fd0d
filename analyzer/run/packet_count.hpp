// Whether captures have more packets than a table of them should have, told before they are analysed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plaintalk::analyzer {

// Reads no further than to the packet that decides it. What cannot be read has no packets: whoever analyses
// it will say why. Of what can be read once only, such as a pipe, nobody knows: false.
bool have_more_packets_than(const std::vector<std::string>& files, std::uint64_t count);

}  // namespace plaintalk::analyzer
