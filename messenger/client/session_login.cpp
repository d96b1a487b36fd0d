// From the greeting to the last page that was missed: ready.
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

// Absent or not understood: no limit that we know of.
std::size_t limit_in(const Frame& greeting, std::string_view key) {
  return parse_decimal<std::size_t>(greeting.parameter(key).value_or("")).value_or(kLimitUnknown);
}

constexpr auto kPingIntervalDefault = std::chrono::seconds{30};

}  // namespace

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
  std::string run = text(frame.parameter("run"));
  if (run_ && *run_ != run) forget_server();
  run_ = std::move(run);
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
    login_way_ =
        config_.register_account && !is_known_here_ ? LoginWay::register_account : LoginWay::password;
  send_login();
}

// The server was restarted: tokens, ids, files and the numbers of its rooms are of the one before.
void ClientSession::forget_server() {
  token_.clear();
  is_known_here_ = false;
  seen_files_ = {};
  for (auto& [name, room] : rooms_) {
    if (room.cursor.known()) room.cursor.start_over();
  }
  for (auto& [id, upload] : uploads_) {
    if (upload.stage() == Upload::Stage::unsure) upload.start_over();
  }
  for (auto& [id, waiting] : requests_) waiting.shown_until = 0;
  if (was_in_)
    notice("restarted",
           "the server was restarted and has forgotten what was said before; its rooms count from 1 again");
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
    was_in_ = is_known_here_ = true;
    login_was_lost_ = false;
    name_taken_count_ = 0;
    catch_up();
    return;
  }
  const Refusal refusal = read_refusal(frame);
  if (login_way_ == LoginWay::token && (refusal.code == 402 || refusal.code == 410)) {
    // It was too old, or the server had too many devices or guests to keep ours: log in as at first.
    token_.clear();
    login_way_ = config_.password ? LoginWay::password : LoginWay::guest;
    send_login();
    return;
  }
  const auto retry = parse_decimal<std::uint32_t>(frame.parameter("retry").value_or(""));
  const bool is_taken = refusal.name == "NAME_TAKEN";
  if (login_way_ == LoginWay::register_account && is_taken && !retry) {
    // Registered before, perhaps by the very request whose answer got lost; the password decides.
    login_way_ = LoginWay::password;
    send_login();
    return;
  }
  if (was_in_ && refusal.code == 402) {
    end(Ended::Why::login_refused,
        "the server does not take this login any more; if it was restarted without its accounts, --register "
        "makes yours again");
    return;
  }
  // Held by a lost connection, of an earlier run of this program or our own, whose token we do not know.
  const bool may_be_us =
      is_taken && (retry || was_in_ || login_was_lost_) && name_taken_count_++ < kNameTakenRetryCountMax;
  const bool passing = refusal.code == 429 || refusal.code >= 500 || refusal.code == 408 || may_be_us;
  end(passing ? Ended::Why::lost : Ended::Why::login_refused,
      std::to_string(refusal.code) + " " + refusal.name + ": " + refusal.text,
      Milliseconds{retry.value_or(0)}, refusal.code);
}

void ClientSession::catch_up() {
  phase_ = Phase::catching_up;
  catching_up_count_ = 0;
  for (auto& [name, room] : rooms_) {
    if (!room.cursor.known() || (name.front() == '#' && !room.joined)) continue;
    ++catching_up_count_;
    ask_page(name, room, name.front() == '#' ? Verb::sync : Verb::history, true);
  }
  if (catching_up_count_ == 0) phase_ = Phase::ready;
}

void ClientSession::caught_up_with_one() {
  if (phase_ != Phase::catching_up || --catching_up_count_ != 0) return;
  phase_ = Phase::ready;
}

}  // namespace plaintalk::messenger::client
