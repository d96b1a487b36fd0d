#include "messenger/net/activity_log.hpp"

#include <variant>

#include "base/time.hpp"
#include "base/worker_thread.hpp"

namespace plaintalk::messenger {
namespace {

LogOutput::TellLost tell_now(void (*tell)(const LostEvents&, WallTime, std::string&)) {
  return [tell](const LostEvents& lost, std::string& out) { tell(lost, read_clocks().wall, out); };
}

}  // namespace

ActivityLog::ActivityLog(const Options& options)
    : people_(options.people_descriptor, "on standard output", tell_now(people_lost)),
      json_(options.json_path, tell_now(json_lost)),
      is_on_(people_.is_on() || json_.is_on()),
      queue_(options.queue_bytes_max) {
  if (is_on_) thread_ = start_worker([this] { run(); });
}

ActivityLog::~ActivityLog() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void ActivityLog::event(const ServerEvent& event, WallTime time) {
  if (is_on_) queue_.push(event, time);
}

void ActivityLog::reopen(WallTime time) {
  must_reopen_ = true;
  event(ServerNote{"log", "opened again"}, time);
}

void ActivityLog::run() {
  EventQueue::Batch batch;
  while (queue_.take(batch)) {
    if (must_reopen_.exchange(false)) json_.reopen();
    render(batch);
    for (LogOutput* output : {&people_, &json_}) {
      output->write();
      if (batch.lost.routed + batch.lost.other == 0) continue;
      output->add_lost(batch.lost);
      output->write();
    }
  }
}

void ActivityLog::render(const EventQueue::Batch& batch) {
  each_event(batch.bytes, [this](const ServerEvent& event, WallTime time) {
    const bool is_message = std::holds_alternative<Routed>(event);
    lines_.see(event, time);
    if (people_.is_on()) {
      lines_.people(event, people_.text());
      people_.line_added(is_message);
    }
    if (json_.is_on()) {
      lines_.json(event, json_.text());
      json_.line_added(is_message);
    }
    lines_.forget(event);
  });
}

}  // namespace plaintalk::messenger
