// A script first, and then somebody else: when its lines are done, the next front end goes on, on the same
// connection and in the same rooms. A line that fails ends the program, as in any script.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "messenger/client/front_end.hpp"
#include "messenger/client/line_front.hpp"
#include "messenger/client/talk_target.hpp"

namespace plaintalk::messenger::client {

class HandOverFront : public FrontEnd {
 public:
  // What goes on, where plain text goes to the given target.
  using MakeNext = std::function<std::unique_ptr<FrontEnd>(const TalkTarget&)>;

  HandOverFront(std::string name, std::deque<std::string> lines, MakeNext make_next);

  void start(Application& application) override;
  void run(boost::asio::io_context& io) override;
  void on_event(const Event& event) override { now().on_event(event); }
  void on_ready() override { now().on_ready(); }
  void on_status(const ConnectionStatus& status) override { now().on_status(status); }
  void on_interrupt() override { now().on_interrupt(); }
  void on_terminate() override { now().on_terminate(); }
  bool gives_up() const override { return next_ ? next_->gives_up() : first_.gives_up(); }

 private:
  FrontEnd& now() { return next_ ? *next_ : first_; }
  void hand_over();

  LineFront first_;
  MakeNext make_next_;
  std::unique_ptr<FrontEnd> next_;
  Application* application_ = nullptr;
};

}  // namespace plaintalk::messenger::client
