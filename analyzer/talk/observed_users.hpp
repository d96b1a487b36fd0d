// Who took part, what was seen of them, and the secrets they let be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/observed_state.hpp"
#include "analyzer/talk/request_matcher.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

class ObservedUsers {
 public:
  static constexpr std::size_t kCountMax = 1 << 20;
  static constexpr std::size_t kSetSizeMax = 64;  // devices or addresses remembered of one account

  ObservedUsers(TalkSink& sink, Findings& findings) : sink_(sink), findings_(findings) {}

  // Somebody's name was seen; the pointer is nothing when there are too many people.
  UserResult* seen(const std::string& account, WallTime when);

  void logged_in(const ObservedSession& session, const Request* request, Moment answered);
  // A login or registration and what became of it.
  void credential(const ObservedSession& session, const Request& request, std::string_view accepted);
  void refused(const ObservedSession& session, const Request& request, const Reply& reply);
  void token_issued(const ObservedSession& session, std::string_view shown, Moment seen);
  // Somebody logged in by another protocol.
  void logged_in_with(const std::string& account, std::string_view method, const Endpoint& client,
                      WallTime when);
  void connection_closed(const std::string& account, const ConnectionRecord& connection);

  void finish();
  // Whether there may be further accounts, devices and addresses.
  void allow_growth(bool is_allowed) { may_grow_ = is_allowed; }

 private:
  struct ObservedUser {
    UserResult row;
    std::set<std::string, std::less<>> methods;
    std::set<std::string, std::less<>> devices;
    std::set<std::string, std::less<>> addresses;
  };
  ObservedUser* user(const std::string& account, WallTime when);

  TalkSink& sink_;
  Findings& findings_;
  std::map<std::string, ObservedUser> users_;
  bool limit_reported_ = false;
  bool may_grow_ = true;
};

}  // namespace plaintalk::analyzer
