#include "analyzer/tables/capture_contents.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kShareCountMax = 6;
constexpr std::size_t kAddressCountMax = 4;

std::string name_of(const CaptureContents::Share& share) {
  std::string text = terminal_safe(share.protocol);
  if (share.port) text += fmt::format(" port {}", *share.port);
  if (!share.application.empty()) text += fmt::format(" ({})", terminal_safe(share.application));
  return text;
}

bool has_protocol(const CaptureContents& contents, std::string_view protocol) {
  return std::any_of(contents.shares.begin(), contents.shares.end(),
                     [&](const CaptureContents::Share& share) { return share.protocol == protocol; });
}

// The one with most packets among those that could be a messenger that was not recognised.
const CaptureContents::Share* likely_messenger(const CaptureContents& contents) {
  for (const CaptureContents::Share& share : contents.shares)
    if (share.protocol == "tcp" && share.port && (share.application == "other" || share.application.empty()))
      return &share;
  return nullptr;
}

const CaptureContents::Share* on_messenger_port(const CaptureContents& contents) {
  for (const CaptureContents::Share& share : contents.shares)
    if (share.protocol == "tcp" && share.port == contents.messenger_port) return &share;
  return nullptr;
}

void when_nothing_came(const CaptureContents& contents, std::vector<std::string>& tries) {
  if (contents.interface.empty()) {
    tries.emplace_back(
        "The file is empty: start the capture first, then the conversation, and end the capture last.");
    tries.emplace_back(
        "If it was running: another interface, or no filter. `plaintalk capture --list` shows the "
        "interfaces, "
        "`-i any` hears all of them, `-i lo` what stays on this machine.");
  } else {
    tries.push_back(
        "Nothing came over " + terminal_safe(contents.interface) +
        " while it was listened to. Did somebody talk, and over this interface? `--live any` hears all "
        "of them, `--live lo` what stays on this machine.");
    tries.push_back(
        fmt::format("Only packets of TCP port {} are captured live: a server on another port needs "
                    "`--port N`.",
                    contents.messenger_port));
  }
}

void when_there_is_no_messenger(const CaptureContents& contents, std::vector<std::string>& tries) {
  if (!has_protocol(contents, "tcp")) {
    tries.emplace_back(
        "There is no TCP in it, and PLAINTALK is carried by TCP: was this the interface (`plaintalk capture "
        "--list`, `-i any`), and was there a filter?");
    return;
  }
  const auto* const there = on_messenger_port(contents);
  if (there != nullptr && there->application.empty()) {
    tries.push_back(
        fmt::format("Connections to port {} were tried, but not a byte was said: was the server running, and "
                    "was it there?",
                    contents.messenger_port));
  } else if (there != nullptr && there->application == "tls") {
    tries.push_back(fmt::format("What is on port {} is encrypted (TLS): nobody on the way can read it.",
                                contents.messenger_port));
  } else if (there != nullptr) {
    tries.push_back(fmt::format(
        "What is on port {} is not PLAINTALK but {}.", contents.messenger_port,
        there->application == "other" ? "a protocol that is not known" : terminal_safe(there->application)));
  } else {
    tries.push_back(
        fmt::format("Nothing was on port {}, where the messenger is looked for.", contents.messenger_port));
  }
  const auto* const likely = likely_messenger(contents);
  const std::string example = likely != nullptr && likely->port != contents.messenger_port
                                  ? fmt::format(", such as `--port {}`", *likely->port)
                                  : std::string();
  tries.push_back(
      "PLAINTALK is known by its greeting on every port. When the capture began after the greeting, say "
      "where "
      "the server was with `--port N`" +
      example + "; better, start the capture before the clients.");
  tries.emplace_back(
      "The conversation may have gone over another interface: `plaintalk capture --list`, `-i any`, or `-i "
      "lo` "
      "when server and clients are on one machine.");
}

}  // namespace

std::string describe(const CaptureContents& contents) {
  if (contents.packets == 0) return "no packet at all";
  std::string text = plural(contents.packets, "packet") + ": ";
  const std::size_t count = std::min(contents.shares.size(), kShareCountMax);
  std::uint64_t rest = 0;
  for (std::size_t index = 0; index < contents.shares.size(); ++index) {
    const auto& share = contents.shares[index];
    if (index >= count) {
      rest += share.packets;
      continue;
    }
    text += (index == 0 ? "" : ", ") + name_of(share) + ' ' + std::to_string(share.packets);
    if (share.connections > 0) text += " in " + plural(share.connections, "connection");
  }
  if (rest > 0) text += ", others " + std::to_string(rest);
  if (contents.addresses.empty()) return text;
  text += "; busiest addresses: ";
  for (std::size_t index = 0; index < std::min(contents.addresses.size(), kAddressCountMax); ++index)
    text += fmt::format("{}{} ({})", index == 0 ? "" : ", ", terminal_safe(contents.addresses[index].address),
                        contents.addresses[index].packets);
  if (contents.address_count > kAddressCountMax)
    text += fmt::format(" and {} more", contents.address_count - kAddressCountMax);
  return text;
}

std::vector<std::string> what_to_try(const CaptureContents& contents) {
  std::vector<std::string> tries;
  if (contents.packets == 0) {
    when_nothing_came(contents, tries);
    return tries;
  }
  if (contents.messenger_connections == 0) when_there_is_no_messenger(contents, tries);
  if (contents.begun_before > 0)
    tries.push_back(fmt::format(
        "{} began before the capture, so that logins were missed: start the capture before the clients.",
        plural(contents.begun_before, "connection")));
  if (contents.truncated_bytes > 0)
    tries.push_back(
        fmt::format("{} were cut off by the snap length: capture whole packets (`--snap-length`).",
                    plural(contents.truncated_bytes, "byte")));
  return tries;
}

}  // namespace plaintalk::analyzer
