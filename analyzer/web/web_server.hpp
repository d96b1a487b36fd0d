// Serves the live view over HTTP/1.1 (RFC 9112) and WebSocket (RFC 6455), with Boost.Beast, in a thread of
// its own. Every browser gets what is new since it was written to last, one piece at a time: while it does
// not take that, nothing is put aside for it.
//
// Whoever can reach the port may open some connections (web_limits.hpp), of which those that have not shown
// the secret make way for others.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "analyzer/web/live_state.hpp"
#include "analyzer/web/request_rules.hpp"
#include "analyzer/web/web_limits.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer::web {

class WebServer {
 public:
  static constexpr std::chrono::milliseconds kInterval{33};        // between two looks for what is new
  static constexpr std::chrono::milliseconds kTableInterval{500};  // the same, for tables

  // Listens on every address of that host. Throws std::runtime_error saying what to do.
  WebServer(const HostPort& where, LiveState& state);
  ~WebServer();  // tells browsers what is left, and closes
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  const Place& place() const;
  // "http://127.0.0.1:7788/SECRET/"
  std::string address() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
  std::thread thread_;
};

}  // namespace plaintalk::analyzer::web
