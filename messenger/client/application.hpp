// Wires a session, its way to the server and a front end to one event loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/endpoint.hpp"
#include "messenger/client/disk_files.hpp"
#include "messenger/client/front_end.hpp"
#include "messenger/client/server_link.hpp"
#include "messenger/client/session.hpp"

namespace plaintalk::messenger::client {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNoConnection = 3;
inline constexpr int kExitLoginRefused = 4;
inline constexpr int kExitInterrupted = 130;  // SIGINT, as shells report it
inline constexpr int kExitTerminated = 143;   // SIGTERM

struct ClientOptions {
  HostPort server;
  std::string user;
  std::optional<std::string> password;
  bool register_account = false;
  std::vector<std::string> rooms;  // folded
  std::string source_address;
  std::string device;
  std::string download_folder = ".";
  bool retry = true;
  std::chrono::seconds timeout{30};
};

class Application {
 public:
  // REQUIRES: `io` outlives the front end, whose timers live in it.
  Application(boost::asio::io_context& io, const ClientOptions& options, FrontEnd& front_end);

  // Runs until the end and gives the exit code.
  int run();

  // Events about the request come later, from the loop.
  RequestId submit(Request request);
  // Resets the connection, as a lost network would, and comes back.
  void drop();
  // The code that a /quit ends with.
  void set_exit_code(int code) { exit_code_ = code; }
  // Says goodbye, which takes two seconds at most, and ends with `code` whatever happens meanwhile; the
  // second time at once.
  void leave(int code);
  // Ends now.
  void finish(int code);

  boost::asio::io_context& io() { return io_; }
  const ClientOptions& options() const { return options_; }
  const ClientSession& session() const { return session_; }
  bool finished() const { return finished_; }
  // The login was refused for want of the right password.
  bool password_was_refused() const { return password_refused_; }

 private:
  void schedule_pump();
  void pump();
  void session_ended(const Ended& ended);
  void lost(const LostConnection& loss);
  void end_with(const std::string& text, int code);
  void tick();
  void look_at_hashes();
  void watch_signals();
  // Counted anew when the server asks to come again later.
  void give_up_later(Milliseconds put_off = Milliseconds{0});
  std::string place() const;

  boost::asio::io_context& io_;
  ClientOptions options_;
  FrontEnd& front_end_;
  DiskFiles files_;
  ClientSession session_;
  ServerLink link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer first_login_timer_;
  boost::asio::steady_timer leave_timer_;
  bool said_ready_ = false;  // on this connection
  bool ever_ready_ = false;
  bool pump_scheduled_ = false;
  bool quit_requested_ = false;
  bool password_refused_ = false;
  bool finished_ = false;
  std::optional<int> left_with_;
  int exit_code_ = kExitOk;
};

}  // namespace plaintalk::messenger::client
