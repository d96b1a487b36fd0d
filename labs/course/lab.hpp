// A lab: a folder NN-name with lab.toml (people, questions) and worksheet.md (words).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "labs/course/question.hpp"
#include "labs/link/link_plan.hpp"

namespace plaintalk::labs {

// A value that differs from student to student. Written {name} in texts and scripts, :name in SQL.
struct VariantRule {
  enum class Kind : std::uint8_t {
    pick,     // one of `choices`; what was picked from equal lists differs
    integer,  // from `from` to `to`, both included
    words,    // `count` words joined by '-': a password
  };
  std::string name;
  Kind kind = Kind::pick;
  std::vector<std::string> choices{};
  std::int64_t from = 0;
  std::int64_t to = 0;
  unsigned count = 0;
  std::uint32_t line = 0;
};

// Somebody in the session besides the student: a client that runs a script (docs/CLIENT.md, Scripts).
struct PersonRule {
  std::string name;
  std::string address;
  bool registers = false;
  std::string password;
  std::string script;
  std::string commands;      // of a shell, instead of a script
  std::string starts_after;  // a text that somebody must have said first; empty: at once
  bool at_server = false;    // the shell runs at the server's end of the wire: a server of the lab's own
};

struct FileRule {
  std::string path;  // in the workspace; of people's files in a folder that the student never sees
  bool is_peoples = false;
  std::string size;  // of seeded random bytes; or
  std::string text;  // its content; or
  std::string copy;  // a file of the lab's folder, which stays as it is: {words} in it mean nothing
};

// What the student runs in `lab shell`; played for the reference student, and with the student's own files
// by `lab restore`.
struct ProgramRule {
  std::string name;
  std::vector<std::string> command{};
  std::string commands{};  // of a shell, instead of a command: what is typed in `lab shell`
  std::string starts_after{};
  bool at_server = false;
  unsigned step = 0;  // of the sheet in which the student runs it; 0: not said
};

// A step of the sheet at which a student may take over: what comes before it is played for them.
struct StepRule {
  unsigned step = 0;
  std::string script{};  // what the reference student types in this step, and up to the next one
  std::uint32_t line = 0;
};

// A packet that the link loses or holds back, whatever chance says. Texts may have {words} of the variant.
struct ChosenRule {
  link::ChosenPacket packet{};  // its text, skip and times are below
  std::string text;
  std::string skip;
  std::string times;
};

struct NetworkRule {
  bool needs_real_tcp = false;
  std::string also_port;    // captured as well: of another server; a text with {words}; empty: none
  std::string address;      // whose link it is; empty: everybody's
  std::string rate_kbit_s;  // of the directions without one: a text with {words} of the variant
  link::DirectionPlan to_server{};
  link::DirectionPlan to_people{};
  std::vector<ChosenRule> chosen{};
  std::uint32_t line = 0;
};

// A protocol that is not ours, which the student describes in protocol.toml (docs/PROTOCOLS.md): the capture
// is analysed with it, here and when it is marked.
struct DescriptionRule {
  // Something that may be wrong with a description.
  struct Check {
    std::string wrong;  // SQL: a row when it is; its value is the packet to look at, if it is a number
    std::string says;   // what the student reads
    std::uint32_t line = 0;
  };
  bool is_wanted = false;
  std::vector<Check> checks{};  // in the order in which the student is told
};

struct Lab {
  std::string id;  // "01"
  std::string title;
  unsigned minutes = 0;
  std::vector<std::string> learn;
  // SQL that gives a row when the capture is of this student's session: it looks for what only their variant
  // has.
  std::string is_mine;
  std::vector<VariantRule> variant;
  std::vector<std::string> reports;  // templates of plaintalk-report whose tables `lab report` puts in
  std::vector<std::string> figures;  // and its figures
  std::vector<PersonRule> people;
  std::vector<FileRule> files;
  std::vector<ProgramRule> programs;
  // The student: what a reference student would type, for proofs and for `lab restore`; all of it, or up to
  // the first of the steps.
  PersonRule student;
  std::vector<StepRule> steps;
  NetworkRule network;
  DescriptionRule description;
  std::vector<Question> questions;
  std::filesystem::path folder;

  const Question* find(const std::string& question_id) const;
  unsigned points() const;
};

}  // namespace plaintalk::labs
