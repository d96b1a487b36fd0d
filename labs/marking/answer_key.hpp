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
#include "labs/course/variant.hpp"

namespace plaintalk::labs {

class AnswerKey {
 public:
  // `values` fills the parameters: :student, and each name of the variant.
  AnswerKey(const std::filesystem::path& analysis_folder, Values values,
            Nanoseconds time_limit = std::chrono::seconds(10));

  // The first column of each row, without NULLs and repeats. Throws std::runtime_error when the SQL is wrong,
  // asks for a parameter that nobody knows, or takes longer than the time limit.
  std::vector<std::string> ask(const std::string& sql) const;
  std::optional<std::uint64_t> packet(const std::string& sql) const;

  // The capture's headers were made up by the server (--record): what TCP did cannot be known from them.
  bool is_synthetic() const { return is_synthetic_; }

 private:
  SqliteDatabase database_;
  Values values_;
  Nanoseconds time_limit_;
  bool is_synthetic_ = false;
};

}  // namespace plaintalk::labs
