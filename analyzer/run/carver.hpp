// Puts transferred files together on disk: files/<SHA-256 of the content> when every byte was captured. What
// has holes is named by the SHA-256 of its pieces and their places, files/<SHA-256>.partial; beside it
// .partial.holes says in which bytes nothing was captured, one range a line. A sender's name for a file is
// never a path. New files are created with O_EXCL and O_NOFOLLOW.
//
// Only bytes that were captured are read, hashed and counted on: a hole costs the same whatever its length,
// and nothing is claimed about what is in it. A file is not kept when it is nearly nothing but holes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "analyzer/tables/analysis_folder.hpp"
#include "analyzer/talk/range_set.hpp"
#include "analyzer/talk/talk_sink.hpp"

namespace plaintalk::analyzer {

class CarvedContents : public ContentStore {
 public:
  // In a copy of the process: what finish() does from here on leaves the original able to go on.
  virtual void finish_copies() {}
};

class Carver : public CarvedContents {
 public:
  static constexpr std::uint64_t kFileSizeMax = std::uint64_t{4} << 30;
  static constexpr std::uint64_t kHoleSizeMax = 256 << 20;
  // Holes may be larger than what is there by this, and by this factor.
  static constexpr std::uint64_t kHoleSizeAlways = 1 << 20;
  static constexpr std::uint64_t kHoleFactorMax = 1000;

  // `before_naming` is called before anything in the folder for carved files gets another name or goes.
  explicit Carver(
      AnalysisFolder& folder, std::function<void()> before_naming = [] {})
      : folder_(folder), before_naming_(std::move(before_naming)) {}
  ~Carver() override;

  Written write(std::uint64_t file, std::uint64_t offset, std::string_view bytes) override;
  Outcome finish(std::uint64_t file, std::uint64_t size) override;

  // Complete files get a second name then, incomplete ones none yet.
  void finish_copies() override { finishes_copies_ = true; }

 private:
  Outcome finish_copy(std::uint64_t file, std::uint64_t size);
  void open(std::uint64_t file);
  void store(std::uint64_t offset, std::string_view bytes);
  bool same(std::uint64_t offset, std::string_view bytes);
  template <typename Take>
  void read(std::uint64_t begin, std::uint64_t end, Take take) const;
  std::string digest(std::uint64_t size) const;
  Outcome finish_partial(std::uint64_t number, const RangeSet& ranges, std::uint64_t size);
  void write_map(std::uint64_t number, const std::string& name, const std::string& holes);
  bool is_new(const std::string& name) const;
  void publish_as(const std::string& temporary, const std::string& name);

  AnalysisFolder& folder_;
  std::function<void()> before_naming_;
  std::map<std::uint64_t, RangeSet> stored_;
  std::uint64_t open_file_ = 0;
  int descriptor_ = -1;  // of open_file_
  bool finishes_copies_ = false;
};

// Keeps nothing: for runs that do not ask for files.
class DiscardedContents : public CarvedContents {
 public:
  Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
  Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
};

}  // namespace plaintalk::analyzer
