// The activity log: lines for people on a stream, JSON lines in a file, both made by a thread of their own.
//
// The event loop only copies an event into a bounded queue; it never waits for a terminal, a pipe or a disk.
// What happens when an output fails: log_output.hpp. The destructor writes everything that is still queued.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>

#include "messenger/core/server_events.hpp"
#include "messenger/net/event_queue.hpp"
#include "messenger/net/log_lines.hpp"
#include "messenger/net/log_output.hpp"

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
  // The file is opened by its name again before anything more is written to it. From the loop's thread.
  void reopen(WallTime time);

 private:
  void run();
  void render(const EventQueue::Batch& batch);

  LogOutput people_;
  LogOutput json_;
  std::atomic<bool> must_reopen_ = false;
  bool is_on_ = false;
  LogLines lines_;
  EventQueue queue_;
  std::thread thread_;
};

}  // namespace plaintalk::messenger
