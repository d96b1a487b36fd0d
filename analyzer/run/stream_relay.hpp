// Stands between the tracker and those who listen to it: passes on what it is told at once, or writes it into
// a log for another thread.
#pragma once

#include <functional>
#include <utility>

#include "analyzer/run/stream_log.hpp"

namespace plaintalk::analyzer {

class StreamRelay : public StreamSink, public SegmentSink {
 public:
  // `segments` may be nullptr; then segment() must not be called.
  StreamRelay(StreamSink& sink, SegmentSink* segments) : sink_(sink), segments_(segments) {}

  // From here on into `log`; nullptr: passed on again. `when_full` gives the log to go on in.
  void write_into(StreamLog* log) { log_ = log; }
  void when_full(std::function<StreamLog*()> when_full) { when_full_ = std::move(when_full); }

  void opened(const ConnectionRecord& connection) override {
    if (StreamLog* const log = room()) return log->opened(connection);
    sink_.opened(connection);
  }
  void data(const StreamData& data) override {
    if (StreamLog* const log = room()) return log->data(data);
    sink_.data(data);
  }
  void gap(const StreamGap& gap) override {
    if (StreamLog* const log = room()) return log->gap(gap);
    sink_.gap(gap);
  }
  void acknowledged(const StreamAck& ack) override {
    if (StreamLog* const log = room()) return log->acknowledged(ack);
    sink_.acknowledged(ack);
  }
  void event(const TcpEvent& event) override {
    if (StreamLog* const log = room()) return log->event(event);
    sink_.event(event);
  }
  // In whatever thread: the answer never changes.
  bool wants_evidence(unsigned rule) const override { return sink_.wants_evidence(rule); }
  void closed(const ConnectionRecord& connection) override {
    if (StreamLog* const log = room()) return log->closed(connection);
    sink_.closed(connection);
  }
  void segment(const JudgedSegment& segment) override {
    if (StreamLog* const log = room()) return log->segment(segment);
    segments_->segment(segment);
  }

 private:
  StreamLog* room() {
    if (log_ != nullptr && log_->is_full()) log_ = when_full_();
    return log_;
  }

  StreamSink& sink_;
  SegmentSink* segments_;
  StreamLog* log_ = nullptr;
  std::function<StreamLog*()> when_full_;
};

}  // namespace plaintalk::analyzer
