#include "analyzer/tables/result_rows.hpp"

#include "base/check.hpp"
#include "base/endpoint.hpp"

namespace plaintalk::analyzer {
namespace {

const Table& table(std::string_view name) {
  const Table* found = find_table(name);
  check(found != nullptr, "the table exists");
  return *found;
}

std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

std::optional<std::uint64_t> unless_zero(std::uint64_t number) {
  return number == 0 ? std::nullopt : std::optional(number);
}

std::optional<WallTime> time_of(const Moment& moment) {
  return moment.known() ? std::optional(moment.time) : std::nullopt;
}

}  // namespace

std::string_view sender_of(Direction direction) {
  return direction == Direction::client_to_server ? "client" : "server";
}

Row row_of(const TcpEvent& result) {
  static const Table& tcp_events = table("tcp_events");
  Row row(tcp_events);
  row.time(result.time)
      .integer(result.packet)
      .integer(number_of(result.connection))
      .text(sender_of(result.direction));
  row.text(result.verdict).integer(result.offset).integer(result.length).integer(std::uint64_t{result.rule});
  row.text(result.confidence).text(result.evidence);
  return row;
}

Row row_of(const PduResult& result) {
  static const Table& pdus = table("pdus");
  Row row(pdus);
  row.time(time_of(result.first)).integer(number_of(result.connection)).text(sender_of(result.direction));
  row.integer(unless_zero(result.first.packet))
      .integer(unless_zero(result.last.packet))
      .integer(result.packets);
  row.integer(result.stream_offset).integer(result.length).text(result.verb).text(result.arguments);
  row.integer(result.body_length).time(time_of(result.last)).integer(result.hole_bytes).text(result.status);
  row.integer(result.number);
  return row;
}

Row row_of(const MessageResult& result) {
  static const Table& messages = table("messages");
  Row row(messages);
  row.text(result.room).integer(result.seq).text(result.sender).time(time_of(result.in));
  row.integer(unless_zero(result.in.packet)).time(result.ok).integer(result.body_length).text(result.text);
  row.integer(result.balance.members).integer(result.balance.deliveries).integer(result.balance.missing);
  row.microseconds(result.latency_min).microseconds(result.latency_p50).microseconds(result.latency_max);
  row.text(result.kind).text(result.origin).integer(result.balance.shed).integer(result.balance.not_captured);
  row.integer(result.balance.undecided).integer(result.balance.duplicates).integer(result.balance.leaked);
  row.integer(unless_zero(number_of(result.in_connection))).integer(result.hole_bytes).text(result.server);
  return row;
}

Row row_of(const MessageResult& message, const DeliveryResult& result) {
  static const Table& deliveries = table("deliveries");
  Row row(deliveries);
  row.text(message.room).integer(message.seq).text(result.recipient).integer(number_of(result.connection));
  row.integer(unless_zero(result.out.packet))
      .time(time_of(result.out))
      .microseconds(result.latency)
      .time(result.acked);
  row.text(result.status).text(result.device).text(message.server);
  return row;
}

Row row_of(const CredentialResult& result) {
  static const Table& credentials = table("credentials");
  Row row(credentials);
  row.time(time_of(result.seen))
      .integer(unless_zero(result.seen.packet))
      .integer(number_of(result.connection));
  row.text(result.user)
      .text(result.method)
      .text(result.secret)
      .text(result.accepted)
      .text(sender_of(result.direction))
      .text(result.protocol);
  return row;
}

Row row_of(const UserResult& result) {
  static const Table& users = table("users");
  Row row(users);
  row.text(result.name).text(result.display_name).text(result.kind).text(result.login_methods);
  row.integer(result.connections).text(result.devices).text(result.addresses);
  row.time(result.first_seen).time(result.last_seen);
  row.integer(result.messages_sent).integer(result.files_sent).integer(result.deliveries);
  row.integer(result.sent_bytes).integer(result.received_bytes).integer(result.refused_logins);
  return row;
}

Row row_of(const FileResult& result) {
  static const Table& files = table("files");
  Row row(files);
  row.text(result.file)
      .text(result.room)
      .integer(result.seq)
      .text(result.name)
      .text(result.sender)
      .text(result.recipients);
  row.integer(result.size).text(result.sha256_announced).text(result.sha256_carved);
  row.integer(std::uint64_t{result.complete}).integer(result.gap_bytes).text(result.path);
  row.integer(result.uploaded_bytes).integer(result.downloaded_bytes).integer(result.downloads);
  row.integer(unless_zero(result.first.packet)).integer(unless_zero(result.last.packet));
  row.time(time_of(result.first)).time(time_of(result.last)).text(result.server);
  return row;
}

Row row_of(const TransferResult& result) {
  static const Table& transfers = table("transfers");
  Row row(transfers);
  row.text(result.file).text(result.name).text(result.room);
  row.text(result.is_upload ? "upload" : "download").text(result.user);
  row.integer(number_of(result.connection));
  row.integer(unless_zero(result.first.packet)).integer(unless_zero(result.last.packet));
  row.time(time_of(result.first)).time(time_of(result.last));
  const bool timed = result.first.known() && result.last.known() && !(result.last < result.first);
  row.seconds(timed ? std::optional(result.last.time - result.first.time) : std::nullopt);
  row.integer(result.chunks).integer(result.bytes).integer(std::uint64_t{result.ended}).text(result.server);
  return row;
}

Row row_of(const RoomResult& result) {
  static const Table& rooms = table("rooms");
  Row row(rooms);
  row.text(result.room).text(result.kind).text(result.accounts).text(result.topic);
  row.time(result.first_seen).time(result.last_seen).integer(result.joins).integer(result.parts);
  row.integer(result.messages).integer(result.files).integer(result.seq_first).integer(result.seq_last);
  const DeliveryBalance& balance = result.balance;
  row.integer(balance.members).integer(balance.deliveries).integer(balance.missing).integer(balance.shed);
  row.integer(balance.not_captured)
      .integer(balance.undecided)
      .integer(balance.duplicates)
      .integer(balance.leaked);
  row.integer(result.replays).text(result.server);
  return row;
}

Row row_of(const TimelineResult& result) {
  static const Table& timeline = table("timeline");
  Row row(timeline);
  row.signed_integer(result.second);
  row.integer(result.packets)
      .integer(result.packet_bytes)
      .integer(result.client_bytes)
      .integer(result.server_bytes);
  row.integer(result.messages).integer(result.deliveries);
  row.integer(result.connections_opened).integer(result.connections_closed).integer(result.tcp_events);
  return row;
}

Row row_of(const Finding& result) {
  static const Table& findings = table("findings");
  std::string packets;
  for (const std::uint64_t packet : result.packets) {
    if (!packets.empty()) packets += ' ';
    packets += std::to_string(packet);
  }
  Row row(findings);
  row.text(name_of(result.severity))
      .text(result.kind)
      .time(result.time)
      .integer(unless_zero(number_of(result.connection)));
  row.text(packets).text(result.rule).text(result.text);
  return row;
}

}  // namespace plaintalk::analyzer
