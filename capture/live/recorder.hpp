// Records what a LiveCapture sees as pcapng until somebody says stop: a signal, a time, a number of packets,
// the reader of the pipe going away, a full disk, or the interface disappearing. Whatever the reason, the
// file ends with its statistics.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "capture/file/file_sink.hpp"
#include "capture/file/pcapng_writer.hpp"
#include "capture/live/live_capture.hpp"

namespace plaintalk::capture {

class Recorder {
 public:
  struct Options {
    std::string interface;
    std::string application;
    std::optional<Nanoseconds> duration;
    std::optional<std::uint64_t> count_max;
  };
  struct Summary {
    std::uint64_t packet_count = 0;     // can be read from the output
    std::uint64_t unwritten_count = 0;  // captured, but the output failed before
    InterfaceStatistics statistics;
    std::string failure;  // empty when the end was an ordinary one
  };
  using Note = std::function<void(const std::string&)>;

  // `stop_descriptor` becomes readable when recording shall stop (a signalfd). `note` hears what a person
  // should know meanwhile.
  Recorder(LiveCapture capture, FileSink sink, Options options, int stop_descriptor, Note note);

  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Until the end.
  Summary run();

 private:
  void wait(Instant until);
  bool collect();
  void tick();
  bool is_finished() const;

  LiveCapture capture_;
  FileSink sink_;
  Options options_;
  int stop_descriptor_;
  Note note_;
  bool is_writing_packet_ = false;  // the writer uses it from the start
  PcapngWriter writer_;
  std::uint32_t interface_index_;
  std::uint64_t packet_count_ = 0;
  bool is_stopping_ = false;
  bool is_reader_gone_ = false;
  bool is_up_ = true;
  std::string failure_;
};

}  // namespace plaintalk::capture
