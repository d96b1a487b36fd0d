// Opens what was handed in: a zip, or a folder. It may be made to harm: nothing is written outside the given
// folder, no link is followed, and size, number of members and compression are bounded by what comes out, not
// by what the archive says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace plaintalk::labs {

struct HandIn {
  std::string
      source;  // as it lay in the folder: "Jane Doe_123_assignsubmission_file_/plaintalk-lab-01-s1.zip"
  std::string lab;
  std::string student;
  std::string answers;                  // text of answers.txt
  std::filesystem::path capture;        // unpacked; empty: none
  std::filesystem::path description{};  // of a protocol, unpacked; empty: none
  std::string fault;  // what is wrong with it as a whole, in words for the evidence; may be empty
};

struct HandInLimits {
  std::size_t member_count_max = 1'000;
  std::uint64_t text_size_max = 1U << 20;
  std::uint64_t capture_size_max = 64U << 20;
};

// Zips and folders with a lab.json below `folder`, at most four deep, in order of their names. Links are not
// followed; what has a zip's name and is no file is named too, so that nobody's hand-in is lost unseen.
std::vector<std::filesystem::path> find_hand_ins(const std::filesystem::path& folder);

// Unpacks into `to`, a new folder of this hand-in alone. Never throws for what is in the hand-in: see fault.
HandIn open_hand_in(const std::filesystem::path& path, const std::filesystem::path& root,
                    const std::filesystem::path& to, const HandInLimits& limits = {});

}  // namespace plaintalk::labs
