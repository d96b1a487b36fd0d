// Runs the session: server, capture and clients as real programs, in the order the scripts need.
//
// The clients wait for each other by their scripts. The session only does what no script can: it starts them
// when server and capture are ready, starts carol's when bob's connection is lost, and keeps bob disconnected
// (by stopping the process) until something was said that bob could not hear.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "labs/demo/demo_folder.hpp"
#include "labs/demo/participants.hpp"
#include "labs/demo/server_log.hpp"
#include "labs/demo/status_line.hpp"
#include "labs/session/session_network.hpp"
#include "labs/session/supervisor.hpp"

namespace plaintalk::demo {

class DemoSession {
 public:
  DemoSession(const DemoFolder& folder, StatusLine& status) : folder_(folder), status_(status) {}

  // The best way to capture that works here, or the wanted one; enters a private network if that is it.
  // Throws std::runtime_error when the wanted one is not possible.
  session::CaptureChoice choose_capture(std::optional<session::CaptureMode> wanted,
                                        const Participants& participants);

  // The whole session; afterwards nothing runs any more and the capture and the log are complete.
  void run(const Participants& participants, session::CaptureMode mode);

  // plaintalk-analyze over the capture.
  void analyze();

  const ServerLog& server_log() { return log_file_.update(); }
  const std::string& server_address() const { return server_address_; }
  // Where this participant's connections come from, in the network that was chosen.
  std::string address_of(const Participant& participant) const;

 private:
  session::ChildProcess& start(const std::string& name, const std::string& program,
                               std::vector<std::string> arguments, int network = -1, bool captures = false);
  session::ChildProcess& start_client(const Participant& participant, std::vector<std::string> more,
                                      const std::string& script);
  session::ChildProcess& start_capture(const std::string& file);
  void write_input_files(const Participants& participants) const;
  void start_server(session::CaptureMode mode);
  void run_clients(const Participants& participants);
  void keep_bob_disconnected_until_carol_has_spoken(const Participants& participants,
                                                    session::ChildProcess& bob);
  void wait_for_all(Milliseconds limit);

  const DemoFolder& folder_;
  StatusLine& status_;
  session::Supervisor supervisor_;
  std::optional<session::SessionNetwork> network_;
  ServerLogFile log_file_{folder_ / "server.jsonl"};
  session::ChildProcess* server_ = nullptr;
  session::ChildProcess* capture_ = nullptr;
  std::vector<session::ChildProcess*> clients_;
  std::string server_address_;
  Milliseconds limit_{};  // for the session; only a broken one reaches it
};

}  // namespace plaintalk::demo
