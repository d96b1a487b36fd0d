// What captures do to a conversation that itself went well: miss packets, show them twice, begin late, cut
// them short; and the link types and files they come in.
#include <array>

#include "tests/golden/goldens.hpp"
#include "tests/golden/lab.hpp"

namespace plaintalk::golden {
namespace {

// No packet that is still to come can belong to what was before.
constexpr std::chrono::seconds kLongEnough{5};
constexpr unsigned kPacketsPerWrite = 2;  // the segment and its acknowledgement

Endpoint at(std::string_view address, unsigned port) {
  return {*parse_address(address), static_cast<std::uint16_t>(port)};
}

// alice and bob talk; the scenarios differ in what the capture makes of it.
void small_talk(AliceAndBob&& pair) {
  pair.lab.say(pair.alice, "#lab", "hello bob");
  pair.lab.say(pair.bob, "#lab", "hello alice");
  pair.quit();
}

}  // namespace

// Two segments are missing from the capture, yet acknowledged: bob's copy of the second message, and the
// command of the third.
std::string capture_loss() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  lab.say(alice, "#lab", "seen everywhere");
  lab.say(alice, "#lab", "the copy for bob is missing from the capture");
  tape.miss(tape.size() - kPacketsPerWrite);
  tape.wait(kLongEnough);
  const std::size_t command_at = tape.size();
  lab.say(alice, "#lab", "the command is missing from the capture");
  tape.miss(command_at);
  tape.wait(kLongEnough);
  lab.say(bob, "#lab", "seen everywhere again");
  tape.wait(kLongEnough);
  pair.quit();
  return as_pcap(tape, {});
}

std::string duplicate_capture() {
  Tape tape;
  small_talk(AliceAndBob(tape));
  Tape doubled;
  for (const Recorded& recorded : tape.packets()) {
    doubled.packets().push_back(recorded);
    doubled.packets().push_back({recorded.time + std::chrono::microseconds(3), recorded.packet});
  }
  return as_pcap(doubled, {});
}

// The capture begins in the middle of a long message of alice's, long after her login.
std::string midstream() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  const std::size_t long_message_at = tape.size();
  lab.say(alice, "#lab", std::string(4000, 'm') + "issed its start");
  tape.wait(kLongEnough);
  lab.say(bob, "#lab", "the first whole message");
  lab.say(alice, "#lab", "and another");
  tape.wait(kLongEnough);
  pair.quit();
  Tape late;
  const auto first = tape.packets().begin() + static_cast<std::ptrdiff_t>(long_message_at + kPacketsPerWrite);
  late.packets().assign(first, tape.packets().end());
  return as_pcap(late, {});
}

// 60 bytes of each packet's content are kept; short frames survive, long ones are cut.
std::string snap_length() {
  Tape tape;
  AliceAndBob pair(tape);
  auto& [lab, alice, bob] = pair;
  lab.say(alice, "#lab", "short");
  lab.say(bob, "#lab",
          "this message is too long for the snap length of the capture, so its end was never kept");
  lab.say(alice, "#lab", "ok");
  pair.quit();
  return as_pcap(tape, {.snap_length = 54 + 60});
}

std::string vlan_ipv6() {
  Tape tape;
  small_talk({tape, at("2001:db8::9", 7777), at("2001:db8::11", 40001), at("2001:db8::12", 40002)});
  return as_pcap(tape, {.link = Link::vlan, .nanoseconds = true});
}

std::string sll2() {
  Tape tape;
  small_talk({tape, at("127.0.0.1", 7777), at("127.0.0.2", 40001), at("127.0.0.3", 40002)});
  return as_pcap(tape, {.link = Link::sll2, .order = capture::Order::big, .nanoseconds = true});
}

// alice comes in over Ethernet, bob through a tunnel: one file with two link types, which libpcap cannot
// read.
std::string two_interfaces() {
  Tape tape;
  const Endpoint bob_at = client_endpoint(2);
  small_talk(AliceAndBob(tape));
  Tape ethernet;
  Tape tunnel;
  const std::string_view bob_bytes = as_text(bob_at.address.bytes());
  for (const Recorded& recorded : tape.packets()) {
    const std::string_view addresses = std::string_view(recorded.packet).substr(12, 8);
    const bool is_bob = addresses.starts_with(bob_bytes) || addresses.ends_with(bob_bytes);
    (is_bob ? tunnel : ethernet).packets().push_back(recorded);
  }
  const std::array<Track, 2> tracks{{{&ethernet, Link::ethernet, "eth0"}, {&tunnel, Link::raw, "tun0"}}};
  return as_pcapng(tracks, "alice over eth0, bob over tun0");
}

}  // namespace plaintalk::golden
