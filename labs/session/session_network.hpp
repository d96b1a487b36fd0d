// Where the programs of a session meet, and how their packets are obtained: a wire in a private network
// (wire.hpp), else that network's loopback, else this machine's, else the server's own record
// (capture_mode.hpp). Each refusal is kept with its reason.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labs/session/capture_mode.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/session/wire.hpp"

namespace plaintalk::session {

class SessionNetwork {
 public:
  // `people` are written as on the wire, "10.0.0.11"; where there is none they are told apart on the loopback
  // interface by the same last number, "127.0.0.11": see address_of().
  explicit SessionNetwork(WireOptions options) : options_(std::move(options)) {}

  // Chooses, and enters the private network if that is it. `start_capture` starts a capture and returns when
  // it is ready, or throws; it is tried and stopped. Throws std::runtime_error when `wanted` is not possible.
  void choose(Supervisor& supervisor, std::optional<CaptureMode> wanted,
              const std::function<ChildProcess&()>& start_capture);

  const CaptureChoice& choice() const { return choice_; }
  bool has_wire() const { return wire_.has_value(); }
  // In a network that nobody else is in, any port is free.
  bool is_private() const { return is_private_; }
  const std::optional<Wire>& wire() const { return wire_; }

  // The interface to capture on: "eth0" or "lo".
  std::string interface() const { return std::string(wire_ ? kWireInterface : std::string_view("lo")); }
  // Where the server listens, without a port.
  std::string server_address() const;
  // Where this person is: "10.0.0.11" stays that on the wire, and is 127.0.0.11 without one.
  std::string address_of(const std::string& wire_address) const;
  // The descriptor of the server's network namespace, for ChildOptions: the capture is made beside the
  // server.
  int server_network() const { return wire_ ? wire_->server_network.number() : -1; }
  // The descriptor of the namespace between both halves of a wire with a gap; -1 without one.
  int gap_network() const { return wire_ ? wire_->gap_network.number() : -1; }

 private:
  std::expected<std::string, std::string> enter();

  WireOptions options_;
  CaptureChoice choice_;
  std::optional<Wire> wire_;
  std::string wire_refused_;
  bool is_private_ = false;
};

// Where a person is on a loopback interface: "10.0.0.11" -> "127.0.0.11".
std::string loopback_address_of(const std::string& wire_address);

// "the capture has ended (exit status 1): plaintalk-capture: lo: no right" -> "lo: no right".
std::string cause_of_capture_failure(std::string text);

// "...ready: listening on 10.0.0.1:7777, ..." -> "10.0.0.1:7777". Throws std::runtime_error.
std::string address_in_ready_line(const std::string& line);

}  // namespace plaintalk::session
