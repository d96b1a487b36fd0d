// Who exchanged packets with whom over which protocol and port, whatever it was: the table `traffic`, and the
// sentence about what a capture holds. Of TCP it gets whole connections, so that it costs nothing for a
// segment; of everything else each packet.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "analyzer/tables/capture_contents.hpp"
#include "analyzer/tables/table.hpp"
#include "analyzer/talk/results.hpp"
#include "base/endpoint.hpp"
#include "base/packet_record.hpp"

namespace plaintalk::analyzer {

class Traffic {
 public:
  // Pairs of addresses. Beyond it a pair is counted under its protocol and port alone, and with as many of
  // those under its protocol.
  static constexpr std::size_t kRowCountMax = 10'000;

  void add(const ConnectionResult& connection);
  // A packet that held no TCP segment that could be read.
  void add(const PacketRecord& record);

  void write(RowSink& sink) const;
  // Fills the parts that are known here.
  void describe(CaptureContents& contents) const;

 private:
  struct Key {
    std::string protocol;
    IpAddress client;
    IpAddress server;
    std::uint16_t port = 0;  // 0: none
    bool has_addresses = false;
    auto operator<=>(const Key&) const = default;
  };
  struct Counts {
    std::uint64_t connections = 0;
    std::uint64_t client_packets = 0;
    std::uint64_t server_packets = 0;
    std::uint64_t client_bytes = 0;  // of payload
    std::uint64_t server_bytes = 0;
    std::set<std::string_view> applications;  // of TCP
  };
  Counts& at(Key key);

  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  // In the order in which they are written.
  std::map<Key, const Counts*> sorted() const;

  std::unordered_map<Key, Counts, KeyHash> rows_;
  std::uint64_t connections_ = 0;
  std::uint64_t messenger_connections_ = 0;
  std::uint64_t begun_before_ = 0;
  std::uint64_t without_data_ = 0;
  std::uint64_t truncated_bytes_ = 0;
};

}  // namespace plaintalk::analyzer
