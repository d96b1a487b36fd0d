#include "analyzer/talk/observed_users.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::analyzer {
namespace {

std::string join_words(const std::set<std::string, std::less<>>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

std::string account_of(const Request& request) {
  const auto folded = fold_account(request.target);
  return folded ? *folded : request.target;
}

}  // namespace

ObservedUsers::ObservedUser* ObservedUsers::user(const std::string& account, WallTime when) {
  if (account.empty()) return nullptr;
  auto found = users_.find(account);
  if (found == users_.end()) {
    if (users_.size() >= kCountMax || !may_grow_) {
      if (!limit_reported_)
        findings_.add("limit-reached", when, {}, {}, "too many accounts: users.csv is not complete");
      limit_reported_ = true;
      return nullptr;
    }
    found = users_.emplace(account, ObservedUser{}).first;
    found->second.row.name = account;
    found->second.row.kind = "unknown";
    found->second.row.first_seen = when;
    found->second.row.last_seen = when;
  }
  UserResult& row = found->second.row;
  row.first_seen = std::min(row.first_seen, when);
  row.last_seen = std::max(row.last_seen, when);
  return &found->second;
}

UserResult* ObservedUsers::seen(const std::string& account, WallTime when) {
  ObservedUser* found = user(account, when);
  return found ? &found->row : nullptr;
}

void ObservedUsers::logged_in(const ObservedSession& session, const Request* request, Moment answered) {
  ObservedUser* found = user(session.account, answered.time);
  if (!found) return;
  if (session.guest) {
    found->row.kind = "guest";
  } else if (request && !request->is_token) {
    found->row.kind = "registered";
  }
  std::string_view method = "token";
  if (!request) {
    method = session.guest ? "guest" : "unseen";
  } else if (!request->is_token) {
    method = request->verb == Verb::register_ ? "register" : session.guest ? "guest" : "password";
  }
  found->methods.emplace(method);
  if (!may_grow_) return;
  if (found->devices.size() < kSetSizeMax && !session.device.empty()) found->devices.insert(session.device);
  if (found->addresses.size() < kSetSizeMax) found->addresses.insert(render(session.client.address));
}

void ObservedUsers::credential(const ObservedSession& session, const Request& request,
                               std::string_view accepted) {
  if (request.secret.empty()) return;
  const bool registers = request.verb == Verb::register_;
  CredentialResult row;
  row.seen = request.last;
  row.connection = session.id;
  row.user = account_of(request);
  row.method = request.is_token ? "login-token" : registers ? "register-password" : "login-password";
  row.secret = request.secret;
  row.accepted = accepted;
  row.direction = Direction::client_to_server;
  sink_.credential(row);
  const std::string who = terminal_safe(row.user);
  if (request.is_token) {
    findings_.add("readable-token", request.last.time, session.id, {request.last.packet},
                  "the token that " + who + " came back with can be read in packet " +
                      std::to_string(request.last.packet));
  } else {
    findings_.add("readable-password", request.last.time, session.id, {request.last.packet},
                  "the password of " + who + " can be read in packet " + std::to_string(request.last.packet) +
                      (accepted == "yes"  ? "; the server accepted it"
                       : accepted == "no" ? "; the server refused it"
                                          : ""));
  }
}

void ObservedUsers::refused(const ObservedSession& session, const Request& request, const Reply& reply) {
  const std::string account = account_of(request);
  if (fold_account(account))
    if (ObservedUser* found = user(account, reply.first.time)) ++found->row.refused_logins;
  findings_.add("refused-login", reply.first.time, session.id, {request.last.packet, reply.first.packet},
                "the server refused " + terminal_safe(account) + ": " + std::to_string(reply.code) + " " +
                    terminal_safe(reply.name));
}

void ObservedUsers::token_issued(const ObservedSession& session, std::string_view shown, Moment seen) {
  CredentialResult row;
  row.seen = seen;
  row.connection = session.id;
  row.user = session.account;
  row.method = "issued-token";
  row.secret = shown;
  row.accepted = "yes";
  row.direction = Direction::server_to_client;
  sink_.credential(row);
  findings_.add("readable-token", seen.time, session.id, {seen.packet},
                "the token given to " + terminal_safe(session.account) + " can be read in packet " +
                    std::to_string(seen.packet));
}

void ObservedUsers::logged_in_with(const std::string& account, std::string_view method,
                                   const Endpoint& client, WallTime when) {
  ObservedUser* const found = user(account, when);
  if (!found) return;
  found->methods.emplace(method);
  if (may_grow_ && found->addresses.size() < kSetSizeMax) found->addresses.insert(render(client.address));
}

void ObservedUsers::connection_closed(const std::string& account, const ConnectionRecord& connection) {
  ObservedUser* found = user(account, connection.end);
  if (!found) return;
  user(account, connection.start);
  ++found->row.connections;
  found->row.sent_bytes += connection.client.bytes;
  found->row.received_bytes += connection.server.bytes;
}

void ObservedUsers::finish() {
  for (auto& [account, found] : users_) {
    found.row.login_methods = join_words(found.methods);
    found.row.devices = join_words(found.devices);
    found.row.addresses = join_words(found.addresses);
    sink_.user(found.row);
  }
  users_.clear();
}

}  // namespace plaintalk::analyzer
