// What each frame from the server means. Answers are matched with sent_, in the order of the commands.
#include <algorithm>
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {

Refusal read_refusal(const Frame& frame) {
  Refusal refusal;
  refusal.code = parse_decimal<unsigned>(frame.argument(0)).value_or(0);
  refusal.name = text(frame.argument(1));
  refusal.text = std::string(frame.body);
  if (const auto most = frame.parameter("max"); most && (refusal.code == 413 || refusal.code == 431))
    refusal.text += " (at most " + text(most) + " bytes)";
  return refusal;
}

void ClientSession::notice(std::string kind, std::string words) {
  events_.emplace_back(NoticeCame{std::move(kind), std::move(words)});
}

void ClientSession::on_frame(const Frame& frame) {
  if (phase_ == Phase::greeting) {
    greeted(frame);
    return;
  }
  switch (frame.verb) {
    case Verb::ok:
    case Verb::err:
    case Verb::end:
    case Verb::pong:
    case Verb::ack: on_reply(frame); return;
    case Verb::bye: bye(frame); return;
    case Verb::ping: {
      FrameWriter pong(output_, Verb::pong);
      if (frame.body_kind == BodyKind::none)
        pong.end();
      else
        pong.body(frame.body);
      return;
    }
    case Verb::note: on_note(frame); return;
    default: break;
  }
  if (phase_ == Phase::login) return;
  switch (frame.verb) {
    case Verb::msg:
    case Verb::file:
    case Verb::gap: on_room_frame(frame); return;
    case Verb::joined:
    case Verb::parted:
    case Verb::pres:
    case Verb::topic: on_person(frame); return;
    case Verb::credit: on_credit(frame); return;
    case Verb::data: on_data(frame); return;
    case Verb::done: on_download_done(frame); return;
    default: return;  // new verbs of a newer server inform and need no answer
  }
}

void ClientSession::on_reply(const Frame& frame) {
  const bool fatal = frame.verb == Verb::err && frame.parameter("fatal") == "1";
  const auto verb = frame.verb == Verb::err ? find_verb(frame.parameter("verb").value_or("")) : Verb::unknown;
  // These two commands have no answer, so an error about them answers nothing in the queue.
  if (verb == Verb::credit || verb == Verb::pong) return;
  if (verb == Verb::get && (sent_.empty() || sent_.front().verb != Verb::get)) {
    // A running download broke: the server could not read its file any more.
    fail_running_downloads(read_refusal(frame));
    return;
  }
  if (sent_.empty() || (fatal && number(frame.argument(0)) >= 500)) {
    if (fatal)
      end(Ended::Why::lost, read_refusal(frame).text, Milliseconds{number(frame.parameter("retry"))});
    return;
  }
  const Sent sent = std::move(sent_.front());
  sent_.pop_front();
  switch (sent.what) {
    case Sent::What::login: login_answered(frame); break;
    case Sent::What::probe: break;
    case Sent::What::page: on_page(sent, frame); break;
    case Sent::What::data:
      if (frame.verb == Verb::ack)
        on_ack(sent, frame);
      else if (frame.verb == Verb::err)
        on_data_refused(sent, frame, read_refusal(frame));
      else
        end(Ended::Why::lost, "the server answered out of order");
      break;
    case Sent::What::request:
      if (frame.verb == Verb::ack)
        end(Ended::Why::lost, "the server answered out of order");
      else if (frame.verb == Verb::err)
        on_refused(sent, frame);
      else
        on_request_reply(sent, frame);
      break;
  }
  if (fatal) end(Ended::Why::lost, read_refusal(frame).text, Milliseconds{number(frame.parameter("retry"))});
}

void ClientSession::on_refused(const Sent& sent, const Frame& frame) {
  const auto found = requests_.find(sent.request);
  if (found == requests_.end()) return;
  Waiting& waiting = found->second;
  const bool transfer = sent.verb == Verb::put || sent.verb == Verb::get || sent.verb == Verb::done;
  const auto retry = frame.parameter("retry");
  if (number(frame.argument(0)) == 429 && retry && !transfer &&
      waiting.rate_retry_count++ < kRateRetryCountMax) {
    rate_pause_until_ = now_ + pause_before_retry(frame);
    unsent_.insert(sent.request);
    return;
  }
  if (lookups_.contains(sent.request)) return go_on_looking(sent.request, frame);  // no member any more
  if (sent.verb == Verb::part && waiting.sent_count > 1) {
    // Left already by the first try, whose answer got lost.
    rooms_.erase(waiting.request.target);
    answer(sent.request, std::nullopt);
    return;
  }
  if (sent.verb == Verb::part) parted_.erase(waiting.request.target);
  if (starts_over(sent, read_refusal(frame))) return;
  answer(sent.request, read_refusal(frame));
}

void ClientSession::on_request_reply(const Sent& sent, const Frame& frame) {
  const auto found = requests_.find(sent.request);
  if (found == requests_.end()) {
    // A transfer that was given up meanwhile. GET has been followed by CANCEL; PUT tells the handle only now.
    if (sent.verb == Verb::put && frame.verb == Verb::ok) give_up(text(frame.parameter("file")));
    return;
  }
  Waiting& waiting = found->second;
  const bool fits = frame.verb == (sent.verb == Verb::ping      ? Verb::pong
                                   : sent.verb == Verb::history ? Verb::end
                                                                : Verb::ok);
  if (!fits) {
    end(Ended::Why::lost, "the server answered out of order");
    return;
  }
  if (lookups_.contains(sent.request)) {
    go_on_looking(sent.request, frame);
  } else if (sent.verb == Verb::put) {
    on_put_accepted(sent.request, frame);
  } else if (sent.verb == Verb::get) {
    on_get_accepted(sent.request, frame);
  } else {
    on_done(sent.request, waiting, frame);
  }
}

void ClientSession::on_done(RequestId id, Waiting& waiting, const Frame& frame) {
  Answered& done = waiting.answer;
  const std::string& target = waiting.request.target;
  switch (waiting.request.verb) {
    case Verb::say:
      done.seq = number(frame.parameter("seq"));
      done.at_ms = static_cast<std::int64_t>(number(frame.parameter("at")));
      done.repeated = frame.parameter("dup") == "1";
      break;
    case Verb::join: {
      done.members = number(frame.parameter("members"));
      done.last = number(frame.parameter("last"));
      done.text = body_of(frame);
      if (Room* room = find_or_add_room(target)) {
        room->joined = true;
        room->cursor.start(done.last);
      }
      break;
    }
    case Verb::part: rooms_.erase(target); break;
    case Verb::topic: done.text = waiting.request.text ? waiting.request.text : body_of(frame); break;
    case Verb::history: {
      done.last = number(frame.parameter("last"));
      done.oldest = number(frame.parameter("oldest"));
      // From here on this conversation is followed, so that a lost connection makes no hole in it.
      if (done.room.starts_with('@') && !waiting.request.before && !waiting.request.after) {
        if (Room* room = find_or_add_room(done.room)) room->cursor.start(done.last);
      }
      break;
    }
    case Verb::ping: done.took = now_ - waiting.sent_at; break;
    case Verb::put: {
      const Upload& upload = uploads_.at(id);
      done.file = upload.file();
      done.name = upload.source().name();
      done.size = upload.source().size();
      done.sha256 = upload.sha256();
      break;
    }
    default: break;
  }
  answer(id, std::nullopt);
}

void ClientSession::on_person(const Frame& frame) {
  const std::string first = text(frame.argument(0));
  const std::string second = text(frame.argument(1));
  switch (frame.verb) {
    case Verb::joined:
      events_.emplace_back(PersonChanged{PersonChanged::What::joined, first, second, ""});
      return;
    case Verb::parted:
      events_.emplace_back(PersonChanged{PersonChanged::What::parted, first, second,
                                         text(frame.parameter("reason").value_or("")),
                                         body_of(frame).value_or("")});
      return;
    case Verb::pres:
      events_.emplace_back(
          PersonChanged{PersonChanged::What::presence, "", first, second, body_of(frame).value_or("")});
      return;
    default: events_.emplace_back(TopicSet{first, second, std::string(frame.body)}); return;
  }
}

void ClientSession::on_note(const Frame& frame) {
  const std::string kind = text(frame.argument(0));
  if (!sent_.empty() && sent_.front().what == Sent::What::request) {
    const auto found = requests_.find(sent_.front().request);
    Answered* done = found == requests_.end() ? nullptr : &found->second.answer;
    const Verb verb = sent_.front().verb;
    if (done != nullptr && verb == Verb::rooms && kind == "ROOM") {
      if (done->rooms.size() < kListedCountMax)
        done->rooms.push_back(RoomEntry{text(frame.argument(1)), number(frame.parameter("members")),
                                        number(frame.parameter("last")), std::string(frame.body)});
      return;
    }
    if (done != nullptr && verb == Verb::who && kind == "WHO") {
      if (done->people.size() < kListedCountMax)
        done->people.push_back(PersonEntry{text(frame.argument(1)), text(frame.argument(2)),
                                           text(frame.parameter("state").value_or("")),
                                           std::string(frame.body)});
      return;
    }
    if (done != nullptr && verb == Verb::help && kind == "HELP") {
      if (done->lines.size() < kListedCountMax) done->lines.emplace_back(frame.body);
      return;
    }
  }
  if (kind == "DIRECT") {
    on_unheard(frame);
    return;
  }
  notice("server", frame.body.empty() ? std::string(frame.line) : std::string(frame.body));
}

}  // namespace plaintalk::messenger::client
