// A student's folder of one lab: answers, captures, downloads. Nothing in it is ever overwritten or deleted,
// except the line of an answer that is given anew and the note of which capture counts.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/workspace/workspace_state.hpp"

namespace plaintalk::labs {

inline constexpr std::string_view kDescriptionFile = "protocol.toml";

// One try at a question, for the student's progress and the teacher's statistics.
struct Try {
  std::string question;
  std::string verdict;
  std::string mistake;
};

class Workspace {
 public:
  // $PLAINTALK_WORKSPACE, else plaintalk-labs in the home folder, else here.
  static std::filesystem::path default_root();

  // Throws std::runtime_error when there is none of this lab: it says how to begin.
  static Workspace open(const std::filesystem::path& root, const Lab& lab);
  static bool exists(const std::filesystem::path& root, const Lab& lab);
  // Opens the one that is there, when it is the same student's; makes it otherwise.
  static Workspace create(const std::filesystem::path& root, const Lab& lab, const std::string& student);
  // A folder that came from somebody else (a hand-in).
  static Workspace of_folder(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const std::string& student() const { return state_.student; }

  std::string answers_text() const;
  void write_answers(std::string_view text) const;

  // The capture that counts; empty when there is none yet. A relative path is in the folder.
  const std::string& capture_name() const { return state_.capture; }
  std::filesystem::path capture() const;  // throws std::runtime_error when there is none: how to get one
  void use_capture(const std::string& name);
  // "name-1.pcapng", "name-2.pcapng": the first that does not exist.
  std::string free_name(std::string_view stem, std::string_view extension) const;

  // What the student wrote about the protocol, if the lab wants that and the file is there; else empty.
  std::filesystem::path description(const Lab& lab) const;

  void add_try(const Try& entry, std::string_view time, std::string_view answer) const;
  std::vector<Try> tries() const;  // oldest first

 private:
  explicit Workspace(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void read_state();
  void write_state() const;

  std::filesystem::path folder_;
  WorkspaceState state_;
};

}  // namespace plaintalk::labs
