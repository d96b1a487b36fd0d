// Packets of made-up TCP connections, written as a pcap file: what the benchmarks of the analyzer read. Every
// packet has right checksums and the time stamp option, as real ones do, and the same seed gives the same
// file.
//
// The model is a network with a tap beside the server: a sender's segments, a receiver that acknowledges
// every second one, losses behind or before the tap, and their repeats. No selective acknowledgements, no
// closed windows, no IPv6, no fragments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::bench {

// SplitMix64: the same everywhere, unlike the distributions of <random>.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  double fraction() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  bool chance(double probability) { return fraction() < probability; }

 private:
  std::uint64_t state_;
};

struct Packet {
  std::uint32_t source = 0;  // IPv4 addresses
  std::uint32_t target = 0;
  std::uint16_t source_port = 0;
  std::uint16_t target_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint16_t ip_id = 0;
  std::uint32_t stamp = 0;
  std::uint32_t stamp_echo = 0;
  std::string_view payload;
};

// A pcap file of Ethernet frames with nanoseconds. Throws std::runtime_error when the disk does not take it.
class PcapFile {
 public:
  explicit PcapFile(const std::string& path);
  PcapFile(const PcapFile&) = delete;
  PcapFile& operator=(const PcapFile&) = delete;
  ~PcapFile();

  void add(std::int64_t time_ns, const Packet& packet);
  void close();
  std::uint64_t packet_count() const { return packet_count_; }
  std::uint64_t size() const { return size_; }

 private:
  void flush();

  std::FILE* file_;
  std::string waiting_;
  std::uint64_t packet_count_ = 0;
  std::uint64_t size_ = 0;
};

inline constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10;

struct LossModel {
  double repeated = 0;   // of data segments
  double unseen = 0.3;   // of those: lost before the tap
  double reordered = 0;  // of data segments: they are cut in two that change places
};

// Connections whose packets pass the tap in the order of their times.
class Network {
 public:
  Network(PcapFile& file, std::uint64_t seed, LossModel losses) : file_(file), dice_(seed), losses_(losses) {}

  struct End {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
  };
  // A connection that is open: its handshake has passed the tap. Returns its number.
  std::size_t open(std::int64_t now, End client, End server, std::int64_t rtt_ns);
  // One segment from the client or the server.
  void send(std::int64_t now, std::size_t connection, bool from_client, std::string payload);
  // The end: FIN from both sides, or a reset by the client.
  void close(std::int64_t now, std::size_t connection, bool with_reset);
  // Lets pass everything that is due.
  void run_until(std::int64_t now);
  void finish();

  Dice& dice() { return dice_; }

 private:
  struct Side {
    End end;
    std::uint32_t sequence = 0;  // of the next byte to be scheduled
    std::uint32_t sent = 0;      // of the next byte to be sent
    std::uint32_t received = 0;  // the next byte that is expected
    std::uint16_t ip_id = 0;
    unsigned unacknowledged = 0;                  // segments
    std::map<std::uint32_t, std::uint32_t> held;  // above a hole: begin to end
  };
  struct Connection {
    Side client;
    Side server;
    std::int64_t rtt_ns = 0;
    std::int64_t busy_until = 0;  // nothing of it passes the tap earlier: order is kept unless wanted
  };
  struct Event {
    std::int64_t time = 0;
    std::uint64_t order = 0;
    std::size_t connection = 0;
    bool from_client = false;
    bool is_seen = true;  // by the tap
    bool arrives = true;  // at the receiver
    std::uint8_t flags = 0;
    std::uint32_t sequence = 0;
    std::string payload;
    bool operator<(const Event& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  void schedule(Event event);
  void pass(const Event& event);
  void arrive(Connection& connection, const Event& event);
  void acknowledge(std::int64_t time, std::size_t connection, bool from_client);
  void write(std::int64_t time, const Connection& connection, const Event& event);

  PcapFile& file_;
  Dice dice_;
  LossModel losses_;
  std::vector<Connection> connections_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
};

}  // namespace plaintalk::bench
