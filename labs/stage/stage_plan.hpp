// What a stage shall be: who is there beside the student, what they do, and which files exist. Plain data;
// made from a lab's lab.toml and a student's seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::stage {

// Somebody who is played by a script of plaintalk-client (docs/CLIENT.md, "Scripts").
struct Person {
  std::string name;
  std::string address;  // on the wire, such as "10.0.0.11"; where there is none it becomes 127.0.0.11
  bool registers = false;
  std::string password{};  // empty: a guest
  std::string script{};    // lines wait for others with /expect, as long as the stage lasts
  // Comes when a line of the server's log for people or of somebody's transcript contains this text; empty:
  // is there before the student. The texts: "zed joined #lab", "[#lab 3] zed: hello", "zed -> #lab 3: 5
  // bytes".
  std::string starts_after_text{};
};

struct StageFile {
  std::string path;  // relative: no "..", not absolute
  std::string content;
};

struct StagePlan {
  std::vector<Person> people;
  std::vector<StageFile> files;         // for the student: into the workspace, where `/send` finds them
  std::vector<StageFile> people_files;  // for the people: in no folder of the student's
  std::string student_name;
  std::string student_address;  // as a person's
  bool student_registers = false;
  std::string student_password;   // empty: a guest
  std::uint16_t server_port = 0;  // in a private network; elsewhere, and with 0 there: 7777 or any free one
  bool needs_real_tcp = false;    // the sheet asks for what a recording does not have: see StageResult
  Milliseconds delay{};           // of the wire, each way
  std::uint64_t rate_bit_s = 0;   // of the wire, each way; 0: as fast as it goes
};

// Throws std::runtime_error when the plan is no plan: a name twice, an address outside 10.0.0.2 to 10.0.0.254
// or twice, a path that leads out of its folder, a text with a line break.
void check_plan(const StagePlan& plan);

}  // namespace plaintalk::stage
