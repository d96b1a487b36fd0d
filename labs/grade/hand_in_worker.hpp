// The process that touches what was handed in: it bounds itself (memory, time, files), unpacks one hand-in,
// and becomes plaintalk-analyze on its capture. Whatever the hand-in does to it costs only its own row.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "labs/grade/hand_in_reader.hpp"

namespace plaintalk::labs {

struct WorkOrder {
  std::filesystem::path hand_in;
  std::filesystem::path root;    // the folder of all hand-ins
  std::filesystem::path folder;  // an empty one, for the members and the analysis
  std::string only_student{};    // whose capture is analysed; empty: everybody's
  // Ids, each with a blank behind it, of the labs whose captures are analysed with what the student
  // describes.
  std::string described_labs{};
  std::chrono::seconds time_max{5};
};

// The words that make plaintalk-lab such a process, and back; nullopt: it is called for something else.
std::vector<std::string> worker_arguments(const WorkOrder& order);
std::optional<WorkOrder> parse_worker_arguments(const std::vector<std::string>& words);

// In that process: returns its exit status, or not at all when there is something to analyse.
int work_on_hand_in(const WorkOrder& order);

// What it found, when it has ended; unexpected: it did not come so far.
std::expected<HandIn, std::string> read_found_hand_in(const WorkOrder& order);
std::filesystem::path analysis_folder(const WorkOrder& order);

}  // namespace plaintalk::labs
