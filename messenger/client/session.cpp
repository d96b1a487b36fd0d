#include "messenger/client/session.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/number.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr auto kGreetingTimeout = std::chrono::seconds{10};
constexpr auto kPingIntervalDefault = std::chrono::seconds{30};
// A server may be set up with longer lines and bodies than the defaults; these bound what one frame can cost
// us.
constexpr DecoderLimits kLimits{64 << 10, kSkippedBodySizeMax, kSkippedBodySizeMax};

// Absent or not understood: no limit that we know of.
std::size_t limit_in(const Frame& greeting, std::string_view key) {
  return parse_decimal<std::size_t>(greeting.parameter(key).value_or("")).value_or(kLimitUnknown);
}

}  // namespace

ClientSession::ClientSession(SessionConfig config, FileStore& files)
    : config_(std::move(config)), files_(files) {}

void ClientSession::set_password(std::string password) {
  config_.password = std::move(password);
  token_.clear();
}

void ClientSession::connected(Instant now) {
  check(phase_ == Phase::offline, "a session has one connection at a time");
  now_ = now;
  last_heard_ = now;
  probing_ = false;
  registered_again_ = false;
  decoder_.emplace(kLimits);
  phase_ = Phase::greeting;
}

void ClientSession::disconnected() {
  if (phase_ == Phase::login) login_was_lost_ = true;
  phase_ = Phase::offline;
  ended_.reset();
  output_.clear();
  sent_.clear();
  rate_pause_until_.reset();
  for (auto& [name, room] : rooms_) {
    room.paging = false;
    room.page_at.reset();
    room.restarted = false;
  }
  for (auto& [id, upload] : uploads_) upload.connection_lost();
  for (auto& [id, download] : downloads_) download.connection_lost();
  unsent_.clear();
  for (auto& [id, waiting] : requests_) {
    if (!to_hash_.contains(id)) unsent_.insert(id);
    waiting.answer.rooms.clear();
    waiting.answer.people.clear();
    waiting.answer.lines.clear();
  }
}

void ClientSession::end(Ended::Why why, std::string text, Milliseconds retry, unsigned code) {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  ended_ = Ended{why, std::move(text), retry, code};
}

std::optional<Ended> ClientSession::take_ended() { return std::exchange(ended_, std::nullopt); }

void ClientSession::received(std::string_view bytes, Instant now) {
  now_ = now;
  last_heard_ = now;
  probing_ = false;
  if (phase_ == Phase::offline || phase_ == Phase::over) return;
  decoder_->feed(bytes);
  while (phase_ != Phase::over) {
    const auto step = decoder_->next();
    if (step == FrameDecoder::Step::need_more) {
      send_waiting();
      return;
    }
    if (step == FrameDecoder::Step::frame) {
      on_frame(decoder_->frame());
      continue;
    }
    // A frame we cannot read may have been an answer, so the order of the answers is lost with it.
    const std::string what(name_of(decoder_->error().code));
    if (phase_ == Phase::greeting)
      end(Ended::Why::not_plaintalk, "what listens there does not speak PLAINTALK/1 (" + what + ")");
    else
      end(Ended::Why::lost, "the server sent something that is not PLAINTALK/1 (" + what + ")");
  }
}

void ClientSession::greeted(const Frame& frame) {
  if (frame.verb == Verb::err || frame.verb == Verb::bye) {
    const Refusal refusal = read_refusal(frame);
    const auto retry = parse_decimal<std::uint32_t>(frame.parameter("retry").value_or(""));
    end(Ended::Why::lost, "the server refused the connection: " + refusal.text,
        Milliseconds{retry.value_or(0)});
    return;
  }
  if (frame.verb != Verb::greeting) {
    end(Ended::Why::not_plaintalk, "what listens there does not speak PLAINTALK/1");
    return;
  }
  server_ = unescape(frame.argument(0)).value_or("");
  const auto ping = parse_decimal<std::uint32_t>(frame.parameter("ping").value_or(""));
  ping_interval_ = std::chrono::seconds{ping && *ping > 0 ? *ping : kPingIntervalDefault.count()};
  line_size_max_ = limit_in(frame, "line");
  body_size_max_ = limit_in(frame, "body");
  file_size_max_ = limit_in(frame, "file");
  phase_ = Phase::login;
  for (const RequestId id : std::set(to_hash_)) refuse_too_large_file(id);
  if (!token_.empty())
    login_way_ = LoginWay::token;
  else if (!config_.password)
    login_way_ = LoginWay::guest;
  else
    login_way_ = config_.register_account && !was_in_ ? LoginWay::register_account : LoginWay::password;
  send_login();
}

void ClientSession::send_login() {
  const bool registers = login_way_ == LoginWay::register_account;
  FrameWriter frame(output_, registers ? Verb::register_ : Verb::login);
  frame.argument(config_.user).parameter("device", config_.device);
  if (login_way_ == LoginWay::token)
    frame.parameter("token", escape(token_)).end();
  else if (login_way_ == LoginWay::guest)
    frame.end();
  else
    frame.body(*config_.password);
  sent_.push_back(Sent{.what = Sent::What::login});
}

void ClientSession::login_answered(const Frame& frame) {
  if (frame.verb == Verb::ok) {
    token_ = unescape(frame.parameter("token").value_or("")).value_or("");
    const auto user = fold_account(frame.parameter("user").value_or(config_.user));
    if (user) config_.user = *user;
    events_.emplace_back(
        LoggedIn{server_, config_.user, config_.device, frame.parameter("guest") == "1", was_in_});
    was_in_ = true;
    login_was_lost_ = false;
    name_taken_count_ = 0;
    catch_up();
    return;
  }
  const Refusal refusal = read_refusal(frame);
  if (login_way_ == LoginWay::token && (refusal.code == 402 || refusal.code == 410)) {
    // A restarted server knows no tokens, and a token whose replacement got lost is void: log in as at first.
    token_.clear();
    server_may_be_new_ = true;
    login_way_ = config_.password ? LoginWay::password : LoginWay::guest;
    send_login();
    return;
  }
  if (login_way_ == LoginWay::register_account && refusal.name == "NAME_TAKEN") {
    // Registered before, perhaps by the very request whose answer got lost; the password decides.
    login_way_ = LoginWay::password;
    send_login();
    return;
  }
  if (login_way_ == LoginWay::password && was_in_ && config_.register_account && refusal.code == 402 &&
      !std::exchange(registered_again_, true)) {
    // We had registered and the server has forgotten it: it was restarted.
    login_way_ = LoginWay::register_account;
    send_login();
    return;
  }
  const auto retry = parse_decimal<std::uint32_t>(frame.parameter("retry").value_or(""));
  if (was_in_ && refusal.code == 402) {
    end(Ended::Why::login_refused,
        "the server does not take this login any more; if it was restarted without its accounts, --register "
        "makes yours again");
    return;
  }
  // Our name may be held by our own lost connection, whose token we do not know, or no longer: that passes.
  const bool may_be_us = (was_in_ || login_was_lost_) && refusal.name == "NAME_TAKEN" &&
                         name_taken_count_++ < kNameTakenRetryCountMax;
  const bool passing = refusal.code == 429 || refusal.code >= 500 || refusal.code == 408 || may_be_us;
  end(passing ? Ended::Why::lost : Ended::Why::login_refused,
      std::to_string(refusal.code) + " " + refusal.name + ": " + refusal.text,
      Milliseconds{retry.value_or(0)}, refusal.code);
}

void ClientSession::catch_up() {
  phase_ = Phase::catching_up;
  catching_up_count_ = 0;
  for (auto& [name, room] : rooms_) {
    if (server_may_be_new_) {
      room.cursor.forget_unshown();
      room.doubtful = true;
    }
    if (!room.cursor.known() || (name.front() == '#' && !room.joined)) continue;
    ++catching_up_count_;
    // A restarted server may have counted past our cursor again. The frame at the cursor tells; it is asked
    // for again only when there is reason to doubt, because a frame that comes twice is a repeat to everybody
    // who watches.
    const bool checking = room.doubtful && !room.newest.empty() && room.cursor.cursor() > 0;
    // Nothing was seen that could tell: better too much than too little.
    if (room.doubtful && room.newest.empty()) room.cursor.restart(0);
    ask_page(name, room, name.front() == '#' ? Verb::sync : Verb::history, true, checking);
  }
  server_may_be_new_ = false;
  if (catching_up_count_ == 0) phase_ = Phase::ready;
}

void ClientSession::caught_up_with_one() {
  if (phase_ != Phase::catching_up || --catching_up_count_ != 0) return;
  phase_ = Phase::ready;
}

RequestId ClientSession::submit(Request request, Instant now) {
  now_ = now;
  const RequestId id{++request_count_};
  Waiting waiting;
  waiting.answer.request = id;
  waiting.answer.verb = request.verb;
  waiting.answer.files_only = request.files_only;
  if (request.verb != Verb::get) waiting.answer.room = room_of(request.target);
  if (request.verb == Verb::cancel) return cancel(id, std::move(waiting.answer), request.target);
  if (request.verb == Verb::say) waiting.wire_id = config_.id_prefix + std::to_string(request_count_);
  const bool full = requests_.size() >= kWaitingCountMax;
  if (request.verb == Verb::put && !full) {
    auto source = files_.open_upload(request.path);
    if (!source) {
      waiting.answer.refusal = Refusal{0, "FILE", std::move(source.error())};
      events_.emplace_back(std::move(waiting.answer));
      return id;
    }
    uploads_.emplace(id, Upload(std::move(*source), request.target));
    to_hash_.insert(id);
  }
  if (request.verb == Verb::get) {
    const auto handle = seen_files_.handle_of(request.target);
    if (!handle) {
      waiting.answer.refusal = Refusal{0, "FILE", "no file of that name was announced here; see /files"};
      events_.emplace_back(std::move(waiting.answer));
      return id;
    }
    request.target = *handle;
  }
  if (request.verb == Verb::get) downloads_.emplace(id, Download(request.target));
  if (request.verb == Verb::join) parted_.erase(request.target);
  if (request.verb == Verb::part) {
    // Not to be joined again if the connection is lost before the answer.
    if (const auto room = rooms_.find(request.target); room != rooms_.end()) room->second.joined = false;
    parted_.insert(request.target);
  }
  waiting.request = std::move(request);
  requests_.emplace(id, std::move(waiting));
  if (full) {
    answer(id,
           Refusal{0, "BUSY", "too many requests wait for an answer already; try again when some are done"});
    return id;
  }
  if (phase_ == Phase::offline && requests_.at(id).request.verb == Verb::quit) {
    leave(id);
    return id;
  }
  if (to_hash_.contains(id))
    refuse_too_large_file(id);
  else
    unsent_.insert(id);
  send_waiting();
  return id;
}

void ClientSession::send_waiting() {
  if (phase_ != Phase::ready) return;
  advance_hashing(false);
  if (rate_pause_until_ && now_ < *rate_pause_until_) return;
  rate_pause_until_.reset();
  for (auto next = unsent_.begin(); next != unsent_.end() && in_flight_count() < kInFlightMax;) {
    const RequestId id = *next;
    if (waits_for_join(requests_.at(id))) return;
    ++next;
    if (waits_for_same_file(id)) continue;
    unsent_.erase(id);
    send(id, requests_.at(id));
  }
}

// What is said before the answer to JOIN would, if the connection is lost in between, have a number from
// before the join that counts in the end: we would never see our own message.
bool ClientSession::waits_for_join(const Waiting& waiting) const {
  if (waiting.request.verb != Verb::say && waiting.request.verb != Verb::put) return false;
  return std::ranges::any_of(sent_, [&](const Sent& sent) {
    if (sent.what != Sent::What::request || sent.verb != Verb::join) return false;
    const auto join = requests_.find(sent.request);
    return join != requests_.end() && join->second.answer.room == waiting.answer.room;
  });
}

std::size_t ClientSession::in_flight_count() const {
  // File data has bounds of its own and must not keep chat waiting.
  return static_cast<std::size_t>(
      std::ranges::count_if(sent_, [](const Sent& sent) { return sent.what != Sent::What::data; }));
}

// Appends the frame, or says why this server would not take it.
std::optional<std::string> ClientSession::encode_within(const Waiting& waiting) {
  const auto& text = waiting.request.text;
  if (text && text->size() > body_size_max_)
    return "the text has " + std::to_string(text->size()) + " bytes and this server takes at most " +
           std::to_string(body_size_max_) + "; /send FILE sends files";
  const std::size_t start = output_.size();
  for (const bool counted : {false, true}) {
    encode(waiting.request, waiting.wire_id, output_, counted);
    if (output_.find('\n', start) - start < line_size_max_) return std::nullopt;
    output_.resize(start);
  }
  return "the line would have more than the " + std::to_string(line_size_max_) +
         " bytes that this server takes";
}

void ClientSession::send(RequestId id, Waiting& waiting) {
  ++waiting.sent_count;
  waiting.sent_at = now_;
  const Verb verb = waiting.request.verb;
  if (verb == Verb::put || verb == Verb::get) {
    start_transfer(id, waiting);
    return;
  }
  if (const auto why = encode_within(waiting)) {
    answer(id, Refusal{0, "TOO_LARGE", *why});
    return;
  }
  sent_.push_back(Sent{.what = Sent::What::request, .request = id, .verb = verb});
}

void ClientSession::answer(RequestId id, std::optional<Refusal> refusal) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return;
  Answered done = std::move(found->second.answer);
  done.refusal = std::move(refusal);
  requests_.erase(found);
  unsent_.erase(id);
  to_hash_.erase(id);
  uploads_.erase(id);
  downloads_.erase(id);
  events_.emplace_back(std::move(done));
}

// Nobody is left without an answer: what waits when its user quits will never be done.
void ClientSession::leave(RequestId quit) {
  end(Ended::Why::quit, "");
  while (!requests_.empty()) {
    const RequestId id =
        requests_.begin()->first == quit ? requests_.rbegin()->first : requests_.begin()->first;
    if (id == quit)
      answer(id, std::nullopt);
    else
      answer(id, Refusal{0, "LEFT", "you left before this was done"});
  }
}

void ClientSession::bye(const Frame& frame) {
  const bool quitting = !sent_.empty() && sent_.front().verb == Verb::quit;
  if (frame.argument_count() == 0 && quitting) {
    const RequestId id = sent_.front().request;
    leave(id);
    return;
  }
  const Refusal refusal = read_refusal(frame);
  const auto retry = parse_decimal<std::uint32_t>(frame.parameter("retry").value_or(""));
  if (refusal.name == "REPLACED")
    end(Ended::Why::replaced, refusal.text);
  else
    end(quitting ? Ended::Why::quit : Ended::Why::lost, refusal.text, Milliseconds{retry.value_or(0)});
}

void ClientSession::tick(Instant now) {
  now_ = now;
  if (phase_ == Phase::offline || phase_ == Phase::over) return;
  const auto silent = now - last_heard_;
  if (phase_ == Phase::greeting) {
    if (silent >= kGreetingTimeout) end(Ended::Why::lost, "no greeting came within 10 s");
    return;
  }
  // The server speaks up after each ping interval, so silence over that is suspicious; one more of them is an
  // answer.
  if (silent >= 2 * ping_interval_) {
    end(Ended::Why::lost,
        "the server has been silent for " +
            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(silent).count()) + " s");
  } else if (silent >= ping_interval_ + ping_interval_ / 2 && !probing_ && phase_ != Phase::login) {
    probing_ = true;
    FrameWriter(output_, Verb::ping).end();
    sent_.push_back(Sent{.what = Sent::What::probe, .verb = Verb::ping});
  }
  for (auto& [name, room] : rooms_) {
    if (!room.page_at || now < *room.page_at) continue;
    room.page_at.reset();
    ask_page(name, room, Verb::history, room.catching_up);
  }
  if (phase_ == Phase::ready) advance_hashing(true);
  send_waiting();
}

std::string ClientSession::take_output() { return std::exchange(output_, {}); }

std::vector<Event> ClientSession::take_events() { return std::exchange(events_, {}); }

}  // namespace plaintalk::messenger::client
