// Messages and files of described protocols.
#include <algorithm>
#include <utility>

#include "analyzer/talk/described/unit_interpreter.hpp"
#include "analyzer/talk/foreign/words.hpp"
#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer::described {
namespace {

std::optional<std::uint64_t> whole_number(const std::optional<std::string>& text) {
  if (!text || text->empty() || text->size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

std::optional<BoardMessage> UnitInterpreter::read_message(Session& session, const Rule& rule,
                                                          const UnitFields& fields, const UnitPlace& place,
                                                          bool is_copy) {
  BoardMessage message;
  message.sender = fields.value(rule, Role::user).value_or(is_copy ? std::string() : session.user);
  std::string name = fields.value(rule, Role::room).value_or(std::string());
  message.to = fields.value(rule, Role::to).value_or(std::string());
  if (message.sender.size() > kNameSizeMax || message.to.size() > kNameSizeMax) return std::nullopt;
  const bool is_direct = name.empty() && !message.to.empty();
  if (is_direct)
    name = message.sender.empty() ? "@" + message.to : conversation_name(message.sender, message.to);
  if (name.empty()) name = description_.rooms.everyone;
  message.room = room_of(*session.server, name, place.last.time);
  if (message.room == nullptr) return std::nullopt;
  message.room->is_direct = is_direct;
  message.text = fields.value(rule, Role::text).value_or(std::string());
  message.body_length = message.text.size();
  const auto id = fields.value(rule, Role::id);
  message.has_id = id && !id->empty();
  message.key = MessageBoard::key_of(*message.room, id.value_or(std::string()), message.text);
  message.since = place.last.time;
  if (!message.sender.empty())
    presence(session, message.sender, is_direct ? std::string() : name, place.last.time);
  if (is_direct && message.room->accounts.size() < Room::kAccountCountMax)
    message.room->accounts.insert({message.sender, message.to});
  return message;
}

void UnitInterpreter::said(const std::shared_ptr<Session>& session, const Rule& rule,
                           const UnitFields& fields, const UnitPlace& place) {
  auto message = read_message(*session, rule, fields, place, false);
  session->in_pieces.reset();
  if (!message) return;
  message->in = place.last;
  message->from = session;
  const std::string sender = message->sender;
  const std::size_t size = message->text.size();
  const std::uint64_t serial = board_.said(std::move(*message));
  session->in_pieces = Session::Pieces{serial, size};
  publish_message(LiveEvent::Kind::message, place.last, *session, sender, serial);
  if (session->unacked.size() >= Session::kUnackedCountMax) session->unacked.pop_front();
  session->unacked.push_back(serial);
}

void UnitInterpreter::copied(const std::shared_ptr<Session>& session, const Rule& rule,
                             const UnitFields& fields, const UnitPlace& place) {
  auto message = read_message(*session, rule, fields, place, true);
  session->out_pieces.reset();
  if (!message) return;
  const std::size_t size = message->text.size();
  MessageBoard::Placed placed;
  const bool in_pieces = description_.framing.kind == Framing::Kind::none && !message->has_id;
  const auto longer = in_pieces && !board_.has(message->key)
                          ? board_.begins_with(*message->room, message->text)
                          : std::nullopt;
  placed = longer ? board_.copy_of(*longer, session, place.first)
                  : board_.copy(std::move(*message), session, place.first);
  const BoardMessage* const found = board_.find(placed.message);
  if (found == nullptr) return;
  session->out_pieces = Session::Pieces{placed.message, size};
  if (!found->in.known() && found->copies.size() == 1)
    publish_message(LiveEvent::Kind::message, place.first, *session, found->sender, placed.message);
  publish_message(LiveEvent::Kind::copy, place.first, *session, session->user, placed.message);
  if (place.acked) {
    board_.find(placed.message)->copies[placed.copy].acked = place.acked;
  } else if (session->awaited.size() < Session::kAwaitedCountMax) {
    session->awaited.push_back({place.end, placed.message, placed.copy});
  }
}

std::size_t UnitInterpreter::goes_on(Session& session, Direction direction, std::string_view content) {
  auto& pieces = direction == Direction::client_to_server ? session.in_pieces : session.out_pieces;
  if (!pieces) return 0;
  const BoardMessage* const message = board_.find(pieces->message);
  if (message == nullptr) return 0;
  if (direction == Direction::client_to_server) {
    board_.extend(pieces->message, content);
    return content.size();
  }
  const std::string_view rest =
      std::string_view(message->text).substr(std::min(pieces->size, message->text.size()));
  const std::size_t size = std::min(rest.size(), content.size());
  if (size == 0 || rest.substr(0, size) != content.substr(0, size)) return 0;
  pieces->size += size;
  return size;
}

std::size_t UnitInterpreter::name_at_end(const Session& session, std::string_view text) const {
  if (session.server == nullptr) return 0;
  for (std::size_t size = std::min(text.size(), kNameSizeMax); size > 0; --size)
    if (session.server->people.contains(text.substr(text.size() - size))) return size;
  return 0;
}

void UnitInterpreter::acknowledgement(Session& session, const std::optional<std::string>& id, Moment seen) {
  while (!session.unacked.empty()) {
    BoardMessage* const message = board_.find(session.unacked.front());
    if (message != nullptr && id && message->has_id &&
        message->key != MessageBoard::key_of(*message->room, *id, {})) {
      // Answers may come in another order.
      for (const std::uint64_t serial : session.unacked) {
        BoardMessage* const other = board_.find(serial);
        if (other == nullptr || other->key != MessageBoard::key_of(*other->room, *id, {})) continue;
        other->ok = seen.time;
        std::erase(session.unacked, serial);
        return;
      }
      return;
    }
    session.unacked.pop_front();
    if (message == nullptr) continue;
    message->ok = seen.time;
    return;
  }
}

void UnitInterpreter::file(Session& session, Direction direction, const Rule& rule, const UnitFields& fields,
                           const UnitPlace& place) {
  const bool is_upload = direction == Direction::client_to_server;
  std::string handle = fields.value(rule, Role::file).value_or(std::string());
  if (handle.empty()) handle = fields.value(rule, Role::name).value_or(session.file);
  if (handle.empty() || handle.size() > kNameSizeMax) return;
  const ObservedServer& server = session.server->for_files;
  if (rule.meaning == Meaning::file_begin) {
    session.file = handle;
    session.file_offset = 0;
    ObservedFiles::FileInfo info;
    info.room = fields.value(rule, Role::room).value_or(fields.value(rule, Role::to).value_or(std::string()));
    info.name = fields.value(rule, Role::name).value_or(handle);
    info.sender = fields.value(rule, Role::user).value_or(is_upload ? session.user : std::string());
    info.sha256 = fields.value(rule, Role::sha256).value_or(std::string());
    info.size = whole_number(fields.value(rule, Role::size));
    tables_.files.describe(server, handle, info, place.last);
    publish(LiveEvent::Kind::file, place.last, session, info.room, info.name);
    return;
  }
  if (rule.meaning == Meaning::file_end) {
    if (is_upload) {
      tables_.files.upload_done(server, handle, session.id, place.last, place.last.time);
    } else {
      tables_.files.downloaded(server, handle, session.user, session.id, place.last);
    }
    session.file.clear();
    return;
  }
  auto data = fields.value(rule, Role::data);
  if (data && rule.encoding == Rule::Encoding::base64) data = foreign::base64(*data);
  if (data && rule.encoding == Rule::Encoding::hex) data = from_hex(*data);
  if (!data || data->empty()) return;
  const auto offset = whole_number(fields.value(rule, Role::offset)).value_or(session.file_offset);
  session.file_offset = offset + data->size();
  const std::vector<BodyHole> no_holes;
  tables_.files.piece(
      server, handle,
      {offset, *data, no_holes, place.first, place.last, session.id, is_upload, session.user});
}

void UnitInterpreter::finalized(const MessageResult& row, const BoardMessage& message) {
  const WallTime when = row.in.known() ? row.in.time : message.since;
  ++tables_.timeline.at(when).messages;
  if (UserResult* const user = tables_.users.seen(row.sender, when)) ++user->messages_sent;
  for (const DeliveryResult& delivery : row.deliveries) {
    ++tables_.timeline.at(delivery.out.time).deliveries;
    if (UserResult* const user = tables_.users.seen(delivery.recipient, delivery.out.time))
      ++user->deliveries;
  }
  RoomResult& room = message.room->result;
  ++room.messages;
  room.seq_first = std::min(room.seq_first.value_or(row.seq), row.seq);
  room.seq_last = std::max(room.seq_last.value_or(row.seq), row.seq);
  room.balance += row.balance;
  tables_.sink.message(row);
}

}  // namespace plaintalk::analyzer::described
