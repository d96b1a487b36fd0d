// What the analyzer says about a generated capture, held against the truth.
#pragma once

#include <string>
#include <vector>

#include "tests/generated/capture_maker.hpp"
#include "tests/generated/plan.hpp"

namespace plaintalk::generated {

// Each difference in words; none when all is right. What the capture cannot tell may be said either way:
//   - a copy made by the network is a copy of the capture or a retransmission;
//   - when the clock was set, a repeat may count as a retransmission, as out-of-order or as ambiguous.
std::vector<std::string> judge(const Plan& plan);
// The same of a capture that was made of it.
std::vector<std::string> judge(const Plan& plan, const Generated& generated);

}  // namespace plaintalk::generated
