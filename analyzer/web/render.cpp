#include "analyzer/web/render.hpp"

#include "analyzer/web/json_text.hpp"

namespace plaintalk::analyzer::web {
namespace {

void put_number(JsonText& json, std::string_view name, std::uint64_t number) {
  if (number != 0) json.member(name, number);
}

void put_text(JsonText& json, std::string_view name, const std::string& text) {
  if (!text.empty()) json.member(name, std::string_view(text));
}

void put_entry(JsonText& json, const Entry& entry) {
  json.open('{').member("id", entry.id).member("kind", name_of(entry.kind)).member("time", entry.time);
  put_number(json, "packet", entry.packet);
  put_number(json, "connection", entry.connection);
  put_text(json, "who", entry.who);
  put_text(json, "room", entry.room);
  put_text(json, "text", entry.text);
  if (entry.kind == Entry::Kind::secret) {
    put_text(json, "protocol", entry.protocol);
    put_text(json, "method", entry.method);
    put_text(json, "accepted", entry.accepted);
  }
  if (entry.message != 0) {
    json.member("seq", entry.seq);
    if (entry.may_be_replay) json.member("may_be_replay", true);
    if (entry.in_packet != 0) {
      json.member("in_packet", entry.in_packet).member("in_time", entry.in_time);
      json.member("in_connection", entry.in_connection);
      put_number(json, "in_frame", entry.in_frame);
    }
    json.member("copy_count", entry.copy_count).member("latency_max", entry.latency_max);
    json.key("copies").open('[');
    for (const Copy& copy : entry.copies) {
      json.open('{').member("who", std::string_view(copy.who)).member("connection", copy.connection);
      json.member("packet", copy.packet).member("latency", copy.latency);
      put_number(json, "frame", copy.frame);
      if (copy.may_be_replay) json.member("may_be_replay", true);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

void put_entries(JsonText& json, const std::vector<Entry>& entries) {
  json.key("entries").open('[');
  for (const Entry& entry : entries) put_entry(json, entry);
  json.close(']');
}

void put_hole(JsonText& json, const EntryStore::Hole& hole, std::uint64_t last_id) {
  json.member("last_id", last_id);
  if (hole.count == 0) return;
  json.key("hole").open('{').member("after", hole.after).member("before", hole.before);
  json.member("count", hole.count).close('}');
}

void put(JsonText& json, const Person& person) {
  json.member("name", std::string_view(person.name)).member("guest", person.is_guest);
  json.key("connections").open('[');
  for (const std::uint64_t connection : person.connections) json.value(connection);
  json.close(']').member("messages", person.messages).member("received", person.received);
  json.member("secrets", person.secrets).member("refused", person.refused_logins);
  json.member("last_seen", person.last_seen);
}

void put(JsonText& json, const Room& room) {
  json.member("name", std::string_view(room.name)).member("server", std::string_view(room.server));
  json.key("members").open('[');
  for (const Room::Member& member : room.members) json.value(std::string_view(member.who));
  json.close(']').member("more_members", room.has_more_members).member("messages", room.messages);
  json.member("copies", room.copies).member("last_seen", room.last_seen);
}

void put(JsonText& json, const Secret& secret) {
  json.member("user", std::string_view(secret.user)).member("protocol", std::string_view(secret.protocol));
  json.member("method", std::string_view(secret.method)).member("text", std::string_view(secret.text));
  json.member("accepted", std::string_view(secret.accepted)).member("connection", secret.connection);
  json.member("packet", secret.packet).member("count", secret.count).member("last_seen", secret.last_seen);
}

void put(JsonText& json, const Connection& connection) {
  json.member("id", connection.id).member("stream", connection.wireshark_stream);
  json.member("client", std::string_view(connection.client));
  json.member("server", std::string_view(connection.server)).member("state", name_of(connection.state));
  put_text(json, "who", connection.who);
  put_text(json, "protocol", connection.protocol);
  put_text(json, "ending", connection.ending);
  json.member("client_packets", connection.client_packets);
  json.member("server_packets", connection.server_packets);
  json.member("client_bytes", connection.client_bytes).member("server_bytes", connection.server_bytes);
  json.member("first", connection.first).member("last", connection.last);
}

void put(JsonText& json, const Second& second) {
  json.member("second", second.second).member("packets", second.packets).member("bytes", second.bytes);
  json.member("messages", second.messages).member("copies", second.copies);
}

template <typename Row>
void put_rows(JsonText& json, std::string_view name, const std::vector<Row>& rows) {
  json.key(name).open('[');
  for (const Row& row : rows) {
    json.open('{');
    put(json, row);
    json.close('}');
  }
  json.close(']');
}

void put_tables(JsonText& json, const Update& update) {
  put_rows(json, "people", update.people);
  put_rows(json, "rooms", update.rooms);
  put_rows(json, "secrets", update.secrets);
  put_rows(json, "connections", update.connections);
  put_rows(json, "seconds", update.seconds);
  const Totals& totals = update.totals;
  json.key("totals").open('{').member("packets", totals.packets).member("bytes", totals.bytes);
  json.member("messages", totals.messages).member("copies", totals.copies);
  json.member("secrets", totals.secrets).member("connections", totals.connections);
  json.member("kernel_drops", totals.kernel_drops).member("interface_drops", totals.interface_drops);
  json.member("connections_given_up", totals.given_up).member("last_packet", totals.last_packet).close('}');
  json.key("forgotten").open('{').member("people", update.forgotten_people);
  json.member("rooms", update.forgotten_rooms).member("secrets", update.forgotten_secrets);
  json.member("connections", update.forgotten_connections).close('}');
}

}  // namespace

std::string render_json(const Update& update) {
  JsonText json;
  json.open('{').member("type", std::string_view(update.is_snapshot ? "snapshot" : "update"));
  json.member("left_out", update.left_out).member("ended", update.is_ended);
  put_hole(json, update.hole, update.last_id);
  put_entries(json, update.entries);
  if (update.has_tables) put_tables(json, update);
  return json.close('}').take();
}

std::string render_json(const EntryPage& page) {
  JsonText json;
  json.open('{');
  put_hole(json, page.hole, page.last_id);
  put_entries(json, page.entries);
  return json.close('}').take();
}

std::string render_json(const FramePage& page) {
  JsonText json;
  json.open('{').member("first_held", page.first_held).key("frames").open('[');
  for (const FrameRow& frame : page.frames) {
    json.open('{').member("number", frame.number).member("connection", frame.connection);
    json.member("from_client", frame.is_from_client).member("first_packet", frame.first_packet);
    json.member("last_packet", frame.last_packet).member("verb", std::string_view(frame.verb));
    json.member("arguments", std::string_view(frame.arguments)).member("body_length", frame.body_length);
    json.member("status", std::string_view(frame.status)).close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace plaintalk::analyzer::web
