// Requests: taken, sent in their order, repeated after a lost connection, and answered once.
#include <algorithm>
#include <utility>

#include "messenger/client/session.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {

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
  if (request.verb == Verb::get && seen_files_.has(request.target)) {
    request.target = *seen_files_.handle_of(request.target);
    downloads_.emplace(id, Download(request.target));
  } else if (request.verb == Verb::get) {
    lookups_.emplace(id, Lookup{.near = request.near});
  }
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
  const bool is_lookup = lookups_.contains(waiting.answer.request);  // any room may have the file
  if (waiting.request.verb != Verb::say && waiting.request.verb != Verb::put && !is_lookup) return false;
  return std::ranges::any_of(sent_, [&](const Sent& sent) {
    if (sent.what != Sent::What::request || sent.verb != Verb::join) return false;
    const auto join = requests_.find(sent.request);
    return join != requests_.end() && (is_lookup || join->second.answer.room == waiting.answer.room);
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
  if (lookups_.contains(id)) {
    if (!look_up(id)) return;
    if (waits_for_same_file(id)) {
      unsent_.insert(id);
      return;
    }
  }
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
  lookups_.erase(id);
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

}  // namespace plaintalk::messenger::client
