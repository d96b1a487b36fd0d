// Asks an analysis (analysis.sqlite) for the right answer, for what a mistake leads to, and for a packet to
// look at.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sqlite/reading_only.hpp"
#include "base/sqlite/sqlite.hpp"
#include "base/time.hpp"
#include "labs/course/lab.hpp"
#include "labs/course/variant.hpp"

namespace plaintalk::labs {

class AnswerKey {
 public:
  // `values` fills the parameters: :student, and each name of the variant. The analysis was made with the
  // student's description, if the lab wants one.
  AnswerKey(const std::filesystem::path& analysis_folder, Values values,
            const DescriptionRule& description = {}, Nanoseconds time_limit = std::chrono::seconds(10));

  // The first column of each row, without NULLs and repeats. Throws std::runtime_error when the SQL is wrong,
  // asks for a parameter that nobody knows, or takes longer than the time limit.
  std::vector<std::string> ask(const std::string& sql) const;
  std::optional<std::uint64_t> packet(const std::string& sql) const;

  // The capture's headers were made up by the server (--record): what TCP did cannot be known from them.
  bool is_synthetic() const { return is_synthetic_; }

  // What is wrong with the student's description of a protocol, in a sentence; empty: nothing that the lab
  // checks. Questions that need it cannot be answered before.
  const std::string& description_fault() const { return description_fault_; }

 private:
  SqliteDatabase database_;
  Values values_;
  Nanoseconds time_limit_;
  bool is_synthetic_ = false;
  std::string description_fault_;
};

}  // namespace plaintalk::labs
