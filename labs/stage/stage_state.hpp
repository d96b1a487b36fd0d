// The small file by which a second terminal finds a stage: FOLDER/.stage.json. It is empty while none is
// running, and locked (flock(2)) while one is.
#pragma once

#include <filesystem>

#include "base/file_descriptor.hpp"
#include "labs/stage/stage.hpp"

namespace plaintalk::stage {

class StageState {
 public:
  // Throws std::runtime_error when the file cannot be written, or a stage is running in the folder.
  explicit StageState(const std::filesystem::path& folder);
  // Empties it.
  ~StageState();
  StageState(const StageState&) = delete;
  StageState& operator=(const StageState&) = delete;

  void write(const RunningStage& stage) const;

 private:
  FileDescriptor file_;
};

}  // namespace plaintalk::stage
