// Everybody who watches one analysis, as one; and where they are told what the stream layer finds before
// anybody else is.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/stream/segment_sink.hpp"
#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/live_watcher.hpp"

namespace plaintalk::analyzer {

class LiveWatchers : public LiveWatcher {
 public:
  explicit LiveWatchers(std::vector<LiveWatcher*> watchers) : all_(std::move(watchers)) {
    for (LiveWatcher* const watcher : all_)
      if (watcher->wants_everything()) thorough_.push_back(watcher);
  }

  // Nobody watches any more.
  void forget() {
    all_.clear();
    thorough_.clear();
  }
  bool any() const { return !all_.empty(); }
  bool wants_everything() const override { return !thorough_.empty(); }

  void live_event(const LiveEvent& live_event) override {
    for (LiveWatcher* const watcher : all_) watcher->live_event(live_event);
  }
  void packet(WallTime time, std::uint32_t size) override {
    for (LiveWatcher* const watcher : thorough_) watcher->packet(time, size);
  }
  void opened(const ConnectionRecord& connection) override {
    for (LiveWatcher* const watcher : thorough_) watcher->opened(connection);
  }
  void segment(const JudgedSegment& segment) override {
    for (LiveWatcher* const watcher : thorough_) watcher->segment(segment);
  }
  void closed(const ConnectionRecord& connection) override {
    for (LiveWatcher* const watcher : thorough_) watcher->closed(connection);
  }
  void pdu(const PduResult& row) override {
    for (LiveWatcher* const watcher : thorough_) watcher->pdu(row);
  }
  void credential(const CredentialResult& row) override {
    for (LiveWatcher* const watcher : thorough_) watcher->credential(row);
  }
  void counts(const CaptureCounts& counts) override {
    for (LiveWatcher* const watcher : thorough_) watcher->counts(counts);
  }

 private:
  std::vector<LiveWatcher*> all_;
  std::vector<LiveWatcher*> thorough_;  // of them, those who want everything
};

// Stands before those who take what the stream layer tells.
class WatchedStreams : public StreamSink, public SegmentSink {
 public:
  // `segments` may be nullptr.
  WatchedStreams(StreamSink& sink, SegmentSink* segments, LiveWatcher& watcher)
      : sink_(sink), segments_(segments), watcher_(watcher) {}

  void opened(const ConnectionRecord& connection) override {
    watcher_.opened(connection);
    sink_.opened(connection);
  }
  void data(const StreamData& data) override { sink_.data(data); }
  void gap(const StreamGap& gap) override { sink_.gap(gap); }
  void acknowledged(const StreamAck& ack) override { sink_.acknowledged(ack); }
  void event(const TcpEvent& event) override { sink_.event(event); }
  bool wants_evidence(unsigned rule) const override { return sink_.wants_evidence(rule); }
  void closed(const ConnectionRecord& connection) override {
    watcher_.closed(connection);
    sink_.closed(connection);
  }
  void segment(const JudgedSegment& segment) override {
    if (segments_ != nullptr) segments_->segment(segment);
    watcher_.segment(segment);
  }

 private:
  StreamSink& sink_;
  SegmentSink* segments_;
  LiveWatcher& watcher_;
};

}  // namespace plaintalk::analyzer
