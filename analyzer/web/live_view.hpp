// The live view as a program uses it: --web [HOST:PORT], what is said about it, and how long it stays.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "analyzer/web/live_state.hpp"
#include "analyzer/web/web_server.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer::web {

inline constexpr std::uint16_t kDefaultWebPort = 7788;

// "" is 127.0.0.1:7788, "8080" and ":8080" are ports of 127.0.0.1. The error says what to write.
std::expected<HostPort, std::string> parse_web_address(std::string_view text);

class LiveView {
 public:
  // Of what the whole analysis may hold (0: no bound), the view takes a sixteenth, and no more than this.
  static constexpr std::size_t kBytesMax = 64 << 20;
  static constexpr std::size_t kBudgetPart = 16;

  // Throws std::runtime_error saying what to do.
  LiveView(const HostPort& where, std::size_t memory_max);

  LiveWatcher& watcher() { return state_; }
  std::string address() const { return server_.address(); }
  // Not empty: others can reach it, and what that means.
  std::string warning() const;
  // The analysis is complete; browsers are told.
  void ended() { state_.end(); }

 private:
  LiveState state_;
  WebServer server_;
};

}  // namespace plaintalk::analyzer::web
