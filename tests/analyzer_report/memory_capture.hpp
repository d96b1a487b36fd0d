// A capture file in memory, opened as an analysis opens one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/run/merged_capture.hpp"

namespace plaintalk::analyzer::test {

inline constexpr std::uint32_t kRawIp = 101;  // LINKTYPE_RAW

// `file` must live as long.
inline MergedCapture opened(const std::string& file) {
  std::vector<capture::CaptureReader> readers;
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(file), "test"));
  return MergedCapture(std::move(readers), {"test"});
}

}  // namespace plaintalk::analyzer::test
