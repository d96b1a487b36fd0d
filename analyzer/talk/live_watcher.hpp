// Whoever looks at an analysis while it goes on: the lines in the terminal, the live view in a browser. Every
// call comes from the thread that analyses and must not keep it waiting; nothing that is handed over may be
// kept longer than the call. Secrets are masked before they get here, unless asked for.
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

// What the capture itself says: counters from its beginning.
struct CaptureCounts {
  std::uint64_t packets = 0;
  std::uint64_t segments = 0;                            // of TCP
  std::optional<std::uint64_t> dropped_count;            // in the kernel's buffer; nothing: not said
  std::optional<std::uint64_t> interface_dropped_count;  // at the interface
};

class LiveWatcher {
 public:
  virtual ~LiveWatcher() = default;

  virtual void live_event(const LiveEvent&) = 0;

  // Whether what follows is told as well. Must not change.
  virtual bool wants_everything() const { return false; }
  // Every packet, whatever is in it.
  virtual void packet(WallTime, std::uint32_t) {}
  virtual void opened(const ConnectionRecord&) {}
  virtual void segment(const JudgedSegment&) {}
  // `connection` is complete now.
  virtual void closed(const ConnectionRecord&) {}
  virtual void pdu(const PduResult&) {}
  virtual void credential(const CredentialResult&) {}
  // Now and then, and at the end.
  virtual void counts(const CaptureCounts&) {}
};

}  // namespace plaintalk::analyzer
