// One event as a line: for people, and as JSON for programs (docs/LOG.md). Pure; the log thread writes the
// result.
//
// The client's address stands in every line of a connection, so a line can be joined to a capture without
// looking for the line that opened the connection. Everything that came from outside is escaped for the place
// it goes to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "messenger/core/server_events.hpp"
#include "messenger/net/event_queue.hpp"

namespace plaintalk::messenger {

class LogLines {
 public:
  // So many connections are known by their addresses, at about 0.4 KiB each. A connection whose end was lost,
  // because the log could not be written for a while, is never forgotten otherwise.
  static constexpr std::size_t kConnectionCountMax = 65'536;

  // Call it with every event in order, before rendering it.
  void see(const ServerEvent& event, WallTime time);
  // After rendering it.
  void forget(const ServerEvent& event);

  // The event that was seen last, with its line end; appended to `out`.
  void people(const ServerEvent& event, std::string& out);
  void json(const ServerEvent& event, std::string& out);
  std::size_t connection_count() const { return connections_.size(); }

 private:
  // What each line of a connection says of it, rendered once.
  struct Texts {
    std::string place;
    std::string json;
  };
  // Many events have the same time: that of their turn.
  class RenderedTime {
   public:
    std::string_view of(WallTime time, std::string (*render)(WallTime)) {
      if (text_.empty() || time != time_) text_ = render(time);
      time_ = time;
      return text_;
    }

   private:
    WallTime time_{};
    std::string text_;
  };

  void forget_older_half();

  std::unordered_map<std::uint64_t, Texts> connections_;
  const Texts no_texts_{"-", ""};
  Texts other_texts_;                // of a connection that is not in the map
  const Texts* texts_ = &no_texts_;  // of the event that was seen last
  WallTime time_{};                  // the same
  RenderedTime utc_;
  RenderedTime json_front_;
};

void people_lost(const LostEvents& lost, WallTime time, std::string& out);
void json_lost(const LostEvents& lost, WallTime time, std::string& out);

}  // namespace plaintalk::messenger
