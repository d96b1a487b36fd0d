#include "tests/generated/judge.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "analyzer/stream/connection_tracker.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "analyzer/wire/packet_decoder.hpp"
#include "capture/file/capture_reader.hpp"

namespace plaintalk::generated {
namespace {

using analyzer::Direction;

class Collector : public analyzer::TalkSink {
 public:
  void connection(const analyzer::ConnectionResult& row) override { connections.push_back(*row.connection); }
  void tcp_event(const analyzer::TcpEvent& row) override { ++rules[row.rule]; }
  void pdu(const analyzer::PduResult& row) override {
    auto& side = units[{static_cast<std::uint64_t>(row.connection), row.direction}];
    if (row.status != "ok" || row.hole_bytes > 0) {
      ++broken_units;
    } else {
      side.push_back({row.stream_offset, row.length, std::string(row.verb)});
    }
  }
  void message(const analyzer::MessageResult& row) override {
    if (row.hole_bytes == 0 && row.origin == "live") messages.push_back({row.sender, row.text});
    all_delivered = all_delivered && row.balance.holds();
  }
  void credential(const analyzer::CredentialResult&) override {}
  void user(const analyzer::UserResult&) override {}
  void file(const analyzer::FileResult&) override {}
  void transfer(const analyzer::TransferResult&) override {}
  void room(const analyzer::RoomResult&) override {}
  void timeline(const analyzer::TimelineResult&) override {}
  void finding(const analyzer::Finding& row) override { findings.insert(std::string(row.kind)); }

  std::vector<analyzer::ConnectionRecord> connections;
  std::map<std::pair<std::uint64_t, Direction>, std::vector<UnitTruth>> units;
  std::vector<MessageTruth> messages;
  std::map<unsigned, std::uint64_t> rules;
  std::set<std::string> findings;
  std::uint64_t broken_units = 0;
  bool all_delivered = true;
};

class NoContents : public analyzer::ContentStore {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

void analyse(const std::string& file, Collector& collector) {
  NoContents contents;
  analyzer::TalkAnalyzer talk({}, collector, contents);
  analyzer::ConnectionTracker tracker({.history_bytes = std::size_t{1} << 18}, talk);
  analyzer::PacketDecoder decoder;
  auto reader = capture::CaptureReader::from_memory(as_bytes(file), "generated");
  for (;;) {
    const auto record = reader.next();
    if (!record || !*record) break;
    talk.packet((*record)->time, (*record)->original_size);
    if (const auto segment = decoder.decode(**record)) tracker.segment(*segment);
  }
  tracker.finish();
  talk.finish();
}

class Comparison {
 public:
  Comparison(const Plan& plan, const Generated& truth, const Collector& found)
      : plan_(plan), truth_(truth), found_(found) {}

  std::vector<std::string> run() {
    is_equal("connections", truth_.connections.size(), found_.connections.size());
    if (!differences_.empty()) return differences_;
    for (std::size_t index = 0; index < truth_.connections.size(); ++index) connection(index);
    talk();
    return differences_;
  }

 private:
  template <typename Value>
  void is_equal(const std::string& what, const Value& expected, const Value& found) {
    if (expected == found) return;
    if constexpr (requires { std::to_string(expected); }) {
      differences_.push_back(what + ": " + std::to_string(expected) + " in truth, " + std::to_string(found) +
                             " said");
    } else {
      differences_.push_back(what + " differs");
    }
  }
  void holds(const std::string& what, bool condition) {
    if (!condition) differences_.push_back(what);
  }

  void connection(std::size_t index) {
    const ConnectionTruth& truth = truth_.connections[index];
    const analyzer::ConnectionRecord& found = found_.connections[index];
    const std::string name = "connection " + std::to_string(index + 1);
    std::uint64_t repeats = truth.captured_copies;
    std::uint64_t found_repeats = found.duplicate_capture_packets;
    std::uint64_t network_copies = 0;
    for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
      const SideTruth& side = truth.sides[static_cast<std::size_t>(direction)];
      const analyzer::EndpointRecord& said = found.side(direction);
      const std::uint64_t copies = side.network_copies * (plan_.copies == Copies::none ? 1 : 2);
      repeats += side.retransmitted_packets + side.exchanged_packets + side.network_copies;
      found_repeats += said.retransmitted_packets + said.out_of_order_packets + said.ambiguous_packets +
                       said.doubled_packets;
      network_copies += copies;
      one_side(name + (direction == Direction::client_to_server ? ", client: " : ", server: "), side, said);
    }
    // Without IP-ID and time stamp a bare acknowledgement that comes twice may have been sent twice.
    const std::uint64_t undecidable = plan_.is_ipv6 && plan_.copies == Copies::same_place
                                          ? found.client.traffic.pure_acks + found.server.traffic.pure_acks
                                          : 0;
    if (undecidable > 0) {
      holds(name + ": too few copies", found_repeats + undecidable >= repeats);
      holds(name + ": too many copies", found_repeats <= repeats);
      return ending(name, truth, found);
    }
    is_equal(name + ": copies and repeats together", repeats, found_repeats);
    if (network_copies == 0 && !truth_.has_clock_steps)
      is_equal(name + ": duplicate captures", truth.captured_copies, found.duplicate_capture_packets);
    told_copies(name, truth, found);
    ending(name, truth, found);
  }

  // Copies that the network made are known as such where the receiver tells of them.
  void told_copies(const std::string& name, const ConnectionTruth& truth,
                   const analyzer::ConnectionRecord& found) {
    for (const Direction direction : {Direction::client_to_server, Direction::server_to_client}) {
      const SideTruth& side = truth.sides[static_cast<std::size_t>(direction)];
      const std::uint64_t said = found.side(direction).doubled_packets;
      holds(name + ": more packets doubled by the network than were", said <= side.network_copies);
      if (plan_.copies == Copies::none && !plan_.is_ipv6 && !truth_.has_clock_steps && plan_.snap_length == 0)
        is_equal(name + ": packets that the network doubled", side.told_copies, said);
    }
  }

  void ending(const std::string& name, const ConnectionTruth& truth,
              const analyzer::ConnectionRecord& found) {
    is_equal(name + ": who ended it", static_cast<int>(truth.first_to_end),
             static_cast<int>(found.first_to_end));
    is_equal(name + ": how it ended", static_cast<int>(truth.first_ending),
             static_cast<int>(found.first_ending));
    holds(name + ": a handshake that was captured is not known",
          !(truth.sides[0].first_sequence && truth.sides[1].first_sequence) ||
              found.handshake_rtt.has_value() ||
              ((plan_.repeats_syn || plan_.repeats_syn_ack) && !plan_.has_stamps));
  }

  void one_side(const std::string& name, const SideTruth& truth, const analyzer::EndpointRecord& said) {
    is_equal(name + "bytes", truth.bytes, said.bytes);
    // Without a handshake a stream begins where it is first seen.
    if (is_known_from_start()) {
      is_equal(name + "gap bytes", truth.gap_bytes, said.gap_bytes);
    } else {
      holds(name + "more gap bytes than are missing", said.gap_bytes <= truth.gap_bytes);
    }
    holds(name + "first sequence number",
          !truth.first_sequence || said.traffic.first_sequence == truth.first_sequence);
    // The copy of one may be one, where nothing tells copies of bare acknowledgements.
    const std::uint64_t most = plan_.is_ipv6 && plan_.copies == Copies::same_place ? 2 : 1;
    holds(name + "too many keep-alives", said.keep_alives <= most * truth.keep_alives);
    if (truth.network_copies > 0 || truth_.has_clock_steps) return;
    is_equal(name + "retransmitted packets", truth.retransmitted_packets, said.retransmitted_packets);
    is_equal(name + "retransmitted bytes", truth.retransmitted_bytes, said.retransmitted_bytes);
    is_equal(name + "out-of-order packets", truth.exchanged_packets, said.out_of_order_packets);
    is_equal(name + "ambiguous packets", std::uint64_t{0}, said.ambiguous_packets);
  }

  void talk() {
    if (!truth_.is_complete) {
      // What is said must have been said.
      std::vector<MessageTruth> expected = truth_.messages;
      for (const MessageTruth& message : found_.messages) {
        // Who wrote it need not be known any more.
        const auto known = std::ranges::find_if(expected, [&](const MessageTruth& one) {
          return one.text == message.text && (message.sender.empty() || one.sender == message.sender);
        });
        holds("a message that nobody wrote: " + message.sender + " " + message.text.substr(0, 20),
              known != expected.end());
        if (known != expected.end()) expected.erase(known);
      }
    } else {
      is_equal("messages", truth_.messages.size(), found_.messages.size());
      is_equal("the messages", truth_.messages, found_.messages);
      is_equal("broken units", std::uint64_t{0}, found_.broken_units);
      holds("a delivery is called missing", found_.all_delivered);
      for (const char* const kind : {"altered-text", "sender-mismatch", "missing-delivery"})
        holds(std::string("finding ") + kind, !found_.findings.contains(kind));
    }
    for (std::size_t index = 0; index < truth_.connections.size(); ++index)
      for (const Direction direction : {Direction::client_to_server, Direction::server_to_client})
        units(index, direction);
    std::uint64_t contradictions = 0;
    std::uint64_t repeated_flags = 0;
    for (const ConnectionTruth& connection : truth_.connections) {
      contradictions += connection.contradictions;
      repeated_flags += connection.repeated_flags;
    }
    // Cut by the capture, or forgotten, what differs may not be seen.
    if (plan_.snap_length == 0) {
      is_equal("contradictions", contradictions, count_of(20));
      is_equal("the finding conflicting-bytes", contradictions > 0,
               found_.findings.contains("conflicting-bytes"));
    }
    if (!truth_.has_clock_steps) is_equal("repeated SYNs and FINs", repeated_flags, count_of(2));
  }

  std::uint64_t count_of(unsigned rule) const {
    const auto found = found_.rules.find(rule);
    return found == found_.rules.end() ? 0 : found->second;
  }

  void units(std::size_t index, Direction direction) {
    const std::vector<UnitTruth>& expected =
        truth_.connections[index].sides[static_cast<std::size_t>(direction)].units;
    const auto place = found_.units.find({index + 1, direction});
    const std::vector<UnitTruth> none;
    const std::vector<UnitTruth>& said = place == found_.units.end() ? none : place->second;
    const std::string name = "units of connection " + std::to_string(index + 1) +
                             (direction == Direction::client_to_server ? ", client" : ", server");
    if (truth_.is_complete) {
      is_equal(name, expected, said);
    } else if (is_known_from_start()) {
      holds(name + " that were never sent", std::ranges::includes(expected, said));
    }
  }

  bool is_known_from_start() const { return !plan_.misses_syn || !plan_.misses_syn_ack; }

  const Plan& plan_;
  const Generated& truth_;
  const Collector& found_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> judge(const Plan& plan, const Generated& generated) {
  Collector collector;
  analyse(generated.file, collector);
  return Comparison(plan, generated, collector).run();
}

std::vector<std::string> judge(const Plan& plan) { return judge(plan, make_capture(plan)); }

}  // namespace plaintalk::generated
