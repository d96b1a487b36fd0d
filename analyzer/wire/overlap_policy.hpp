// Which bytes count where two packets say different things about the same place: a question that RFC 791 and
// RFC 9293 leave to the receiver, so systems answer it differently, and whoever deceives an observer lives on
// that. Named after the systems, as in target-based reassembly (U. Shankar and V. Paxson, "Active Mapping",
// 2003; J. Novak and S. Sturges, "Target-Based TCP Stream Reassembly", 2007; Snort and Suricata use them).
//
// The rules for TCP stand in stream/overlap.hpp, those for IP fragments in wire/fragment_overlap.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace plaintalk::analyzer {

enum class OverlapPolicy : std::uint8_t { first, last, linux_kernel, bsd, windows, solaris };

inline constexpr std::array<std::pair<std::string_view, OverlapPolicy>, 6> kOverlapPolicies = {{
    {"first", OverlapPolicy::first},
    {"last", OverlapPolicy::last},
    {"linux", OverlapPolicy::linux_kernel},
    {"bsd", OverlapPolicy::bsd},
    {"windows", OverlapPolicy::windows},
    {"solaris", OverlapPolicy::solaris},
}};

constexpr std::optional<OverlapPolicy> overlap_policy_of(std::string_view name) {
  for (const auto& [known, policy] : kOverlapPolicies)
    if (known == name) return policy;
  return std::nullopt;
}

constexpr std::string_view name_of(OverlapPolicy policy) {
  for (const auto& [name, known] : kOverlapPolicies)
    if (known == policy) return name;
  return "unknown";
}

}  // namespace plaintalk::analyzer
