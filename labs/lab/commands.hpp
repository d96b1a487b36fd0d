// What plaintalk-lab does, one function a command. Each prints for a person and returns the exit status: 0
// done (for check: everything that was answered is right), 1 failed or something is wrong. Throws
// std::runtime_error for what the person can mend.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/session/capture_mode.hpp"

namespace plaintalk::labs {

struct Places {
  std::filesystem::path labs;        // where the labs are
  std::filesystem::path workspaces;  // where the student's folders are
};

int list_labs(const Places& places);

struct StartOptions {
  std::string student;  // empty: the one who has begun it
  std::optional<session::CaptureMode> mode;
  std::filesystem::path script;       // of the student's client; empty: the terminal
  std::filesystem::path keep;         // solve: where capture and keys stay; empty: nowhere
  std::filesystem::path reference{};  // solve: a folder of what a student has to write; empty: nothing
  unsigned step = 0;                  // restore: of the sheet, where the student takes over; 0: nowhere
};
// The stage, with the student in the client.
int start_lab(const Places& places, const Lab& lab, const StartOptions& options);
// The same, played by the reference student: all of it, or up to a step, where the student takes over.
int restore_lab(const Places& places, const Lab& lab, const StartOptions& options);
// For those who write labs: plays it, answers everything, and tries every known mistake. options.student is
// needed.
int solve_lab(const Lab& lab, const StartOptions& options);
struct CapturesOptions {
  std::string roster;   // of a class, or
  std::string student;  // of one
  std::string out;      // folder
};
// For teachers: a capture of each student's session, in a private network, for those whose machines allow
// none.
int make_captures(const Places& places, const Lab& lab, const CapturesOptions& options);
// Becomes a shell, or a command, in the network of a stage that is running. Comes back only by throwing.
int shell_in_lab(const Places& places, const Lab& lab, const std::vector<std::string>& words, bool at_server);
// Becomes plaintalk-analyze on the capture that counts; `more` are options of it.
int analyze_lab(const Places& places, const Lab& lab, const std::vector<std::string>& more);
// Writes report-N.md into the workspace: figures of the capture, to be explained, and the student's own
// answers.
int report_lab(const Places& places, const Lab& lab);
int pack_lab(const Places& places, const Lab& lab);

struct ReadOptions {
  bool html = false;
  std::string out;  // file for the page; empty: standard output
  int width = 0;    // 0: the terminal's
};
int read_sheet(const Places& places, const Lab& lab, const ReadOptions& options);

int answer_question(const Places& places, const Lab& lab, const std::string& question,
                    const std::string& answer);
// `question` empty: all of them.
int check_answers(const Places& places, const Lab& lab, const std::string& question);
int show_hint(const Places& places, const Lab& lab, const std::string& question);
// Copies the capture into the workspace and marks from it.
int use_capture(const Places& places, const Lab& lab, const std::string& student, const std::string& file);
// Folders of labs, or one that holds several; empty: all.
int lint_labs(const Places& places, const std::vector<std::string>& folders);

}  // namespace plaintalk::labs
