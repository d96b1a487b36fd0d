// Plays a lab's session: with the student at the terminal, or with the reference student of lab.toml.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "labs/course/lab.hpp"
#include "labs/lab/scene.hpp"
#include "labs/session/capture_mode.hpp"
#include "labs/stage/stage.hpp"

namespace plaintalk::labs {

// `script` empty: the student's client has the terminal.
stage::StageResult play(const std::filesystem::path& folder, const Lab& lab, const std::string& student,
                        std::optional<session::CaptureMode> mode, const std::filesystem::path& script);

// With the reference student, up to a step of the sheet; then the student's client has the terminal. The
// script lies in no folder of the student's, and only as long as the session lasts.
stage::StageResult play_reference(const std::filesystem::path& folder, const Lab& lab,
                                  const std::string& student, std::optional<session::CaptureMode> mode,
                                  unsigned before_step = kAllSteps);

}  // namespace plaintalk::labs
