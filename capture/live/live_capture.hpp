// Packets from a network interface, through libpcap: the only place that uses it.
//
// Opened by pcap_create, settings, pcap_activate. Never blocks: the owner waits on descriptor() together with
// whatever else it waits for (signals, a deadline, the reader of its output) and then calls poll().
//
// On the loopback interface the kernel hands over each packet twice, leaving and arriving. libpcap drops the
// leaving copy, so each packet is seen once, but `received_count` counts both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/packet_record.hpp"
#include "capture/file/pcapng_writer.hpp"

namespace plaintalk::capture {

struct LiveOptions {
  std::string interface;
  std::uint32_t snap_length = 262144;
  std::size_t buffer_size = std::size_t{16}
                            << 20;  // of the kernel's ring; halved as often as memory demands it
  bool is_promiscuous = false;
  // Empty: port_filter(port), with or without VLAN as the link type allows.
  std::string filter;
  std::uint16_t port = 7777;
};

// Why an interface could not be opened, and what to do about it.
class OpenError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class LiveCapture {
 public:
  // Throws OpenError.
  static LiveCapture open(const LiveOptions& options);

  LiveCapture(LiveCapture&&) noexcept;
  ~LiveCapture();

  LinkType link_type() const;
  std::string link_type_name() const;
  const std::string& filter() const;
  std::uint32_t snap_length() const;
  // What a person should know although the capture works: a smaller buffer, coarser time stamps, a warning of
  // libpcap's.
  const std::vector<std::string>& notes() const;

  // Readable when packets wait.
  int descriptor() const;

  using PacketSink = std::function<void(WallTime, Bytes, std::uint32_t original_size)>;
  struct Polled {
    std::size_t packet_count = 0;
    std::string failure;  // not empty: the interface is gone or capturing has failed; there will be no more
  };
  // Hands over the packets that wait, but at most `count_max`.
  Polled poll(std::size_t count_max, const PacketSink& sink);

  InterfaceStatistics statistics();
  // False while the interface is switched off: libpcap says nothing then, and simply no packets come.
  bool is_interface_up() const;

 private:
  struct State;
  explicit LiveCapture(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct InterfaceSummary {
  std::string name;
  std::string description;
  std::vector<std::string> addresses;
  bool is_up = false;
  bool is_loopback = false;
};
// The network interfaces of this machine, in libpcap's order (likely ones first).
std::vector<InterfaceSummary> list_interfaces();

}  // namespace plaintalk::capture
