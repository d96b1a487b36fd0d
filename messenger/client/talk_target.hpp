// Where plain text goes: follows what its user does (joining a room means to talk there), and steps back when
// that fails.
#pragma once

#include <string>
#include <utility>

#include "messenger/client/event.hpp"
#include "messenger/client/request.hpp"

namespace plaintalk::messenger::client {

class TalkTarget {
 public:
  const std::string& now() const { return now_; }
  void talk_to(std::string target) {
    before_ = now_;
    now_ = std::move(target);
  }
  // At once, so that a line typed right after /join goes to the new room.
  void asked(const Request& request) {
    if (request.verb == Verb::join && request.target != now_) talk_to(request.target);
  }
  void answered(const Answered& done) {
    if (done.verb == Verb::join && done.refusal && now_ == done.room) now_ = std::exchange(before_, {});
    if (done.verb == Verb::part && !done.refusal) {
      if (before_ == done.room) before_.clear();
      if (now_ == done.room) now_ = std::exchange(before_, {});
    }
  }

 private:
  std::string now_;
  std::string before_;
};

}  // namespace plaintalk::messenger::client
