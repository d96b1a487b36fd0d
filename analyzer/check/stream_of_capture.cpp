#include "analyzer/check/stream_of_capture.hpp"

#include <cstddef>

#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::analyzer {

std::string tell_streams(const std::string& file, StreamSink& sink) {
  constexpr std::size_t kHistorySize = 4 << 20;
  ConnectionTracker tracker({.history_bytes = kHistorySize}, sink);
  PacketDecoder decoder;
  auto reader = capture::CaptureReader::open(file);
  std::string damage;
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      damage = record.error().what;
      break;
    }
    if (!*record) break;
    for (auto segment = decoder.decode(**record); segment; segment = decoder.decode_further())
      tracker.segment(*segment);
  }
  tracker.finish();
  return damage;
}

}  // namespace plaintalk::analyzer
