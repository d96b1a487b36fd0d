// Runs the session: server, capture and clients as real programs, in the order the play needs.
//
// The clients keep time among themselves by their scripts. The stage only does what no script can: it raises
// the curtain when everything listens, brings the late one in when bob's line has gone dead, and keeps it
// dead (by stopping the process) until something was said that bob could not hear.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "labs/demo/cast.hpp"
#include "labs/demo/output_folder.hpp"
#include "labs/demo/progress.hpp"
#include "labs/demo/server_log.hpp"
#include "labs/session/capture_mode.hpp"
#include "labs/session/supervisor.hpp"

namespace plaintalk::demo {

class Stage {
 public:
  Stage(const OutputFolder& folder, Progress& progress) : folder_(folder), progress_(progress) {}

  // The best way to capture that works here, or the wanted one; enters a private network if that is it.
  // Throws std::runtime_error when the wanted one is not possible.
  session::CaptureChoice choose_capture(std::optional<session::CaptureMode> wanted);

  // The whole session; afterwards nothing runs any more and the capture and the log are complete.
  void play(const Cast& cast, session::CaptureMode mode);

  // plaintalk-analyze over the capture.
  void analyze();

  const ServerLog& server_log() { return log_file_.update(); }
  const std::string& server_address() const { return server_address_; }

 private:
  session::ChildProcess& start(const std::string& name, const std::string& program,
                               std::vector<std::string> arguments, bool captures = false);
  session::ChildProcess& start_client(const Actor& actor, std::vector<std::string> more,
                                      const std::string& script);
  session::ChildProcess& start_capture(const std::string& file);
  void write_props(const Cast& cast) const;
  void start_server(session::CaptureMode mode);
  void run_scenes(const Cast& cast);
  void stay_dead_until_carol_has_spoken(const Cast& cast, session::ChildProcess& bob);
  void wait_for_all(Milliseconds limit);

  const OutputFolder& folder_;
  Progress& progress_;
  session::Supervisor supervisor_;
  ServerLogFile log_file_{folder_ / "server.jsonl"};
  session::ChildProcess* server_ = nullptr;
  session::ChildProcess* capture_ = nullptr;
  std::vector<session::ChildProcess*> clients_;
  std::string server_address_;
  Milliseconds limit_{};  // for the session; only a broken one reaches it
};

}  // namespace plaintalk::demo
