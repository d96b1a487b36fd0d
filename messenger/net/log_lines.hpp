// One event as a line: for people, and as JSON for programs (docs/LOG.md). Pure; the log thread writes the
// result.
//
// The client's address stands in every line of a connection, so a line can be joined to a capture without
// looking for the line that opened the connection. Everything that came from outside is escaped for the place
// it goes to.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "messenger/core/server_events.hpp"
#include "messenger/net/event_queue.hpp"

namespace plaintalk::messenger {

class LogLines {
 public:
  // Call it with every event in order, before rendering it.
  void see(const ServerEvent& event);
  // After rendering it.
  void forget(const ServerEvent& event);

  // With its line end; appended to `out`.
  void people(const ServerEvent& event, WallTime time, std::string& out) const;
  void json(const ServerEvent& event, WallTime time, std::string& out) const;

 private:
  struct Ends {
    Endpoint client;
    Endpoint server;
  };
  const Ends* ends_of(const ServerEvent& event) const;

  std::unordered_map<std::uint64_t, Ends> connections_;
};

void people_lost(const LostEvents& lost, WallTime time, std::string& out);
void json_lost(const LostEvents& lost, WallTime time, std::string& out);

}  // namespace plaintalk::messenger
