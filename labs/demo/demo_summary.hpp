// The summary of a session in under 40 lines of 80 columns: what the packets gave away, and that the server
// agrees.
//
// Only text comes out; whether it may be coloured is told by the caller.
#pragma once

#include <string>
#include <vector>

#include "labs/demo/cross_check.hpp"
#include "labs/demo/evidence.hpp"
#include "labs/session/capture_mode.hpp"

namespace plaintalk::demo {

inline constexpr std::size_t kSummaryLineCountMax = 40;
inline constexpr std::size_t kSummaryWidth = 80;

struct DemoResult {
  session::CaptureChoice capture;
  Evidence evidence;
  CrossCheck cross_check;
  std::string sent_sha256;       // of the file as it lies on alice's disk
  std::string recovered_sha256;  // of the file that the analyzer put together; empty when there is none
  std::string announced_sha256;  // as the server logged it
  std::string dropped_address;   // of the one whose line was cut
  std::string folder;            // as a person would type it
  bool is_coloured = false;
};

// What is wrong with the session, one sentence each; empty when the demo may be called a success.
std::vector<std::string> find_faults(const DemoResult& input);

std::vector<std::string> render_summary(const DemoResult& input);

}  // namespace plaintalk::demo
