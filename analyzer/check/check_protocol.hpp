// Holds a description against a capture: which units do not fit it, and which bytes they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

inline constexpr std::size_t kShownMisfitCountMax = 50;
inline constexpr std::size_t kShownByteCountMax = 64;

struct ProtocolCheck {
  std::uint64_t unit_count = 0;
  std::uint64_t misfit_count = 0;
  std::uint64_t connection_count = 0;
  std::string damage;  // of the capture; empty when there is none
  std::string text;    // for people
};

// What fits is what an analysis with the description calls so: the same code reads the capture. Throws
// std::runtime_error when it cannot be read.
ProtocolCheck check_protocol(const std::shared_ptr<const described::Description>& description,
                             const std::string& capture);

}  // namespace plaintalk::analyzer
