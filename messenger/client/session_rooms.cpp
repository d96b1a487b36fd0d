// Rooms: which frames are new, which were asked for, and the pages that fill holes (room_cursor.hpp).
#include <algorithm>
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/render_text.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::size_t kPageLimit = kPageSizeMax;

}  // namespace

void ClientSession::on_page(const Sent& sent, const Frame& frame) {
  const auto found = rooms_.find(sent.room);
  if (found == rooms_.end()) {  // left meanwhile
    if (sent.catching_up) caught_up_with_one();
    return;
  }
  Room& room = found->second;
  room.paging = false;
  if (frame.verb != Verb::end) {
    const unsigned code = read_refusal(frame).code;
    if (code == 429 || code >= 500) {
      room.paging = true;
      room.page_at = now_ + pause_before_retry(frame);
      room.catching_up = sent.catching_up;
      return;
    }
    if (sent.room.front() == '#')
      notice("left", "no longer in " + sent.room + ": " + read_refusal(frame).text);
    rooms_.erase(found);
    if (sent.catching_up) caught_up_with_one();
    return;
  }
  room.joined = true;
  std::vector<RoomFrame> frames;
  const auto settled =
      room.cursor.settle(sent.after, number(frame.parameter("last")), frame.parameter("more") == "1",
                         number(frame.parameter("oldest")), frames);
  for (const auto& [first, last] : settled.missed)
    events_.emplace_back(MessagesMissed{sent.room, first, last});
  show(frames);
  if (settled.page_again)
    ask_page(sent.room, room, Verb::history, sent.catching_up);
  else if (sent.catching_up)
    caught_up_with_one();
}

void ClientSession::ask_page(const std::string& name, Room& room, Verb verb, bool catching_up) {
  room.paging = true;
  FrameWriter(output_, verb)
      .argument(name)
      .parameter("after", room.cursor.cursor())
      .parameter("limit", std::uint64_t{kPageLimit})
      .end();
  sent_.push_back(Sent{.what = Sent::What::page,
                       .verb = verb,
                       .room = name,
                       .after = room.cursor.cursor(),
                       .catching_up = catching_up});
}

std::string ClientSession::room_of(const std::string& target) const {
  if (target.empty() || target.front() != '@' || target.find(',') != std::string::npos) return target;
  return conversation_name(config_.user, std::string_view(target).substr(1));
}

ClientSession::Room* ClientSession::find_or_add_room(const std::string& name) {
  const auto found = rooms_.find(name);
  if (found != rooms_.end()) return &found->second;
  if (rooms_.size() >= kRoomCountMax) return nullptr;
  return &rooms_[name];
}

void ClientSession::on_room_frame(const Frame& frame) {
  const auto name = parse_target(text(frame.argument(0)));
  if (!name || name->kind == Target::Kind::account || parted_.contains(name->name)) return;
  Room* room = find_or_add_room(name->name);
  if (room == nullptr) return;
  if (frame.verb == Verb::gap) {
    room->cursor.start(std::max<std::uint64_t>(number(frame.argument(1)), 1) - 1);
    room->cursor.announce(number(frame.argument(2)));
  } else {
    RoomFrame shown;
    const std::uint64_t seq = number(frame.argument(1));
    const std::string from = text(frame.argument(2));
    if (frame.verb == Verb::msg)
      shown = MessageCame{name->name,
                          seq,
                          from,
                          static_cast<std::int64_t>(number(frame.argument(3))),
                          std::string(frame.body),
                          from == config_.user,
                          false};
    else
      shown = FileCame{name->name,
                       seq,
                       from,
                       text(frame.argument(3)),
                       number(frame.argument(4)),
                       text(frame.argument(5)),
                       std::string(frame.body),
                       from == config_.user,
                       false};
    if (const auto* file = std::get_if<FileCame>(&shown)) seen_files_.add(file->file, file->name);
    if (is_looked_up(name->name, seq) || show_as_history(name->name, seq, shown)) return;
    std::vector<RoomFrame> frames;
    if (room->cursor.take(seq, std::move(shown), frames) == RoomCursor::Verdict::shown) show(frames);
    room->joined = true;
  }
  if (room->cursor.behind() && !room->paging) ask_page(name->name, *room, Verb::history, false);
}

// Messages of a conversation that came while nobody of this account was here: shown as if they came now.
void ClientSession::on_unheard(const Frame& frame) {
  const auto target = parse_target(text(frame.argument(1)));
  if (!target || target->kind != Target::Kind::conversation) return;
  const std::uint64_t after = number(frame.parameter("after"));
  const std::uint64_t last = number(frame.parameter("last"));
  Room* room = find_or_add_room(target->name);
  if (room == nullptr || last <= after) return;
  const bool is_news = !room->cursor.known();
  room->cursor.start(after);
  room->cursor.announce(last);
  if (is_news)
    notice("unheard", std::to_string(last - after) + (last - after == 1 ? " message" : " messages") +
                          " from " + room_label(target->name, config_.user) + " came while you were away");
  if (room->cursor.behind() && !room->paging) ask_page(target->name, *room, Verb::history, false);
}

bool ClientSession::show_as_history(const std::string& room, std::uint64_t seq, RoomFrame& frame) {
  if (sent_.empty() || sent_.front().what != Sent::What::request || sent_.front().verb != Verb::history)
    return false;
  const auto found = requests_.find(sent_.front().request);
  if (found == requests_.end() || room_of(found->second.request.target) != room) return false;
  const RoomCursor& cursor = rooms_.at(room).cursor;
  if (cursor.known() && seq > cursor.cursor()) return false;  // new, and it happens to be in the page
  Waiting& waiting = found->second;
  if (seq <= waiting.shown_until) return true;
  waiting.shown_until = seq;
  if (waiting.request.files_only && std::holds_alternative<MessageCame>(frame)) return true;
  Answered& done = waiting.answer;
  if (done.shown_count++ == 0) done.first_shown = seq;
  std::visit([](auto& event) { event.from_history = true; }, frame);
  std::visit([this](auto& event) { events_.emplace_back(std::move(event)); }, frame);
  return true;
}

void ClientSession::show(std::vector<RoomFrame>& frames) {
  for (RoomFrame& frame : frames) {
    std::visit([this](auto& event) { events_.emplace_back(std::move(event)); }, frame);
  }
}

}  // namespace plaintalk::messenger::client
