#include "messenger/net/activity_log.hpp"

#include <cstdio>
#include <stdexcept>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/time.hpp"

namespace plaintalk::messenger {
namespace {

constexpr std::size_t kTextBytesMax = 256 << 10;  // rendered text is written whenever it is longer

int open_log(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0)
    throw std::runtime_error("cannot write the log " + path + ": " + ::strerror(errno) +
                             "; choose a file in a folder you may write to");
  return descriptor;
}

}  // namespace

ActivityLog::ActivityLog(const Options& options)
    : people_{options.people_descriptor, "standard output", {}},
      json_{options.json_path.empty() ? -1 : open_log(options.json_path), options.json_path, {}},
      is_on_(people_.is_on() || json_.is_on()),
      queue_(options.queue_bytes_max) {
  if (is_on_) thread_ = std::thread([this] { run(); });
}

ActivityLog::~ActivityLog() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
  if (json_.is_on()) ::close(json_.descriptor);
}

void ActivityLog::event(const ServerEvent& event, WallTime time) {
  if (is_on_) queue_.push(event, time);
}

void ActivityLog::run() {
  EventQueue::Batch batch;
  while (queue_.take(batch)) {
    render(batch);
    write(people_);
    write(json_);
  }
}

void ActivityLog::render(const EventQueue::Batch& batch) {
  each_event(batch.octets, [this](const ServerEvent& event, WallTime time) {
    lines_.see(event);
    if (people_.is_on()) lines_.people(event, time, people_.text);
    if (json_.is_on()) lines_.json(event, time, json_.text);
    lines_.forget(event);
    if (people_.text.size() > kTextBytesMax) write(people_);
    if (json_.text.size() > kTextBytesMax) write(json_);
  });
  if (batch.lost.routed == 0 && batch.lost.other == 0) return;
  const WallTime time = read_clocks().wall;
  if (people_.is_on()) people_lost(batch.lost, time, people_.text);
  if (json_.is_on()) json_lost(batch.lost, time, json_.text);
}

void ActivityLog::write(Output& output) {
  std::string_view rest = output.text;
  while (!rest.empty() && output.is_on()) {
    const ssize_t written = ::write(output.descriptor, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Standard output may have been made non-blocking by whoever shares it.
      pollfd waiting{output.descriptor, POLLOUT, 0};
      ::poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      const std::string text =
          "plaintalk-server: no more log lines to " + output.name + ": " + ::strerror(errno) + "\n";
      std::fputs(text.c_str(), stderr);
      output.descriptor = -1;
    }
  }
  output.text.clear();
}

}  // namespace plaintalk::messenger
