// Connections that speak a described protocol: takes their streams apart into units, gives each a row of
// `pdus`, and has them understood. All of them together hold a bounded number of bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/talk/described/description.hpp"
#include "analyzer/talk/described/framer.hpp"
#include "analyzer/talk/described/unit_interpreter.hpp"
#include "analyzer/talk/gap_findings.hpp"
#include "analyzer/talk/packet_map.hpp"

namespace plaintalk::analyzer::described {

class DescribedTalk {
 public:
  static constexpr std::size_t kHeldSizeMax = 64 << 20;
  // Rows of pdus for what no rule explains, of one connection; further ones are counted.
  static constexpr std::uint64_t kStrangeRowCountMax = 1'000;
  static constexpr std::uint64_t kStrangeRowSumMax = 100'000;  // of all connections
  static constexpr std::size_t kPartCountMax = 1'000;          // messages in one segment

  DescribedTalk(std::shared_ptr<const Description> description, SharedTables tables,
                std::uint64_t& pdu_count);

  bool claims(const ConnectionRecord& connection) const;
  void opened(const ConnectionRecord& connection, Moment when);
  void data(const StreamData& data);
  void gap(const StreamGap& gap);
  void acknowledged(const StreamAck& ack);
  void event(const TcpEvent& event);
  // Gives the name of the user that was logged in.
  std::string closed(const ConnectionRecord& connection);
  std::string_view name() const { return description_->name; }

  void advance(WallTime now) { interpreter_.advance(now); }
  void give_way(WallTime now) { interpreter_.give_way(now); }
  void allow_growth(bool is_allowed) { interpreter_.allow_growth(is_allowed); }
  void finish(WallTime now) { interpreter_.finish(now); }

 private:
  struct Half {  // one direction
    Half(const Framing& framing, bool midstream) : framer(framing, midstream), number_known(!midstream) {}
    Framer framer;
    PacketMap packets;
    std::uint64_t number = 0;  // of units
    bool number_known;
    std::size_t accounted = 0;
  };
  struct Line {  // a connection
    Line(const Framing& framing, const ConnectionRecord& connection)
        : id(connection.id), client(framing, connection.midstream), server(framing, connection.midstream) {}
    ConnectionId id;
    Half client;
    Half server;
    GapFindings gaps;
    std::shared_ptr<Session> session;
    std::uint64_t strange = 0;
    std::uint64_t strange_rows = 0;
    std::uint64_t strange_left_out = 0;
    std::uint64_t first_strange = 0;  // packet
    std::uint64_t merged = 0;         // segments with several messages
    std::uint64_t first_merged = 0;
    std::uint64_t pieces = 0;  // segments that go on with a message
    std::uint64_t first_piece = 0;
    Half& half(Direction direction) { return direction == Direction::client_to_server ? client : server; }
  };

  void read(Line& line, Direction direction, Moment moment);
  void unit(Line& line, Direction direction, const Unit& unit, Moment moment);
  // One message.
  void message(Line& line, Direction direction, const Unit& unit, const UnitPlace& place, PduResult row);
  // A segment as a unit: the messages in it.
  void segment(Line& line, Direction direction, const Unit& unit, const UnitPlace& place, PduResult row);
  std::size_t begins_at(const Line& line, std::string_view content, std::size_t from) const;
  // How many bytes of it belong to a message that began earlier.
  std::size_t goes_on(Line& line, Direction direction, const Unit& unit);
  void strange_row(Line& line, const PduResult& row);
  void account(Half& half, Line& line, Moment moment);

  std::shared_ptr<const Description> description_;
  SharedTables tables_;
  std::uint64_t& pdu_count_;
  UnitInterpreter interpreter_;
  std::map<ConnectionId, std::unique_ptr<Line>> lines_;
  std::size_t held_size_ = 0;
  std::uint64_t strange_rows_ = 0;
  bool limit_reported_ = false;
};

}  // namespace plaintalk::analyzer::described
