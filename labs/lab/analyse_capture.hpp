// An analysis made for one marking and thrown away: marks start from the packets each time, so that no table
// that somebody changed can answer.
#pragma once

#include <filesystem>

#include "labs/files/temporary_folder.hpp"

namespace plaintalk::labs {

class FreshAnalysis {
 public:
  // Runs plaintalk-analyze on the capture, with the description of a protocol if there is one. Throws
  // std::runtime_error with its words when it fails; a damaged capture is analysed as far as it goes.
  explicit FreshAnalysis(const std::filesystem::path& capture, const std::filesystem::path& description = {});

  std::filesystem::path folder() const { return base_.path() / "analysis"; }

 private:
  TemporaryFolder base_{"lab"};
};

}  // namespace plaintalk::labs
