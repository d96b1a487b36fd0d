// How the packets of a session are obtained, so that nobody is stuck: the first of these that works.
//
//   private_namespace  real packets in a network of our own; nobody else's traffic is in it
//   live               real packets on this machine's loopback, with the rights this machine already gives
//   own_recording      the server writes its own bytes down, as a capture file that is marked as synthetic
//
// The choice keeps why the earlier ones were refused: a person should know what they look at, and how to get
// better.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::session {

enum class CaptureMode : std::uint8_t { private_namespace, live, own_recording };

// The word for it on a command line: "namespace", "live", "record".
std::string_view render(CaptureMode mode);

// What "auto" or one of the words above asks for: nullopt for auto; an error for anything else.
std::expected<std::optional<CaptureMode>, std::string> parse_capture_mode(std::string_view word);

struct CaptureChoice {
  CaptureMode mode = CaptureMode::own_recording;
  std::string explanation;           // one line: what the packets are
  std::vector<std::string> refused;  // one line for each better mode: "live capture: why not"
};

// How to find out; separate from the rule, so that the rule can be tested on any machine.
struct CaptureAttempts {
  // Enters the private network for good; the text names its kind.
  std::function<std::expected<std::string, std::string>()> enter_private_network;
  // Really starts a capture where the session will be, briefly.
  std::function<std::expected<void, std::string>()> capture_briefly;
};

// With `wanted`, that mode or an error that says why it is not possible here.
std::expected<CaptureChoice, std::string> choose_capture_mode(std::optional<CaptureMode> wanted,
                                                              const CaptureAttempts& attempts);

}  // namespace plaintalk::session
