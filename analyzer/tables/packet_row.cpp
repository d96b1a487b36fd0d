#include "analyzer/tables/packet_row.hpp"

#include <utility>

#include "analyzer/tables/result_rows.hpp"
#include "base/check.hpp"

namespace plaintalk::analyzer {
namespace {

using Number = std::optional<std::uint64_t>;

const Table& described() {
  const Table* const found = find_table("packets");
  check(found != nullptr, "the table exists");
  return *found;
}

Number if_known(std::uint64_t number) { return number == 0 ? std::nullopt : Number(number); }

template <typename Value>
Number number_of(const std::optional<Value>& value) {
  return value ? Number(*value) : std::nullopt;
}

void add_signed(Row& row, const std::optional<std::int64_t>& value) {
  if (value) {
    row.signed_integer(*value);
  } else {
    row.integer(std::nullopt);
  }
}

std::string sack_text(const PacketResult& packet) {
  std::string text;
  for (std::size_t index = 0; index < packet.sack_count; ++index) {
    if (index != 0) text += ' ';
    text += std::to_string(packet.sack[index].begin) + '-' + std::to_string(packet.sack[index].end);
  }
  return text;
}

// SYN and FIN count one each in the sequence space.
std::int64_t next_sequence(const PacketResult& packet) {
  return packet.sequence + std::int64_t{packet.payload_bytes} + (packet.flags.syn ? 1 : 0) +
         (packet.flags.fin ? 1 : 0);
}

}  // namespace

std::string flag_words(const TcpFlags& flags) {
  std::string text;
  for (const auto& [is_set, word] :
       {std::pair(flags.syn, "SYN"), std::pair(flags.fin, "FIN"), std::pair(flags.rst, "RST"),
        std::pair(flags.psh, "PSH"), std::pair(flags.ack, "ACK"), std::pair(flags.urg, "URG"),
        std::pair(flags.ece, "ECE"), std::pair(flags.cwr, "CWR")}) {
    if (!is_set) continue;
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

Row row_of(const PacketResult& packet) {
  static const Table& packets = described();
  const bool is_segment = packet.no_segment.empty();
  // Its place among those of its connection is not known when the connection is not.
  const bool is_placed = is_segment && packet.connection != ConnectionId{};
  const auto if_segment = [&](std::uint64_t value) { return is_segment ? Number(value) : std::nullopt; };
  Row row(packets);
  row.integer(packet.packet).time(packet.time).seconds(packet.since_start);
  row.integer(if_known(static_cast<std::uint64_t>(packet.connection)));
  row.text(is_placed ? sender_of(packet.direction) : "");
  row.integer(std::uint64_t{packet.frame_bytes}).integer(if_segment(packet.ip_bytes));
  row.integer(if_segment(packet.payload_bytes)).text(is_segment ? flag_words(packet.flags) : "");
  row.integer(if_segment(packet.raw_sequence));
  add_signed(row, is_placed ? std::optional(packet.sequence) : std::nullopt);
  row.integer(is_segment && packet.flags.ack ? Number(packet.raw_acknowledgement) : std::nullopt);
  add_signed(row, packet.acknowledgement);
  add_signed(row, is_placed ? std::optional(next_sequence(packet)) : std::nullopt);
  row.integer(if_segment(packet.window));
  row.integer(packet.window_shift ? Number(std::uint64_t{packet.window} << *packet.window_shift)
                                  : std::nullopt);
  row.integer(if_segment(packet.ttl)).integer(number_of(packet.ip_id)).integer(number_of(packet.mss));
  row.integer(number_of(packet.offered_shift));
  row.integer(packet.sack_permitted ? Number(1) : std::nullopt).text(sack_text(packet));
  row.integer(number_of(packet.timestamp_value)).integer(number_of(packet.timestamp_echo));
  row.integer(packet.bytes_in_flight).microseconds(packet.rtt).integer(if_known(packet.acks_packet));
  row.integer(if_known(packet.acked_by_packet)).integer(if_known(packet.first_pdu));
  row.integer(if_known(packet.last_pdu)).text(packet.verdicts);
  row.integer(is_placed ? Number(packet.is_copy ? 1 : 0) : std::nullopt).text(packet.no_segment);
  return row;
}

}  // namespace plaintalk::analyzer
