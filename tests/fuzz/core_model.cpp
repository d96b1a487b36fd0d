#include "tests/fuzz/core_model.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "base/check.hpp"
#include "base/number.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::test {
namespace {

std::uint64_t number(std::string_view text) {
  const auto value = parse_decimal<std::uint64_t>(text);
  check(value.has_value(), "the server sent something that is no number");
  return *value;
}

std::string text(const Frame& frame, std::string_view key) {
  return std::string(frame.parameter(key).value_or(""));
}

std::optional<std::uint64_t> limit_of(const Frame& frame, std::string_view key) {
  const auto value = frame.parameter(key);
  return value ? parse_decimal<std::uint64_t>(*value) : std::nullopt;
}

bool is_room(std::string_view name) { return name.starts_with('#'); }

bool is_one_of(std::string_view name, std::string_view conversation) {
  const auto people = parse_conversation(conversation);
  return people && (people->first == name || people->second == name);
}

}  // namespace

CoreModel::CoreModel(DecoderLimits limits, std::set<std::string> configured_accounts)
    : limits_(limits), configured_(std::move(configured_accounts)) {}

void CoreModel::opened(ConnectionId id) { views_[id] = std::make_unique<View>(limits_); }

void CoreModel::closed(ConnectionId id) {
  note_left(*views_.at(id));
  views_.erase(id);
}

// What an open view has joined, or may have joined without having heard so.
std::set<std::string> CoreModel::rooms_of(const View& view) {
  std::set<std::string> rooms;
  for (const auto& [room, next] : view.joined) rooms.insert(room);
  for (const Command& command : view.pending)
    if (command.verb == Verb::join || command.verb == Verb::sync) rooms.insert(command.what);
  return rooms;
}

std::set<std::string> CoreModel::names_of(const View& view) {
  std::set<std::string> names{view.name};
  for (const Command& command : view.pending)
    if (command.verb == Verb::login || command.verb == Verb::register_) names.insert(command.what);
  return names;
}

void CoreModel::note_left(const View& view) {
  for (const std::string& name : names_of(view))
    for (const std::string& room : rooms_of(view)) left_at_[{name, room}] = clock_;
}

void CoreModel::restarted() {
  views_.clear();
  persons_.clear();
  registered_.clear();
  was_registered_.clear();
  tokens_.clear();
  messages_.clear();
  acknowledged_.clear();
  requests_.clear();
  files_.clear();
  left_at_.clear();
}

void CoreModel::knows_content(std::string sha256, std::string_view content) {
  contents_.emplace(std::move(sha256), content);
}

bool CoreModel::all_is_answered() const {
  return std::ranges::all_of(
      views_, [](const auto& entry) { return entry.second->is_over || waiting(*entry.second) == nullptr; });
}

CoreModel::Command CoreModel::read_command(const Frame& frame) const {
  Command command;
  command.verb = frame.verb;
  command.may_be_silent = frame.verb == Verb::pong || frame.verb == Verb::credit;
  command.sent_at = clock_;
  command.id = text(frame, "id");
  command.what = frame.argument(0);
  command.target = text(frame, "to");
  if (const auto token = frame.parameter("token")) command.token = *token;
  command.has_text = frame.body_kind != BodyKind::none;
  if (frame.verb == Verb::ping) command.text = frame.body;
  command.after = limit_of(frame, "after");
  command.before = limit_of(frame, "before");
  command.limit = limit_of(frame, "limit");
  command.sha256 = text(frame, "sha256");
  const std::uint64_t second = parse_decimal<std::uint64_t>(frame.argument(1)).value_or(0);
  command.end = second + frame.body.size();
  command.size = second;
  return command;
}

void CoreModel::sent(ConnectionId id, std::string_view bytes) {
  ++clock_;
  View& view = *views_.at(id);
  view.upstream.feed(bytes);
  for (;;) {
    const FrameDecoder::Step step = view.upstream.next();
    if (step == FrameDecoder::Step::need_more) return;
    if (step == FrameDecoder::Step::frame) {
      view.pending.push_back(read_command(view.upstream.frame()));
      continue;
    }
    view.pending.emplace_back().is_wrong = true;
    if (view.upstream.error().fatal) return view.upstream.park();
  }
}

void CoreModel::received(ConnectionId id, std::string_view bytes) {
  ++clock_;
  View& view = *views_.at(id);
  view.downstream.feed(bytes);
  for (;;) {
    const FrameDecoder::Step step = view.downstream.next();
    if (step == FrameDecoder::Step::need_more) return;
    check(step == FrameDecoder::Step::frame, "the server sent what is no frame");
    ++clock_;
    hear(view, view.downstream.frame());
    view.heard_at = clock_;
  }
}

const CoreModel::Command* CoreModel::waiting(const View& view) {
  const auto found =
      std::ranges::find_if(view.pending, [](const Command& command) { return !command.may_be_silent; });
  return found == view.pending.end() ? nullptr : &*found;
}

CoreModel::Command CoreModel::take_answered(View& view, const Frame& frame) {
  const std::string id = text(frame, "id");
  while (!view.pending.empty() && view.pending.front().may_be_silent && view.pending.front().id != id)
    view.pending.pop_front();
  check(!view.pending.empty(), "an answer to nothing");
  Command command = std::move(view.pending.front());
  view.pending.pop_front();
  if (command.is_wrong) {
    check(frame.verb == Verb::err, "a wrong line is answered as if it were a command");
    check(id.empty() && !frame.parameter("verb"), "the ERR to a wrong line has parts of it");
    return command;
  }
  const bool carries_id = frame.verb == Verb::ok || frame.verb == Verb::err;
  check(!carries_id || id == command.id, "an answer has the id of another command");
  if (frame.verb == Verb::err && command.verb != Verb::unknown)
    check(text(frame, "verb") == verb_text(command.verb), "an ERR names another command");
  return command;
}

void CoreModel::hear(View& view, const Frame& frame) {
  check(!view.has_said_bye, "something comes after BYE");
  check(view.was_greeted || frame.verb == Verb::greeting || frame.verb == Verb::err,
        "something comes before the greeting");
  switch (frame.verb) {
    case Verb::greeting:
      check(!view.was_greeted, "a second greeting");
      view.was_greeted = true;
      return;
    case Verb::ok: return hear_ok(view, frame);
    case Verb::err: return hear_error(view, frame);
    case Verb::end: return hear_page_end(view, frame);
    case Verb::pong: {
      const Command command = take_answered(view, frame);
      return check(command.verb == Verb::ping && frame.body == command.text, "a PONG to something else");
    }
    case Verb::ack: {
      const Command command = take_answered(view, frame);
      check(command.verb == Verb::data && frame.argument(0) == command.what &&
                number(frame.argument(1)) == command.end,
            "an ACK to something else");
      return check(file_of(frame.argument(0)).owner == person_of(view), "DATA of somebody else is taken");
    }
    case Verb::bye:
      release_held(view);
      note_left(view);
      view.is_over = view.has_said_bye = true;
      return;
    case Verb::note:
      if (frame.argument(0) == "DIRECT")
        check(is_one_of(view.name, frame.argument(1)), "told of a conversation of others");
      return;
    case Verb::credit:
      return check(file_of(frame.argument(0)).owner == person_of(view), "credit for a file of somebody else");
    case Verb::data: return hear_chunk(view, frame);
    case Verb::done: return hear_download_end(view, frame);
    case Verb::msg:
    case Verb::file:
    case Verb::gap: return hear_numbered(view, frame);
    case Verb::topic:
    case Verb::joined:
    case Verb::parted: return hear_unnumbered(view, frame);
    case Verb::pres: return check(view.person.has_value(), "PRES before the login");
    case Verb::ping: return;
    default: check(false, "the server sent a command");
  }
}

void CoreModel::hear_error(View& view, const Frame& frame) {
  if (frame.parameter("fatal")) {
    view.is_over = true;
    return;
  }
  // Every GET of the fuzzer has an id: one without it ends a download.
  if (text(frame, "verb") == "GET" && !frame.parameter("id"))
    return check(!view.downloads.empty(), "the end of a download that does not run");
  const Command command = take_answered(view, frame);
  if (command.verb == Verb::history || command.verb == Verb::sync) release_held(view);
}

void CoreModel::hear_ok(View& view, const Frame& frame) {
  const Command command = take_answered(view, frame);
  const std::string room = text(frame, "room");
  switch (command.verb) {
    case Verb::login:
    case Verb::register_: return hear_login(view, command, frame);
    case Verb::join:
      check(room == command.what, "another room was joined");
      view.joined.try_emplace(room, number(text(frame, "last")) + 1);
      return;
    case Verb::part:
      check(view.joined.erase(room) == 1, "a room is left that was not joined");
      left_at_[{view.name, room}] = clock_;
      return;
    case Verb::say: return hear_said(view, command, frame);
    case Verb::put: return hear_put(view, command, frame);
    case Verb::get: return hear_get(view, command, frame);
    case Verb::done:
      return check(text(frame, "file") == command.what && file_of(command.what).owner == person_of(view),
                   "DONE of somebody else is taken");
    case Verb::cancel: view.downloads.erase(command.what); return;
    case Verb::ping:
    case Verb::data:
    case Verb::history:
    case Verb::sync:
    case Verb::quit: check(false, "an OK to what is answered otherwise"); return;
    default: return;
  }
}

CoreModel::PersonId CoreModel::make_person(std::string name, std::uint64_t born) {
  persons_.push_back({std::move(name), born});
  return PersonId{persons_.size() - 1};
}

CoreModel::PersonId CoreModel::person_of(const View& view) const {
  check(view.person.has_value(), "something for people before the login");
  return *view.person;
}

void CoreModel::hear_login(View& view, const Command& command, const Frame& frame) {
  const std::string name = text(frame, "user");
  const bool is_guest = frame.parameter("guest").has_value();
  check(name == command.what, "logged in under another name");
  check(!view.person, "a second login on one connection");
  if (command.verb == Verb::register_) {
    check(!is_guest && !configured_.contains(name) && was_registered_.insert(name).second,
          "a name is registered twice");
    // Somebody may have logged in with its password before this OK was read.
    if (!registered_.contains(name)) registered_[name] = make_person(name, command.sent_at);
    view.person = registered_[name];
  } else if (command.has_text) {
    check(!is_guest, "a guest with a password");
    // The OK to its REGISTER may have been lost.
    if (!registered_.contains(name)) registered_[name] = make_person(name, 0);
    view.person = registered_[name];
  } else if (command.token) {
    const auto known = tokens_.find(*command.token);
    check(known != tokens_.end(), "a token that nobody has");
    view.person = known->second;
    check(persons_[static_cast<std::size_t>(known->second)].name == name, "a token for another name");
  } else {
    check(is_guest && !registered_.contains(name) && !configured_.contains(name),
          "let in without a password");
    view.person = make_person(name, command.sent_at);
  }
  view.name = name;
  view.device = text(frame, "device");
  const std::string token = text(frame, "token");
  check(!token.empty() && !tokens_.contains(token), "a token that was used before");
  tokens_.emplace(token, *view.person);
}

void CoreModel::hear_said(View& view, const Command& command, const Frame& frame) {
  const std::string direct = text(frame, "room");
  const std::string room = direct.empty() ? command.what : direct;
  const Sequence seq = number(text(frame, "seq"));
  const bool is_repeat = frame.parameter("dup").has_value();
  if (is_room(room)) {
    check(is_repeat || view.joined.contains(room), "somebody speaks in a room without having joined it");
  } else {
    check(is_one_of(view.name, room), "somebody speaks in a conversation of others");
  }
  const auto message = messages_.find({room, seq});
  check(message == messages_.end() || message->second.from == view.name,
        "the number of somebody else's message");
  const std::pair place(room, seq);
  check(!is_repeat || !command.id.empty(), "a repeat of a message without an id");
  check(acknowledged_.insert(place).second || is_repeat, "two messages have one number");
  if (command.id.empty()) return;
  const auto [known, is_new] = requests_.try_emplace({person_of(view), view.device, command.id}, place);
  check(is_new || !is_repeat || known->second == place, "a repeat is another message");
  known->second = place;
}

void CoreModel::hear_put(View& view, const Command& command, const Frame& frame) {
  const auto target = parse_target(command.target);
  check(target.has_value(), "a file for nobody is taken");
  const std::string room =
      target->kind == Target::Kind::account ? conversation_name(view.name, target->name) : target->name;
  const auto [known, is_new] = files_.try_emplace(text(frame, "file"));
  File& file = known->second;
  if (is_new) {
    file = {person_of(view), room, command.size, command.sha256, clock_, {}};
    if (!is_room(room)) file.readers.emplace(view.name, file.owner);
  }
  check(file.owner == person_of(view) && file.room == room && file.size == command.size &&
            file.sha256 == command.sha256,
        "a PUT resumes another file");
}

CoreModel::File& CoreModel::file_of(std::string_view handle) {
  const auto found = files_.find(handle);
  check(found != files_.end(), "a file that nobody sent");
  return found->second;
}

void CoreModel::check_reader(const View& view, std::map<std::string, PersonId>& readers,
                             std::uint64_t seen_at) const {
  const PersonId person = person_of(view);
  check(persons_[static_cast<std::size_t>(person)].born <= seen_at,
        "something for an earlier holder of a name");
  check(readers.try_emplace(view.name, person).first->second == person,
        "two people of one name get the same");
}

bool CoreModel::was_in_room(const std::string& name, const std::string& room, std::uint64_t since) const {
  const auto left = left_at_.find({name, room});
  if (left != left_at_.end() && left->second >= since) return true;
  return std::ranges::any_of(views_, [&](const auto& entry) {
    return names_of(*entry.second).contains(name) && rooms_of(*entry.second).contains(room);
  });
}

void CoreModel::hear_get(View& view, const Command& command, const Frame& frame) {
  File& file = file_of(command.what);
  check(text(frame, "file") == command.what && number(text(frame, "size")) == file.size &&
            text(frame, "sha256") == file.sha256,
        "a GET finds another file");
  if (is_room(file.room)) {
    check(was_in_room(view.name, file.room, command.sent_at),
          "a file of a room for somebody who is not in it");
  } else {
    check(is_one_of(view.name, file.room), "a file of a conversation for a third person");
    check_reader(view, file.readers, file.seen_at);
  }
  view.downloads[command.what] = number(text(frame, "from"));
}

void CoreModel::hear_chunk(View& view, const Frame& frame) {
  const auto running = view.downloads.find(std::string(frame.argument(0)));
  check(running != view.downloads.end(), "a chunk that was not asked for");
  check(number(frame.argument(1)) == running->second, "a chunk is missing");
  const File& file = file_of(frame.argument(0));
  // The server looks when it queues a chunk: not before the frame ahead of it was heard.
  check(!is_room(file.room) || was_in_room(view.name, file.room, view.heard_at),
        "a download goes on after its reader has left the room");
  const std::string_view content = contents_.at(file.sha256);
  check(
      frame.body == content.substr(std::min<std::size_t>(running->second, content.size()), frame.body.size()),
      "a chunk has other bytes than were sent");
  running->second += frame.body.size();
}

void CoreModel::hear_download_end(View& view, const Frame& frame) {
  const auto running = view.downloads.find(std::string(frame.argument(0)));
  check(running != view.downloads.end() && running->second == file_of(frame.argument(0)).size,
        "a download ends before its last chunk");
  view.downloads.erase(running);
}

void CoreModel::hear_unnumbered(const View& view, const Frame& frame) const {
  const std::string room(frame.argument(0));
  const Command* command = waiting(view);
  const bool is_joining = command != nullptr && command->verb == Verb::sync && command->what == room;
  check(view.joined.contains(room) || (frame.verb == Verb::joined && is_joining),
        "news of a room for somebody who has not joined it");
}

void CoreModel::hear_numbered(View& view, const Frame& frame) {
  Numbered numbered{frame.verb == Verb::gap, std::string(frame.argument(0)), number(frame.argument(1)), 0};
  numbered.last = numbered.is_gap ? number(frame.argument(2)) : numbered.first;
  check(numbered.first > 0 && numbered.last >= numbered.first, "a number that cannot be");
  if (!is_room(numbered.room))
    check(is_one_of(view.name, numbered.room), "a conversation for a third person");
  if (!numbered.is_gap) {
    const std::string from(frame.argument(2));
    if (!is_room(numbered.room)) check(is_one_of(from, numbered.room), "a conversation with a third person");
    const std::size_t hash =
        std::hash<std::string_view>{}(frame.line) * 31 + std::hash<std::string_view>{}(frame.body);
    const auto [known, is_new] =
        messages_.try_emplace({numbered.room, numbered.first}, Message{hash, from, clock_, {}});
    check(known->second.hash == hash, "one number, two messages");
    if (!is_room(numbered.room)) check_reader(view, known->second.readers, known->second.seen_at);
    if (frame.verb == Verb::file) {
      const File& file = file_of(frame.argument(3));
      check(file.room == numbered.room && number(frame.argument(4)) == file.size &&
                frame.argument(5) == file.sha256,
            "FILE tells of another file");
    }
  }
  const Command* command = waiting(view);
  if (command != nullptr && (command->verb == Verb::history || command->verb == Verb::sync)) {
    view.held.push_back(std::move(numbered));
  } else {
    come_live(view, numbered);
  }
}

void CoreModel::come_live(View& view, const Numbered& numbered) {
  if (is_room(numbered.room))
    check(view.joined.contains(numbered.room), "a message for somebody who has not joined the room");
  Next& next = (is_room(numbered.room) ? view.joined : view.conversations)[numbered.room];
  check(!next || *next == numbered.first, "a number is missing, or comes twice");
  next = numbered.last + 1;
}

void CoreModel::release_held(View& view) {
  for (const Numbered& numbered : std::exchange(view.held, {})) come_live(view, numbered);
}

void CoreModel::hear_page_end(View& view, const Frame& frame) {
  const Command command = take_answered(view, frame);
  check(command.verb == Verb::history || command.verb == Verb::sync, "an END to something else");
  const std::string room(frame.argument(0));
  const Sequence last = number(text(frame, "last"));
  const Sequence oldest = number(text(frame, "oldest"));
  const Sequence limit = command.limit.value_or(kPageSizeDefault);
  // What the page must be: the numbers first .. last.
  Sequence first = oldest;
  if (command.after) {
    first = std::max(oldest, *command.after + 1);
  } else if (last + 1 > oldest + limit) {
    first = last + 1 - limit;
  }
  const bool is_empty = last < first || (command.before && last >= *command.before);
  const std::size_t count = is_empty ? 0 : static_cast<std::size_t>(last + 1 - first);
  check(count <= limit, "a page is longer than was asked for");
  check(view.held.size() >= count, "a page is shorter than its END says");
  for (std::size_t index = 0; index < count; ++index) {
    const Numbered& numbered = view.held[view.held.size() - count + index];
    check(!numbered.is_gap && numbered.room == room && numbered.first == first + index,
          "a page is not what its END says");
  }
  view.held.resize(view.held.size() - count);
  release_held(view);
  if (is_room(room)) {
    check(command.verb == Verb::sync || view.joined.contains(room), "a page for somebody who has not joined");
    if (command.verb == Verb::sync)
      view.joined.try_emplace(room, text(frame, "more") == "0" ? Next(last + 1) : Next());
  } else {
    check(is_one_of(view.name, room), "a page of a conversation of others");
  }
}

}  // namespace plaintalk::messenger::test
