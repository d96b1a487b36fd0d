#include "tests/sim/sim_client.hpp"

#include <algorithm>
#include <utility>

#include "base/number.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::sim {
namespace {

constexpr std::uint64_t kPageLimit = 20;

std::uint64_t number(std::string_view text) { return parse_decimal<std::uint64_t>(text).value_or(0); }

std::string bytes_of(const Frame& frame) { return std::string(frame.line) + "\n" + std::string(frame.body); }

}  // namespace

SimClient::SimClient(std::string name, std::string password, std::vector<std::string> rooms, Checker& checker)
    : name_(std::move(name)), password_(std::move(password)), checker_(checker) {
  for (std::string& room : rooms) rooms_[std::move(room)];
}

void SimClient::connected() {
  decoder_ = std::make_unique<FrameDecoder>();
  wants_to_reconnect_ = false;
  FrameWriter writer(output_, Verb::login);
  writer.argument(name_).parameter("device", "main");
  if (!password_.empty()) {
    writer.body(password_);
  } else {
    if (!token_.empty()) writer.parameter("token", token_);
    writer.end();
  }
  expect("login");
}

void SimClient::lost() {
  decoder_.reset();
  output_.clear();
  expected_.clear();
  page_room_.clear();
  is_in_ = false;
  for (auto& [name, room] : rooms_) {
    room.is_paging = false;
    room.live = 0;
  }
}

std::string SimClient::take_output() { return std::exchange(output_, {}); }

void SimClient::received(std::string_view bytes) {
  decoder_->feed(bytes);
  for (;;) {
    const FrameDecoder::Step step = decoder_->next();
    if (step == FrameDecoder::Step::need_more) return;
    if (step == FrameDecoder::Step::error)
      return checker_.broken("R", name_ + " got something that is no frame");
    handle(decoder_->frame());
  }
}

void SimClient::handle(const Frame& frame) {
  switch (frame.verb) {
    case Verb::ok: return is_in_ ? handle_ok(frame) : handle_login(frame);
    case Verb::err:
      // NAME_TAKEN: the OK with the first token was lost, and the server still thinks that the line lives.
      if (!is_in_ && (frame.argument(1) == "BAD_LOGIN" || frame.argument(1) == "NAME_TAKEN")) {
        wants_to_reconnect_ = true;
        return answered("login");
      }
      return checker_.broken("R", name_ + " was refused: " + bytes_of(frame));
    case Verb::msg: return handle_msg(frame);
    case Verb::end: return handle_end(frame);
    case Verb::gap: return handle_gap(frame);
    case Verb::pong: return answered("pong " + std::string(frame.body));
    case Verb::ping: FrameWriter(output_, Verb::pong).body(frame.body); return;
    default: return;
  }
}

void SimClient::answered(const std::string& answer) {
  if (expected_.empty() || expected_.front() != answer) {
    checker_.broken("R", name_ + " got the answer '" + answer + "' instead of '" +
                             (expected_.empty() ? "none" : expected_.front()) + "'");
    return;
  }
  expected_.pop_front();
}

void SimClient::handle_login(const Frame& frame) {
  answered("login");
  token_ = frame.parameter("token").value_or("");
  is_in_ = true;
  for (auto& [name, room] : rooms_) page(name, room, true);
  for (const Saying& saying : unacknowledged_) send_say(saying);
}

void SimClient::handle_ok(const Frame& frame) {
  const std::string id(frame.parameter("id").value_or(""));
  if (frame.parameter("dup")) ++repeat_count_;
  answered("say " + id);
  const auto found = std::ranges::find(unacknowledged_, id, &Saying::id);
  if (found == unacknowledged_.end())
    return checker_.broken("R", name_ + " got an OK for " + id + ", which it does not wait for");
  checker_.acknowledged(found->room, number(frame.parameter("seq").value_or("")), found->body);
  unacknowledged_.erase(found);
}

void SimClient::handle_msg(const Frame& frame) {
  const std::string name(frame.argument(0));
  const std::uint64_t seq = number(frame.argument(1));
  const auto found = rooms_.find(name);
  if (found == rooms_.end()) return checker_.broken("I5", name_ + " heard of " + name + ", where it is not");
  ClientRoom& room = found->second;
  checker_.saw(name_, name, seq, frame.argument(2), frame.body, bytes_of(frame), room.is_paging);
  // While a page is under way live frames and paged ones cannot be told apart; otherwise each live frame
  // follows the last one or a GAP.
  if (!room.is_paging) {
    if (room.live != 0 && seq <= room.live)
      checker_.broken("I4", name_ + " heard " + name + " " + std::to_string(seq) + " too late");
    if (room.live != 0 && seq > room.live + 1 && seq > room.promised_to + 1)
      checker_.broken("I6",
                      name_ + " heard " + name + " " + std::to_string(seq) + " without a GAP before it");
    room.live = seq;
  }
  room.promised_to = std::max(room.promised_to, seq);
  room.known.emplace(seq, bytes_of(frame));
  while (room.known.contains(room.contiguous + 1)) ++room.contiguous;
  page_what_is_missing();
}

void SimClient::handle_gap(const Frame& frame) {
  const auto found = rooms_.find(std::string(frame.argument(0)));
  if (found == rooms_.end()) return checker_.broken("I5", name_ + " got a GAP of a room where it is not");
  ++gap_count_;
  found->second.promised_to = std::max(found->second.promised_to, number(frame.argument(2)));
  page_what_is_missing();
}

void SimClient::handle_end(const Frame& frame) {
  const std::string name(frame.argument(0));
  answered("end " + name);
  ClientRoom& room = rooms_[name];
  room.is_paging = false;
  room.live = 0;  // what came live while the page was under way was not told apart
  const std::uint64_t oldest = number(frame.parameter("oldest").value_or(""));
  const std::uint64_t last = number(frame.parameter("last").value_or(""));
  if (room.contiguous + 1 < oldest)
    return checker_.broken(
        "I6", name_ + " cannot page " + name + " " + std::to_string(room.contiguous + 1) + " any more");
  if (room.contiguous < last) return checker_.broken("I6", name_ + " got a page of " + name + " with a hole");
  room.has_more = frame.parameter("more").value_or("") == "1";
  page_what_is_missing();
}

void SimClient::page_what_is_missing() {
  for (auto& [name, room] : rooms_)
    if (!room.is_paging && (room.has_more || room.contiguous < room.promised_to)) page(name, room, false);
}

void SimClient::page(const std::string& name, ClientRoom& room, bool joins) {
  if (!is_in_) return;
  room.is_paging = true;
  room.has_more = false;
  FrameWriter(output_, joins ? Verb::sync : Verb::history)
      .argument(name)
      .parameter("after", room.contiguous)
      .parameter("limit", kPageLimit)
      .end();
  expect("end " + name);
}

void SimClient::say(const std::string& room_name, std::string_view filler) {
  ClientRoom& room = rooms_.at(room_name);
  Saying saying;
  saying.id = "m" + std::to_string(++last_id_);
  saying.room = room_name;
  saying.body = name_ + " " + saying.id + " in " + room_name + " " + std::string(filler);
  checker_.said(name_, room_name, saying.body, room.said_count++);
  if (is_in_) send_say(saying);
  unacknowledged_.push_back(std::move(saying));
}

void SimClient::send_say(const Saying& saying) {
  FrameWriter(output_, Verb::say).argument(saying.room).parameter("id", saying.id).body(saying.body);
  expect("say " + saying.id);
}

void SimClient::ping() {
  if (!is_in_) return;
  const std::string text = std::to_string(++ping_count_);
  FrameWriter(output_, Verb::ping).body(text);
  expect("pong " + text);
}

bool SimClient::is_settled() const {
  return is_in_ && unacknowledged_.empty() && expected_.empty() && output_.empty() &&
         std::ranges::all_of(
             rooms_, [](const auto& entry) { return entry.second.contiguous >= entry.second.promised_to; });
}

void SimClient::report() const {
  for (const auto& [name, room] : rooms_) checker_.finished(name_, name, room.known);
}

}  // namespace plaintalk::sim
