// The packets of a golden capture in the order in which the tap sees them, and the files they are saved as.
// Scenarios put packets on the tape and may then do to them what networks and captures do: lose, repeat,
// exchange, cut.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "tests/capture/file_builder.hpp"

namespace plaintalk::golden {

struct Recorded {
  WallTime time;
  std::string packet;  // from the IP header on
};

class Tape {
 public:
  WallTime now() const { return now_; }
  void wait(std::chrono::microseconds span) { now_ += span; }
  // Takes the packet now; the clock then goes on by 40 us.
  void add(std::string packet);

  std::size_t size() const { return packets_.size(); }
  std::vector<Recorded>& packets() { return packets_; }
  const std::vector<Recorded>& packets() const { return packets_; }
  // The capture has missed it; the network has not.
  void miss(std::size_t index);
  // The two arrive in the other order; the times stay where they are.
  void exchange(std::size_t first, std::size_t second);

 private:
  WallTime now_{std::chrono::seconds(1'789'201'500)};  // 2026-09-12 08:25:00 UTC
  std::vector<Recorded> packets_;
};

enum class Link : std::uint8_t { ethernet, vlan, raw, sll2 };
std::uint32_t link_type(Link link);
// The IP packet behind the link type's header, padded as that link pads.
std::string framed(Link link, std::string_view packet);

struct PcapForm {
  Link link = Link::ethernet;
  capture::Order order = capture::Order::little;
  bool nanoseconds = false;
  std::uint32_t snap_length = 262144;
};
std::string as_pcap(const Tape& tape, const PcapForm& form);

struct Track {
  const Tape* tape = nullptr;
  Link link = Link::ethernet;
  std::string_view interface_name;
};
// One interface a tape, their packets merged by time.
std::string as_pcapng(std::span<const Track> tracks, std::string_view comment);

}  // namespace plaintalk::golden
