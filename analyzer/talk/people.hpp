// Who took part, what was seen of them, and the secrets they let be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "analyzer/talk/findings.hpp"
#include "analyzer/talk/requests.hpp"
#include "analyzer/talk/scope.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

class People {
 public:
  static constexpr std::size_t kCountMax = 1 << 20;
  static constexpr std::size_t kSetSizeMax = 64;  // devices or addresses remembered of one account

  People(TalkSink& sink, Findings& findings) : sink_(sink), findings_(findings) {}

  // Somebody's name was seen; the pointer is nothing when there are too many people.
  UserResult* seen(const std::string& account, WallTime when);

  void logged_in(const Session& session, const Request* request, Moment answered);
  // A login or registration and what became of it.
  void credential(const Session& session, const Request& request, std::string_view accepted);
  void refused(const Session& session, const Request& request, const Reply& reply);
  void token_issued(const Session& session, std::string_view shown, Moment seen);
  void connection_closed(const Session& session, const Connection& connection);

  void finish();

 private:
  struct Person {
    UserResult row;
    std::set<std::string, std::less<>> methods;
    std::set<std::string, std::less<>> devices;
    std::set<std::string, std::less<>> addresses;
  };
  Person* person(const std::string& account, WallTime when);

  TalkSink& sink_;
  Findings& findings_;
  std::map<std::string, Person> people_;
  bool bound_told_ = false;
};

}  // namespace plaintalk::analyzer
