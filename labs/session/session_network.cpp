#include "labs/session/session_network.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include "labs/session/private_network.hpp"

namespace plaintalk::session {
namespace {

constexpr Milliseconds kStopLimit{10'000};

}  // namespace

std::expected<std::string, std::string> SessionNetwork::enter() {
  const auto entered = enter_private_network();
  if (!entered) return std::unexpected(entered.error());
  is_private_ = true;
  const std::string kind = *entered == PrivateNetwork::network_namespace
                               ? "a network of our own"
                               : "a network of our own, without root";
  auto wire = lay_wire(options_);
  if (!wire) {
    wire_refused_ = "a wire: " + wire.error();
    return "the loopback of " + kind;
  }
  wire_ = *std::move(wire);
  return "a wire of " + kind + " (MTU 1500)";
}

void SessionNetwork::choose(Supervisor& supervisor, std::optional<CaptureMode> wanted,
                            const std::function<ChildProcess&()>& start_capture) {
  const CaptureAttempts attempts{.enter_private_network = [this] { return enter(); },
                                 .capture_briefly = [&]() -> std::expected<void, std::string> {
                                   try {
                                     supervisor.stop(start_capture(), SIGINT, kStopLimit);
                                     return {};
                                   } catch (const Interrupted&) {
                                     throw;
                                   } catch (const std::runtime_error& error) {
                                     return std::unexpected(cause_of_capture_failure(error.what()));
                                   }
                                 }};
  auto choice = choose_capture_mode(wanted, attempts);
  if (!choice) throw std::runtime_error(choice.error());
  choice_ = *std::move(choice);
  if (choice_.mode == CaptureMode::private_namespace && !wire_refused_.empty()) {
    choice_.refused.push_back(wire_refused_);
  }
}

std::string SessionNetwork::server_address() const {
  return std::string(wire_ ? kWireServerAddress : std::string_view("127.0.0.1"));
}

std::string SessionNetwork::address_of(const std::string& wire_address) const {
  return wire_ ? wire_address : loopback_address_of(wire_address);
}

std::string loopback_address_of(const std::string& wire_address) {
  return "127.0.0" + wire_address.substr(wire_address.rfind('.'));
}

std::string cause_of_capture_failure(std::string text) {
  constexpr std::string_view kSpeaker = "plaintalk-capture: ";
  const std::size_t at = text.find(kSpeaker);
  return at == std::string::npos ? text : text.substr(at + kSpeaker.size());
}

std::string address_in_ready_line(const std::string& line) {
  constexpr std::string_view kBefore = "listening on ";
  const std::size_t at = line.find(kBefore);
  if (at == std::string::npos) throw std::runtime_error("the server's ready line names no address: " + line);
  const std::string rest = line.substr(at + kBefore.size());
  return rest.substr(0, rest.find_first_of(" ,\r"));
}

}  // namespace plaintalk::session
