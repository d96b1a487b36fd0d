// What else could be behind a finding, and what would settle it: a finding is a reading of packets, and who
// reads it should know the other one.
#pragma once

#include <string_view>

namespace plaintalk::analyzer {

// REQUIRES: `rule` is one of finding_kinds().
std::string_view rival_explanation(std::string_view rule);

}  // namespace plaintalk::analyzer
