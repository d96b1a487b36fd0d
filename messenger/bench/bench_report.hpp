// The outcome of a run as aligned lines for people, or as one JSON object a line for scripts.
#pragma once

#include <string>

#include "messenger/bench/bench_plan.hpp"

namespace plaintalk::messenger::bench {

std::string_view text_of(Target::Kind kind);
std::string_view text_of(Workload workload);

std::string report(const Plan& plan, const Target& target, const Outcome& outcome);
std::string report_json(const Plan& plan, const Target& target, const Outcome& outcome);
// The first target measured against another one.
std::string compare(const Plan& plan, const Outcome& first, std::string_view first_name, const Outcome& other,
                    std::string_view other_name);

}  // namespace plaintalk::messenger::bench
