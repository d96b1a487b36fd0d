#include "analyzer/select/filter_field.hpp"

#include <array>

namespace plaintalk::analyzer {
namespace {

constexpr std::array<FilterField, 21> kFields{{
    {"user", FilterField::Kind::text, "account that is logged in on the connection", "c.user"},
    {"room", FilterField::Kind::text, "#room, or @alice,bob, that a frame is about", "u.room"},
    {"sender", FilterField::Kind::text, "account that a message is from", "m.sender"},
    {"text", FilterField::Kind::text, "what a message says, or the name of a file", "m.text"},
    {"verb", FilterField::Kind::text, "SAY, MSG, LOGIN, ...", "u.verb"},
    {"status", FilterField::Kind::text, "ok, or what is wrong with a frame", "u.status"},
    {"direction", FilterField::Kind::text, "client or server: who sent it", "p.direction"},
    {"connection", FilterField::Kind::number, "number of the connection", "p.connection"},
    {"stream", FilterField::Kind::number, "Wireshark's number of it", "c.tcp_stream"},
    {"protocol", FilterField::Kind::text, "plaintalk, http, tls, ...", "c.protocol"},
    {"address", FilterField::Kind::text, "IP address of either side", "c.client_address", "c.server_address"},
    {"client", FilterField::Kind::text, "IP address of the client", "c.client_address"},
    {"server", FilterField::Kind::text, "IP address of the server", "c.server_address"},
    {"port", FilterField::Kind::number, "TCP port of either side", "c.client_port", "c.server_port"},
    {"packet", FilterField::Kind::number, "number of the packet", "p.packet"},
    {"t", FilterField::Kind::number, "seconds since the first packet", "p.t_s"},
    {"bytes", FilterField::Kind::number, "its size on the wire", "p.frame_bytes"},
    {"payload", FilterField::Kind::number, "bytes behind the TCP header", "p.payload_bytes"},
    {"flags", FilterField::Kind::list, "SYN, ACK, FIN, ...", "replace(p.flags, ' ', ',')"},
    {"verdict", FilterField::Kind::list, "retransmission, out-of-order, ...: verdicts of tcp_events",
     "p.verdicts"},
    {"finding", FilterField::Kind::list, "kind of a finding that names the packet", "f.kinds"},
}};

// The message that a frame carries, in or out. A server that was started again counts its rooms from 1 once
// more: of several messages with a number, a frame is the last that had been said. So is one on a page of
// history, which names old ones in the same way.
std::string of_message(const std::string& column) {
  // SQLite's ORDER BY cannot name what is outside of its query.
  return "CASE u.direction WHEN 'server' THEN (SELECT value FROM (SELECT m." + column +
         " AS value, coalesce(m.time_in_ns <= u.time_ns, 1) AS was_said, m.time_in_ns AS said FROM messages "
         "m "
         "WHERE u.seq IS NOT NULL AND m.room = u.room AND m.seq = u.seq "
         "AND (m.server = u.server OR m.server LIKE u.server || '/%') "
         "ORDER BY was_said DESC, said DESC LIMIT 1)) "
         "ELSE (SELECT m." +
         column +
         " FROM temp.commands m WHERE m.connection = u.connection AND m.packet = u.last_packet LIMIT 1) END";
}

}  // namespace

std::span<const FilterField> filter_fields() { return kFields; }

const FilterField* find_filter_field(std::string_view name) {
  for (const FilterField& field : kFields)
    if (field.name == name) return &field;
  return nullptr;
}

std::string filter_column_sql(std::string_view column) {
  return column.starts_with("m.") ? of_message(std::string(column.substr(2))) : std::string(column);
}

}  // namespace plaintalk::analyzer
