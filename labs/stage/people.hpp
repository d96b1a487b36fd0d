// The people of a stage: one plaintalk-client for each, that plays the person's script, or a shell. They are
// given their scripts and passwords as files in memory, belong to no terminal, and may wait for each other
// and for the student as long as the stage lasts.
#pragma once

#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "labs/session/session_network.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/stage/stage.hpp"
#include "labs/stage/stage_folder.hpp"

namespace plaintalk::stage {

class People {
 public:
  People(session::Supervisor& supervisor, const session::SessionNetwork& network, const StageFolder& folder);

  // REQUIRES: the server listens at `server`.
  void add(const StagePlan& plan, const std::string& server);

  // Starts those who come at once, one after the other: each has entered the rooms that the script begins
  // with before the next one comes; a server of the lab's own has said a line. Those whose client fails are
  // only noted; throws std::runtime_error when such a server does not start.
  void start_first_ones();
  // A line of the server's log for people: somebody may be waiting for it. It is remembered until
  // start_due().
  void hear(std::string_view line);
  // Starts whoever became due by what was heard.
  void start_due();

  // Everybody who was started has ended, but for programs at the server's end, which run until they are
  // stopped.
  bool all_ended() const;
  // A program of the student's is doing something, or waits for another one: it takes the time it takes.
  bool is_program_running() const;
  // One that the student wrote has ended with an error.
  bool has_program_failed() const;
  // Grows with everything that they print.
  std::uint64_t line_count() const { return line_count_; }
  // Ends those who are still waiting.
  void stop();
  std::vector<PersonOutcome> outcomes() const;

 private:
  struct Actor {
    Person person;
    session::ChildProcess* client = nullptr;
    bool is_due = false;
    bool is_connected = false;
    bool was_stopped = false;
    bool has_spoken = false;
    std::size_t joined_count = 0;
    std::size_t first_join_count = 0;  // rooms that the script begins with
    bool is_ready() const {
      // A server says that it is there.
      if (person.at_server) return client->has_ended() || has_spoken;
      return client->has_ended() || !person.commands.empty() ||
             (is_connected && joined_count >= first_join_count);
    }
  };

  void start(Actor& actor);
  session::ChildOptions client_of(const Person& person) const;
  session::ChildOptions program_of(const Person& person) const;
  session::ChildOptions shell_of(const Person& person, const FileDescriptor& commands) const;
  std::string commands_of(const Person& person) const;
  void take_line(Actor& actor, std::string_view line);

  session::Supervisor& supervisor_;
  const session::SessionNetwork& network_;
  const StageFolder& folder_;
  std::string server_;
  std::string student_address_;
  std::deque<Actor> actors_;  // a deque: the clients' lines find them by address
  std::uint64_t line_count_ = 0;
};

}  // namespace plaintalk::stage
