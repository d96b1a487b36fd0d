#include "analyzer/talk/foreign/foreign_talk.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "analyzer/talk/foreign/ftp.hpp"
#include "analyzer/talk/foreign/http.hpp"
#include "analyzer/talk/foreign/imap.hpp"
#include "analyzer/talk/foreign/irc.hpp"
#include "analyzer/talk/foreign/own_chat.hpp"
#include "analyzer/talk/foreign/pop3.hpp"
#include "analyzer/talk/foreign/recognition.hpp"
#include "analyzer/talk/foreign/smtp.hpp"
#include "analyzer/talk/foreign/telnet.hpp"
#include "analyzer/talk/frame_text.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer::foreign {
namespace {

std::unique_ptr<Protocol> make_protocol(Kind kind, SecretSink& sink, bool from_start) {
  switch (kind) {
    case Kind::http: return std::make_unique<Http>(sink, from_start);
    case Kind::ftp: return std::make_unique<Ftp>(sink, from_start);
    case Kind::smtp: return std::make_unique<Smtp>(sink, from_start);
    case Kind::pop3: return std::make_unique<Pop3>(sink, from_start);
    case Kind::imap: return std::make_unique<Imap>(sink);
    case Kind::telnet: return std::make_unique<Telnet>(sink);
    case Kind::irc: return std::make_unique<Irc>(sink);
    case Kind::none:
    case Kind::undecided: break;
  }
  return std::make_unique<OwnChat>(sink);
}

}  // namespace

ForeignConnection::ForeignConnection(ForeignTalk& all, const ConnectionRecord& connection)
    : all_(all),
      id_(connection.id),
      server_port_(connection.server.endpoint.port),
      start_lost_(connection.midstream) {}

void ForeignConnection::data(Direction direction, std::string_view bytes, Moment moment) {
  if (stopped_) return;
  last_ = moment.time;
  if (protocol_) {
    give(direction, bytes, moment);
    return account();
  }
  const std::string_view kept = bytes.substr(0, kHeldSizeMax - std::min(held_size_, kHeldSizeMax));
  std::string& first = direction == Direction::client_to_server ? client_ : server_;
  first += kept;
  held_size_ += kept.size() + sizeof(Piece);
  held_.push_back({direction, 0, std::string(bytes), moment});
  decide(held_size_ >= kHeldSizeMax);
  account();
}

void ForeignConnection::lost(Direction direction, std::uint64_t size, Moment moment) {
  if (stopped_) return;
  if (protocol_) {
    protocol_->lost(direction, size);
    return account();
  }
  // What follows a hole does not show how the connection began.
  start_lost_ = true;
  held_size_ += sizeof(Piece);
  held_.push_back({direction, size, {}, moment});
  decide(held_size_ >= kHeldSizeMax);
  account();
}

void ForeignConnection::decide(bool at_end) {
  const Kind kind = recognise({client_, server_, server_port_, start_lost_, at_end});
  if (kind == Kind::undecided) return;
  start(make_protocol(kind, *this, !start_lost_));
}

void ForeignConnection::start(std::unique_ptr<Protocol> protocol) {
  protocol_ = std::move(protocol);
  name_ = protocol_->name();
  if (!all_.looks_for_secrets()) return stop();
  std::string().swap(client_);
  std::string().swap(server_);
  held_size_ = 0;
  for (const Piece& piece : std::exchange(held_, {})) {
    if (!protocol_) return;
    if (piece.lost_size > 0) {
      protocol_->lost(piece.direction, piece.lost_size);
    } else {
      give(piece.direction, piece.bytes, piece.moment);
    }
  }
}

void ForeignConnection::give(Direction direction, std::string_view bytes, Moment moment) {
  protocol_->data(direction, bytes, moment);
  if (protocol_->is_over()) stop();
}

std::string_view ForeignConnection::finish() {
  if (!stopped_ && !protocol_) decide(true);
  stop();
  return name_;
}

void ForeignConnection::stop() {
  if (std::exchange(stopped_, true)) return;
  if (protocol_) protocol_->finish();
  protocol_.reset();
  std::exchange(held_, {}).clear();
  std::string().swap(client_);
  std::string().swap(server_);
  std::exchange(reported_, {}).clear();
  all_.account(std::exchange(accounted_, 0), 0, id_, last_);
}

void ForeignConnection::account() {
  if (stopped_) return;
  std::size_t now = client_.capacity() + server_.capacity() + reported_.capacity() * sizeof(std::size_t);
  for (const Piece& piece : held_) now += sizeof(Piece) + piece.bytes.capacity();
  if (protocol_) now += sizeof(Http) + protocol_->held_size();
  const std::size_t before = std::exchange(accounted_, now);
  if (!all_.account(before, now, id_, last_)) stop();
}

// A browser repeats its password with every request, a mail program with every look for mail.
void ForeignConnection::found(Secret secret) {
  const std::hash<std::string_view> hash;
  const std::size_t key =
      hash(secret.user) * 31 + hash(secret.secret) * 7 + hash(secret.method) * 3 + hash(secret.accepted);
  if (std::ranges::find(reported_, key) != reported_.end()) return;
  if (reported_.size() >= kReportedCountMax) reported_.erase(reported_.begin());
  reported_.push_back(key);
  all_.report(name_, id_, secret);
}

void ForeignTalk::report(std::string_view protocol, ConnectionId connection, const Secret& secret) {
  CredentialResult row;
  row.seen = secret.seen;
  row.connection = connection;
  row.user = secret.user;
  row.protocol = protocol;
  row.method = secret.method;
  row.secret = shown_secret(secret.secret, show_secrets_);
  row.accepted = secret.accepted;
  row.direction = Direction::client_to_server;
  sink_.credential(row);
  std::string who = secret.user.empty() ? "of somebody" : "of " + terminal_safe(secret.user);
  findings_.add("readable-password", secret.seen.time, connection, {secret.seen.packet},
                "the password " + who + " (" + std::string(protocol == "other" ? "own protocol" : protocol) +
                    ") can be read in packet " + std::to_string(secret.seen.packet) +
                    (secret.accepted == kAccepted  ? "; the server accepted it"
                     : secret.accepted == kRefused ? "; the server refused it"
                                                   : ""));
}

ForeignConnection* ForeignTalk::find(ConnectionId connection) {
  if (open_.empty()) return nullptr;
  const auto found = open_.find(static_cast<std::uint64_t>(connection));
  return found == open_.end() ? nullptr : found->second.get();
}

bool ForeignTalk::go_on(ConnectionId connection, const ForeignConnection& found) {
  const bool goes_on = !found.is_stopped();
  if (found.is_forgotten()) open_.erase(static_cast<std::uint64_t>(connection));
  return goes_on;
}

bool ForeignTalk::data(ConnectionId connection, Direction direction, std::string_view bytes, Moment moment) {
  ForeignConnection* const found = find(connection);
  if (found == nullptr) return false;
  found->data(direction, bytes, moment);
  return go_on(connection, *found);
}

bool ForeignTalk::lost(ConnectionId connection, Direction direction, std::uint64_t size, Moment moment) {
  ForeignConnection* const found = find(connection);
  if (found == nullptr) return false;
  found->lost(direction, size, moment);
  return go_on(connection, *found);
}

std::string_view ForeignTalk::close(ConnectionId connection, std::string_view name) {
  ForeignConnection* const found = find(connection);
  if (found == nullptr) return name;
  const std::string_view known = found->finish();
  open_.erase(static_cast<std::uint64_t>(connection));
  return known == "other" ? name : known;
}

bool ForeignTalk::account(std::size_t before, std::size_t now, ConnectionId connection, WallTime when) {
  held_size_ = held_size_ + now - before;
  if (held_size_ <= kSizeMax) return true;
  if (!std::exchange(limit_reported_, true))
    findings_.add(
        "limit-reached", when, connection, {},
        "too many connections of other protocols at once: passwords on some of them are not looked for");
  return false;
}

}  // namespace plaintalk::analyzer::foreign
