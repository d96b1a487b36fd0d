// Puts IP fragments back together (RFC 791, section 3.2; RFC 8200, section 4.5; RFC 5722 for overlaps).
//
// Bounded three ways: datagrams waiting, bytes held, and capture time. At a bound the oldest datagram is
// given up and counted. Which bytes count where fragments overlap is a matter of policy
// (fragment_overlap.hpp); a contradiction is counted, for it is how an evasion looks.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/wire/fragment_overlap.hpp"
#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace plaintalk::analyzer {

struct DatagramKey {
  IpAddress source;
  IpAddress target;
  std::uint32_t identification = 0;
  std::uint32_t network = 0;  // as TcpSegment::network()
  std::uint8_t protocol = 0;  // IPv4 only: part of the key there
  auto operator<=>(const DatagramKey&) const = default;
};

struct FragmentPiece {
  std::size_t offset = 0;
  bool more = false;
  std::uint8_t next_header = 0;  // of the first fragment counts (RFC 8200)
  Bytes bytes;                   // captured
  std::size_t wire_size = 0;
  std::uint64_t packet = 0;        // that brought it
  std::uint64_t packet_count = 1;  // more when it came inside of fragments itself
};

// Two fragments say different things about the same place, or overlap where the receiver then drops all.
struct FragmentConflicts {
  std::uint64_t count = 0;
  std::uint64_t lost_count = 0;    // datagrams that the receiver dropped because of it
  std::uint64_t first_packet = 0;  // the later one of the first two
};

class Defragmenter {
 public:
  struct Limits {
    std::size_t datagram_count_max = 1024;
    std::size_t bytes_max = 16 << 20;
    Nanoseconds age_max = std::chrono::seconds(60);
    OverlapPolicy overlap = OverlapPolicy::linux_kernel;
  };
  struct Datagram {
    Bytes bytes;                // up to the first byte that was not captured
    std::size_t wire_size = 0;  // of the whole payload
    std::uint8_t next_header = 0;
    std::uint64_t packet_count = 0;  // that it came in
  };
  enum class Verdict : std::uint8_t {
    waiting,
    complete,
    bad,   // cannot be part of any datagram
    lost,  // the receiver drops the whole datagram because of it
  };

  Defragmenter() : Defragmenter(Limits{}) {}
  explicit Defragmenter(Limits limits) : limits_(limits) {}

  // `complete` leaves the datagram in datagram(), valid until the next call.
  Verdict add(const DatagramKey& key, const FragmentPiece& piece, WallTime now);
  const Datagram& datagram() const { return datagram_; }
  // Is there a fragment of it that waits for the others?
  bool is_waiting(const DatagramKey& key) const { return table_.contains(key); }

  std::uint64_t given_up_count() const { return given_up_count_; }
  const FragmentConflicts& conflicts() const { return conflicts_; }

 private:
  struct Waiting {
    WallTime first_seen;
    std::uint64_t order = 0;
    std::vector<std::uint8_t> bytes;
    FragmentRanges ranges;
    std::optional<std::size_t> total_size;  // known once the last fragment came
    std::size_t cut_at = SIZE_MAX;          // the first byte the capture cut off
    std::uint8_t next_header = 0;
    std::uint64_t packet_count = 0;
  };
  using Table = std::map<DatagramKey, Waiting>;

  void note_conflict(std::uint64_t packet);
  static bool contradicts_size(const Waiting& waiting, const FragmentPiece& piece);
  bool store(Waiting& waiting, const FragmentPiece& piece);
  void make_room(std::size_t size, WallTime now);
  void drop_finished_entries();
  Verdict lose(Table::iterator entry);
  void forget(Table::iterator entry);

  Limits limits_;
  Table table_;
  std::deque<std::pair<std::uint64_t, DatagramKey>> by_age_;
  std::uint64_t next_order_ = 0;
  std::size_t held_bytes_ = 0;
  std::uint64_t given_up_count_ = 0;
  FragmentConflicts conflicts_;
  Waiting finished_;
  Datagram datagram_;
};

}  // namespace plaintalk::analyzer
