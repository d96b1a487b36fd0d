// The finding that bytes of a stream are not in the capture, which may turn out to be half the truth: they
// can come after the hole was given up, too late to be read as part of the stream. Then the finding says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/findings.hpp"

namespace plaintalk::analyzer {

// The gaps of one connection.
class GapFindings {
 public:
  static constexpr std::size_t kCountMax = 64;  // remembered; of later ones a late filling is not noticed

  void gap(const StreamGap& gap, Findings& findings);
  void event(const TcpEvent& event, Findings& findings);

  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    StreamGap gap;
    std::size_t finding = 0;
    std::uint64_t found = 0;  // bytes of it that came later
  };
  std::vector<Entry> entries_;
};

}  // namespace plaintalk::analyzer
