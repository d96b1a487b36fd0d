// The files of a stage: the workspace, which is the student's, and a private folder for what the people have,
// which is not: it lies among the temporary files and is removed at the end.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labs/files/temporary_folder.hpp"
#include "labs/stage/stage_plan.hpp"
#include "labs/stage/stage_state.hpp"

namespace plaintalk::stage {

class StageFolder {
 public:
  // Makes what is missing and takes the next attempt number. With `keep_logs_in` the private folder is that
  // one, and stays. Throws std::runtime_error, with what to do.
  StageFolder(const std::filesystem::path& workspace, const std::filesystem::path& keep_logs_in);

  unsigned attempt() const { return attempt_; }
  const std::filesystem::path& workspace() const { return workspace_; }
  const std::filesystem::path& private_folder() const { return private_folder_; }
  // workspace/session-N.pcapng
  std::filesystem::path capture_file() const;
  const StageState& state() const { return state_; }

 private:
  std::filesystem::path workspace_;
  StageState state_;
  std::optional<labs::TemporaryFolder> temporary_;
  std::filesystem::path private_folder_;
  unsigned attempt_ = 1;
};

// Writes the files of a plan below `folder`. One that exists with another content is the student's by now: it
// stays, and its path is in the returned list. Throws std::runtime_error.
std::vector<std::string> write_stage_files(const std::filesystem::path& folder,
                                           const std::vector<StageFile>& files);

}  // namespace plaintalk::stage
