#include "messenger/client/session.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/number.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr auto kGreetingTimeout = std::chrono::seconds{10};
// A server may be set up with longer lines and bodies than the defaults; these bound what one frame can cost
// us.
constexpr DecoderLimits kLimits{64 << 10, kSkippedBodySizeMax, kSkippedBodySizeMax};

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
