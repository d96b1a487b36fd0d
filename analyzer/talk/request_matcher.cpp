#include "analyzer/talk/request_matcher.hpp"

#include <utility>

namespace plaintalk::analyzer {
namespace {

bool ok_answers(const Reply& reply, const Request& request) {
  switch (request.verb) {
    case Verb::say: return reply.seq.has_value();
    case Verb::login:
    case Verb::register_:
    case Verb::auth: return reply.has_user;
    case Verb::join: return !reply.room.empty() && reply.has_members;
    case Verb::part: return !reply.room.empty() && !reply.has_members && !reply.seq;
    case Verb::topic: return !reply.room.empty() && !reply.has_members && !reply.seq;
    case Verb::put: return !reply.file.empty() && reply.next && !reply.has_complete;
    case Verb::done: return reply.has_verified && reply.file == request.target;
    case Verb::get: return reply.has_sha256 && reply.file == request.target;
    case Verb::stat: return reply.has_complete && reply.file == request.target;
    case Verb::cancel: return reply.file == request.target;
    case Verb::help:
    case Verb::rooms:
    case Verb::who: return reply.count.has_value();
    case Verb::ping:
    case Verb::history:
    case Verb::sync:
    case Verb::data:
    case Verb::quit: return false;
    default: return !reply.seq && !reply.has_user && !reply.has_members && reply.file.empty();
  }
}

}  // namespace

bool answers(const Reply& reply, const Request& request) {
  // What could not be read may have had any id; the server may have read further than its error.
  if (request.unreadable) return reply.verb == Verb::err;
  if ((reply.verb == Verb::ok || reply.verb == Verb::err) && reply.id != request.id) return false;
  switch (reply.verb) {
    case Verb::ok: return ok_answers(reply, request);
    case Verb::err: return reply.error_verb == Verb::unknown || reply.error_verb == request.verb;
    case Verb::end: return request.verb == Verb::history || request.verb == Verb::sync;
    case Verb::pong: return request.verb == Verb::ping;
    case Verb::ack: return request.verb == Verb::data && reply.file == request.target;
    case Verb::bye: return request.verb == Verb::quit;
    default: return false;
  }
}

bool RequestMatcher::replied(const Reply& reply) {
  for (std::size_t index = 0; index < waiting_.size(); ++index) {
    if (!answers(reply, waiting_[index])) continue;
    if (!synchronised_ && reply.first < waiting_[index].last) continue;
    Request request = std::move(waiting_[index]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
    body_bytes_ -= request.body.size();
    matched_(request, reply, index == 0);
    return true;
  }
  return false;
}

void RequestMatcher::drop_front() {
  Request request = std::move(waiting_.front());
  waiting_.pop_front();
  body_bytes_ -= request.body.size();
  unanswered_(request);
}

void RequestMatcher::sent(Request request) {
  if (waiting_.size() == kRequestCountMax) {
    ++dropped_count_;
    synchronised_ = false;
    drop_front();
  }
  body_bytes_ += request.body.size();
  waiting_.push_back(std::move(request));
  // A held reply can only have waited for this command: those before it did not fit.
  for (auto reply = held_.begin(); reply != held_.end(); ++reply) {
    if (!answers(*reply, waiting_.back())) continue;
    if (!synchronised_ && reply->first < waiting_.back().last) continue;
    const Reply found = std::move(*reply);
    held_.erase(reply);
    const bool in_turn = waiting_.size() == 1;
    Request matched = std::move(waiting_.back());
    waiting_.pop_back();
    body_bytes_ -= matched.body.size();
    matched_(matched, found, in_turn);
    return;
  }
}

void RequestMatcher::hold(Reply reply) {
  if (held_.size() == kReplyCountMax) {
    held_.pop_front();
    ++dropped_count_;
  }
  held_.push_back(std::move(reply));
}

void RequestMatcher::lost_server_bytes() {
  synchronised_ = false;
  // Their replies may be among what was lost. Joining a later reply to them would be a guess.
  while (!waiting_.empty()) drop_front();
}

void RequestMatcher::finish() {
  while (!waiting_.empty()) drop_front();
}

}  // namespace plaintalk::analyzer
