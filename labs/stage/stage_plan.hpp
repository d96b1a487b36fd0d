// What a stage shall be: who is there beside the student, what they do, and which files exist. Plain data;
// made from a lab's lab.toml and a student's seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "labs/link/link_plan.hpp"

namespace plaintalk::stage {

// Somebody who is played by a script of plaintalk-client (docs/CLIENT.md, "Scripts") or by the commands of a
// shell, or a program of the student's own that is run as `lab shell` would run it.
struct Person {
  std::string name;
  std::string address{};  // on the wire, such as "10.0.0.11"; where there is none it becomes 127.0.0.11
  bool registers = false;
  std::string password{};  // empty: a guest
  std::string script{};    // lines wait for others with /expect, as long as the stage lasts
  // Comes when a line that the server or one of the people prints contains this text; empty: is there before
  // the student. What the student says is heard in the transcripts of those who are told it.
  std::string starts_after_text{};
  // Not empty: a program on PATH and its words, run in the workspace; then address, password and script are
  // empty. It may run until the stage ends.
  std::vector<std::string> program{};
  // Not empty, in place of script and program: of a shell that has `plaintalk COMMAND`, PLAINTALK_SERVER, and
  // PLAINTALK_ADDRESS (the person's; the student's where there is none).
  std::string commands{};
  bool at_server = false;  // the program, or the shell, runs at the server's end of the wire
  bool is_client() const { return program.empty() && commands.empty(); }
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
  std::uint16_t also_port = 0;    // captured as well: of a server that the student writes; 0: none
  bool needs_real_tcp = false;    // the sheet asks for what a recording does not have: see StageResult
  link::LinkPlan link;            // what happens to packets between the server and the people
};

// Throws std::runtime_error when the plan is no plan: a name twice, an address outside 10.0.0.2 to 10.0.0.254
// or twice, a path that leads out of its folder, a text with a line break.
void check_plan(const StagePlan& plan);

}  // namespace plaintalk::stage
