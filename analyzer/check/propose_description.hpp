// A description for a protocol that nobody has described, from what a capture shows of it: TOML that can be
// fed back, with the reason for each part and how sure it is.
#pragma once

#include <string>

namespace plaintalk::analyzer {

struct Proposal {
  std::string toml;    // empty when there is nothing to describe
  std::string words;   // for people: which ports were looked at, and why not the others
  std::string damage;  // of the capture; empty when there is none
};

// Throws std::runtime_error when the capture cannot be read.
Proposal propose_description(const std::string& capture);

}  // namespace plaintalk::analyzer
