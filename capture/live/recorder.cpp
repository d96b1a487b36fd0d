#include "capture/live/recorder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>

namespace plaintalk::capture {
namespace {

constexpr std::size_t kBatchMax = 4096;
// How often a reader that follows the file learns of drops, and how soon an interface that was switched off
// is noticed.
constexpr std::chrono::seconds kTickInterval{2};
// The kernel holds packets back until a block is full or 40 ms old; those of the last moment must still get
// into the file.
constexpr std::chrono::milliseconds kDrainTime{250};
// Who reads a pipe may be busy for a moment; when it takes nothing for this long, it never will.
constexpr std::chrono::milliseconds kReaderPatience{3000};

}  // namespace

Recorder::Recorder(LiveCapture capture, FileSink sink, Options options, int stop_descriptor, Note note)
    : capture_(std::move(capture)),
      sink_(std::move(sink)),
      options_(std::move(options)),
      stop_descriptor_(stop_descriptor),
      note_(std::move(note)),
      writer_([this](std::string_view block) { sink_.write(block, is_writing_packet_); },
              {options_.application, ""}),
      interface_index_(writer_.add_interface(
          {capture_.link_type(), capture_.snap_length(), options_.interface, capture_.filter()})) {}

Recorder::Summary Recorder::run() {
  Instant now = read_clocks().instant;
  const Instant end = options_.duration ? now + *options_.duration : Instant::max();
  Instant next_tick = now + kTickInterval;
  sink_.stop_on(stop_descriptor_, kReaderPatience);
  sink_.flush();
  while (!is_stopping_ && now < end && !is_finished()) {
    wait(std::min(next_tick, end));
    while (collect()) {
    }
    now = read_clocks().instant;
    if (now < next_tick) continue;
    tick();
    next_tick = now + kTickInterval;
  }
  const Instant drain_end = now + kDrainTime;
  is_stopping_ = true;  // further signals change nothing
  for (; now < drain_end && !is_finished(); now = read_clocks().instant) {
    wait(drain_end);
    collect();
  }
  const InterfaceStatistics statistics = capture_.statistics();
  writer_.statistics(interface_index_, read_clocks().wall, statistics);
  sink_.flush();
  if (failure_.empty()) failure_ = sink_.error();
  return {sink_.packet_count(), packet_count_ - sink_.packet_count(), statistics, failure_};
}

// Until packets wait, somebody wants us to stop, the reader has gone, or the time has come.
void Recorder::wait(Instant until) {
  // A negative descriptor is ignored by poll(). The output has no events: only its end (POLLERR) is reported.
  std::array<pollfd, 3> sources{{{capture_.descriptor(), POLLIN, 0},
                                 {is_stopping_ ? -1 : stop_descriptor_, POLLIN, 0},
                                 {sink_.descriptor(), 0, 0}}};
  const auto span = std::chrono::ceil<Milliseconds>(until - read_clocks().instant).count();
  ::poll(sources.data(), sources.size(), static_cast<int>(std::clamp<std::int64_t>(span, 0, 60'000)));
  if (sources[1].revents != 0) is_stopping_ = true;
  if ((sources[2].revents & POLLERR) != 0) is_reader_gone_ = true;
}

// True when there may be more right now.
bool Recorder::collect() {
  if (is_finished()) return false;
  const std::uint64_t left = options_.count_max ? *options_.count_max - packet_count_ : kBatchMax;
  const auto batch = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBatchMax));
  LiveCapture::Polled polled =
      capture_.poll(batch, [this](WallTime time, Bytes bytes, std::uint32_t original_size) {
        is_writing_packet_ = true;
        writer_.packet(interface_index_, time, bytes, original_size);
        is_writing_packet_ = false;
      });
  packet_count_ += polled.packet_count;
  failure_ = std::move(polled.failure);
  sink_.flush();
  return polled.packet_count > 0 && !is_stopping_;
}

void Recorder::tick() {
  writer_.statistics(interface_index_, read_clocks().wall, capture_.statistics());
  sink_.flush();
  const bool is_up = capture_.is_interface_up();
  if (is_up != is_up_)
    note_(options_.interface +
          (is_up ? ": the interface is back" : ": the interface went down; waiting for it"));
  is_up_ = is_up;
}

bool Recorder::is_finished() const {
  return !failure_.empty() || is_reader_gone_ || sink_.reader_gone() || !sink_.error().empty() ||
         (options_.count_max && packet_count_ >= *options_.count_max);
}

}  // namespace plaintalk::capture
