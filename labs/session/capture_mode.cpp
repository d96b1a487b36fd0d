#include "labs/session/capture_mode.hpp"

namespace plaintalk::session {

std::string_view render(CaptureMode mode) {
  switch (mode) {
    case CaptureMode::private_namespace: return "namespace";
    case CaptureMode::live: return "live";
    case CaptureMode::own_recording: return "record";
  }
  return "?";
}

std::expected<std::optional<CaptureMode>, std::string> parse_capture_mode(std::string_view word) {
  if (word == "auto") return std::optional<CaptureMode>();
  for (const auto mode : {CaptureMode::private_namespace, CaptureMode::live, CaptureMode::own_recording}) {
    if (word == render(mode)) return std::optional(mode);
  }
  return std::unexpected('\'' + std::string(word) +
                         "' is not a way to capture: use auto, namespace, live or record");
}

std::expected<CaptureChoice, std::string> choose_capture_mode(std::optional<CaptureMode> wanted,
                                                              const CaptureAttempts& attempts) {
  CaptureChoice choice;
  bool in_private_network = false;
  if (!wanted || wanted == CaptureMode::private_namespace) {
    const auto entered = attempts.enter_private_network();
    const auto captured = entered ? attempts.capture_briefly()
                                  : std::expected<void, std::string>(std::unexpected(entered.error()));
    if (captured) {
      choice.mode = CaptureMode::private_namespace;
      choice.explanation = "real packets, from " + *entered;
      return choice;
    }
    if (wanted) return std::unexpected("no capture in a private network here: " + captured.error());
    choice.refused.push_back("private network: " + captured.error());
    in_private_network = entered.has_value();
  }
  // Inside a private network the loopback was tried already, and there is no way out of it.
  if (!in_private_network && wanted != CaptureMode::own_recording) {
    const auto captured = attempts.capture_briefly();
    if (captured) {
      choice.mode = CaptureMode::live;
      choice.explanation = "real packets, captured on this machine's loopback with the rights it gives";
      return choice;
    }
    if (wanted) return std::unexpected("no live capture here: " + captured.error());
    choice.refused.push_back("live capture: " + captured.error());
  }
  choice.mode = CaptureMode::own_recording;
  choice.explanation = "no packets: the server's own record of its bytes, with made-up headers";
  return choice;
}

}  // namespace plaintalk::session
