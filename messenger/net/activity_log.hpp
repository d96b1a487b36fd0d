// The activity log: lines for people on a stream, JSON lines in a file, both made by a thread of their own.
//
// The event loop only copies an event into a bounded queue; it never waits for a terminal, a pipe or a disk.
// A failing output is reported once on standard error and then left alone. The destructor writes everything
// that is still queued.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <thread>

#include "messenger/core/server_events.hpp"
#include "messenger/net/event_queue.hpp"
#include "messenger/net/log_lines.hpp"

namespace plaintalk::messenger {

class ActivityLog final : public EventSink {
 public:
  struct Options {
    int people_descriptor = -1;  // -1: no lines for people
    std::string json_path;       // empty: no JSON; else appended to
    std::size_t queue_bytes_max = EventQueue::kBytesMax;
  };

  // Throws std::runtime_error when the file cannot be opened.
  explicit ActivityLog(const Options& options);
  ~ActivityLog() override;
  ActivityLog(const ActivityLog&) = delete;
  ActivityLog& operator=(const ActivityLog&) = delete;

  void event(const ServerEvent& event, WallTime time) override;
  bool wants_routes() const override { return is_on_; }

 private:
  struct Output {
    int descriptor = -1;
    std::string name;  // for the one error message
    std::string text;  // of the current batch
    bool is_on() const { return descriptor >= 0; }
  };

  void run();
  void render(const EventQueue::Batch& batch);
  void write(Output& output);

  Output people_;
  Output json_;
  bool is_on_ = false;
  LogLines lines_;
  EventQueue queue_;
  std::thread thread_;
};

}  // namespace plaintalk::messenger
