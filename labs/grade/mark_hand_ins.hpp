// Marks all hand-ins of a folder. Each is unpacked, and its capture analysed anew, in a process of its own
// (hand_in_worker.hpp), so that one that was made to harm costs only its own row.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "labs/grade/graded.hpp"
#include "labs/marking/answer_key.hpp"

namespace plaintalk::labs {

struct MarkingOptions {
  std::filesystem::path labs;
  std::filesystem::path hand_ins;
  std::string only_student{};  // whose hand-ins are marked; empty: everybody's
  unsigned process_count = 2;
  std::chrono::seconds time_max{5};  // of computing, for each hand-in; on the clock three times that, so that
                                     // other work of this machine decides no mark
  // How many are done of how many.
  std::function<void(std::size_t, std::size_t)> progress = [](std::size_t, std::size_t) {};
  // Each that could be marked, while its capture can still be asked.
  std::function<void(const Lab&, const AnswerKey&, const GradedHandIn&)> marked =
      [](const Lab&, const AnswerKey&, const GradedHandIn&) {};
};

// In the order of student, lab and source. Throws std::runtime_error for what is wrong with this machine
// (such as a full disk) or the labs.
std::vector<GradedHandIn> mark_hand_ins(const MarkingOptions& options);

}  // namespace plaintalk::labs
