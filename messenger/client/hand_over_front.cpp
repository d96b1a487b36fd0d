#include "messenger/client/hand_over_front.hpp"

#include <utility>

namespace plaintalk::messenger::client {

HandOverFront::HandOverFront(std::string name, std::deque<std::string> lines, MakeNext make_next)
    : first_({.input = -1, .script = true, .name = std::move(name), .at_end = [this] { hand_over(); }},
             std::move(lines)),
      make_next_(std::move(make_next)) {}

void HandOverFront::start(Application& application) {
  application_ = &application;
  first_.start(application);
}

void HandOverFront::hand_over() {
  next_ = make_next_(first_.target());
  next_->start(*application_);
  if (application_->session().ready()) next_->on_ready();
}

void HandOverFront::run(boost::asio::io_context& io) {
  while (!next_ && !application_->finished() && io.run_one() > 0) {
  }
  if (next_ && !application_->finished()) next_->run(io);
}

}  // namespace plaintalk::messenger::client
