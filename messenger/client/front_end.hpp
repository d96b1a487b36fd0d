// The side of the client that faces a person, a script or a program. The application (application.hpp) calls
// it from the event loop.
#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/time.hpp"
#include "messenger/client/event.hpp"

namespace plaintalk::messenger::client {

class Application;

// What became of the connection, for one line on the screen.
struct ConnectionStatus {
  enum class State : std::uint8_t { retrying, over };
  State state{};
  std::string text;  // the whole line
  Milliseconds delay{};
  unsigned attempt = 0;  // the one that will follow
};

class FrontEnd {
 public:
  FrontEnd() = default;
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;
  virtual ~FrontEnd() = default;

  virtual void start(Application& application) = 0;
  // Runs the loop until the application is finished.
  virtual void run(boost::asio::io_context& io) { io.run(); }
  virtual void on_event(const Event& event) = 0;
  // Logged in and caught up, for the first time or again.
  virtual void on_ready() = 0;
  virtual void on_status(const ConnectionStatus& status) = 0;
  virtual void on_interrupt() = 0;  // SIGINT
  // SIGTERM: the application ends without asking, but this may still say what was not done.
  virtual void on_terminate() {}
  // --timeout is over and there was never a login; only those who cannot wait for ever give up.
  virtual bool gives_up() const { return true; }
};

}  // namespace plaintalk::messenger::client
