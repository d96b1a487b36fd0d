// plaintalk analyze FILE --prove: is what is said about this capture a matter of how it was captured?
// Variants of it are made (written otherwise, split, shifted, copied, rounded, cut, thinned), each is
// analysed, and every number is held against the original's: those that must be the same, those that may only
// fall, those that may be anything.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analyzer/run/analysis.hpp"

namespace plaintalk::analyzer {

struct ProveOptions {
  std::vector<std::string> files;
  std::string folder;  // prove.csv goes here, and each variant while it is looked at
  std::uint16_t server_port = 7777;
  OverlapPolicy overlap = OverlapPolicy::linux_kernel;
  std::function<void()> keep_going;  // called now and then; throws to end it
};

struct ProveOutcome {
  std::string text;  // a table, and what stands out
  std::size_t wrong_count = 0;
};

// Throws std::runtime_error when a file cannot be read or the folder not written.
ProveOutcome prove(const ProveOptions& options);

}  // namespace plaintalk::analyzer
