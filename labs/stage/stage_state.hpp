// The small file by which a second terminal finds a stage: FOLDER/.stage.json. It is empty while none is
// running, and locked (flock(2)) while one is.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "labs/stage/stage.hpp"

namespace plaintalk::stage {

// What was left by a stage that did not end in order.
struct StageLeftover {
  std::filesystem::path private_folder;
};

class StageState {
 public:
  // Throws std::runtime_error when the file cannot be written, or a stage is running in the folder.
  explicit StageState(const std::filesystem::path& folder);
  // Empties it.
  ~StageState();
  StageState(const StageState&) = delete;
  StageState& operator=(const StageState&) = delete;

  const std::optional<StageLeftover>& leftover() const { return leftover_; }
  void write(const RunningStage& stage, const std::filesystem::path& private_folder) const;

 private:
  FileDescriptor file_;
  std::optional<StageLeftover> leftover_;
};

}  // namespace plaintalk::stage
