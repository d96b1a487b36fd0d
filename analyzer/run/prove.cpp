#include "analyzer/run/prove.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

#include "analyzer/run/prove_figures.hpp"
#include "analyzer/run/prove_variants.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

MergedCapture open(const std::vector<std::string>& files) {
  std::vector<capture::CaptureReader> readers;
  for (const std::string& file : files) readers.push_back(capture::CaptureReader::open(file));
  return MergedCapture(std::move(readers), files);
}

// A variant is made, looked at and removed, whatever happens.
class VariantFolder {
 public:
  explicit VariantFolder(const std::string& folder) : path_(folder + "/.prove-variant") {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
    // Packets: for the owner only.
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~VariantFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  VariantFolder(const VariantFolder&) = delete;
  VariantFolder& operator=(const VariantFolder&) = delete;
  std::string file(std::size_t number) const { return path_ + "/part" + std::to_string(number); }

 private:
  std::string path_;
};

struct Comparison {
  std::string_view variant;
  std::string_view number;
  std::uint64_t original = 0;
  std::uint64_t now = 0;
  std::string expected;
  std::string_view verdict;
};

class Proof {
 public:
  explicit Proof(const ProveOptions& options) : options_(options) {}

  ProveOutcome run() {
    {
      MergedCapture capture = open(options_.files);
      original_ = look_at(capture);
    }
    summary("as it is", std::to_string(original_[Figure::packets]) + " packets, " +
                            std::to_string(original_[Figure::messages]) + " messages");
    if (original_[Figure::packets] == 0)
      throw std::runtime_error("there is no packet to prove anything with");
    again();
    for (const Variant& variant : variants()) one(variant);
    write_table();
    ProveOutcome outcome{text_ + details_, wrong_count_};
    outcome.text += wrong_count_ == 0 ? "no number changed that must not\n"
                                      : plural(wrong_count_, "number") + " changed that must not\n";
    outcome.text += "every number of every variant: " + options_.folder + "/prove.csv\n";
    return outcome;
  }

 private:
  Figures look_at(MergedCapture& capture) const {
    return figures_of(capture, options_.server_port, options_.overlap, options_.keep_going);
  }

  void again() {
    MergedCapture capture = open(options_.files);
    const Variant same{"again", "read once more", {}, 1, {}, [](Figure) { return Expected::same; }, {}};
    compare(same, look_at(capture));
  }

  void one(const Variant& variant) {
    if (const std::string_view why = cannot_be_merged(variant); !why.empty()) {
      summary(variant.name, std::string(variant.what) + ": not made, " + std::string(why));
      return;
    }
    const VariantFolder folder(options_.folder);
    std::vector<std::string> paths;
    try {
      paths = make(variant, folder);
    } catch (const VariantNotMade& error) {
      summary(variant.name, std::string(variant.what) + ": not made, " + error.what());
      return;
    }
    if (variant.is_in_reverse) std::ranges::reverse(paths);
    MergedCapture capture = open(paths);
    compare(variant, look_at(capture));
  }

  // Several files are put together by time.
  std::string_view cannot_be_merged(const Variant& variant) const {
    if (variant.file_count == 1) return {};
    if (original_.has_times_that_go_back) return "times go back in this capture";
    if (variant.needs_clear_order && original_.has_equal_times) return "packets have equal times";
    return {};
  }

  std::vector<std::string> make(const Variant& variant, const VariantFolder& folder) const {
    std::vector<VariantFile> files;
    for (std::size_t index = 0; index < variant.file_count; ++index)
      files.emplace_back(folder.file(index), variant.format);
    MergedCapture capture = open(options_.files);
    std::uint64_t place = 0;
    while (const auto record = capture.next()) {
      variant.put(*record, place++, original_[Figure::packets], files);
      if (options_.keep_going && place % 256 == 0) options_.keep_going();
    }
    std::vector<std::string> paths;
    for (VariantFile& file : files) {
      file.close();
      // A file without a packet is no capture in pcap.
      if (std::filesystem::file_size(file.path()) > 0) paths.push_back(file.path());
    }
    return paths;
  }

  void compare(const Variant& variant, const Figures& now) {
    std::size_t held = 0;
    std::size_t changed = 0;
    std::size_t wrong = 0;
    const auto add = [&](std::string_view number, std::uint64_t before, std::uint64_t after,
                         std::string expected, bool is_right, bool is_fixed) {
      const std::string_view verdict = !is_right         ? "wrong"
                                       : before == after ? "held"
                                       : is_fixed        ? "changed as it must"
                                                         : "changed as it may";
      if (!is_right) {
        ++wrong;
        details_ += "  " + std::string(variant.name) + ": " + std::string(number) + " " +
                    std::to_string(before) + " -> " + std::to_string(after) + ", expected: " + expected +
                    '\n';
      } else if (before == after) {
        ++held;
      } else {
        ++changed;
      }
      rows_.push_back({variant.name, number, before, after, std::move(expected), verdict});
    };
    for (std::size_t index = 0; index < kFigureCount; ++index) {
      const auto figure = static_cast<Figure>(index);
      const std::uint64_t before = original_[figure];
      const std::uint64_t after = now[figure];
      if (const auto must = variant.must_be ? variant.must_be(figure, original_) : std::nullopt) {
        add(name_of(figure), before, after, std::to_string(*must), after == *must, true);
        continue;
      }
      const Expected expected = variant.expected(figure);
      const bool is_right = expected == Expected::same       ? after == before
                            : expected == Expected::at_most  ? after <= before
                            : expected == Expected::at_least ? after >= before
                                                             : true;
      add(name_of(figure), before, after, std::string(name_of(expected)), is_right, false);
    }
    // Whatever is missing: what is read was said.
    std::vector<std::string> invented;
    std::ranges::set_difference(now.messages, original_.messages, std::back_inserter(invented));
    add("messages that the original has not", 0, invented.size(), "0", invented.empty() || is_less(variant),
        true);
    wrong_count_ += wrong;
    summary(variant.name, std::string(variant.what) + ": " + std::to_string(held) + " held, " +
                              std::to_string(changed) + " changed as they may or must" +
                              (wrong > 0 ? ", " + std::to_string(wrong) + " WRONG" : ""));
  }

  // Where packets are left out, who wrote a message may not be known any more.
  static bool is_less(const Variant& variant) {
    return variant.expected(Figure::packets) == Expected::at_most ||
           variant.expected(Figure::messages) == Expected::anything;
  }

  void summary(std::string_view name, const std::string& text) {
    constexpr std::size_t kNameWidth = 16;
    std::string cell(name);
    cell.resize(std::max(cell.size(), kNameWidth), ' ');
    text_ += cell + text + '\n';
  }

  // Takes its name when it is whole.
  void write_table() const {
    std::ostringstream table;
    table << "variant,number,original,now,expected,verdict\n";
    for (const Comparison& row : rows_)
      table << row.variant << ',' << row.number << ',' << row.original << ',' << row.now << ','
            << row.expected << ',' << row.verdict << '\n';
    const std::string path = options_.folder + "/prove.csv";
    const std::string temporary = options_.folder + "/.prove.csv.new";
    try {
      OutputFile out = create_file(temporary);
      out.write(table.str());
      out.close();
      std::filesystem::rename(temporary, path);
    } catch (...) {
      ::unlink(temporary.c_str());
      throw;
    }
  }

  const ProveOptions& options_;
  Figures original_;
  std::vector<Comparison> rows_;
  std::string text_;
  std::string details_;
  std::size_t wrong_count_ = 0;
};

}  // namespace

ProveOutcome prove(const ProveOptions& options) {
  const bool is_new = std::filesystem::create_directories(options.folder);
  try {
    return Proof(options).run();
  } catch (...) {
    std::error_code ignored;
    if (is_new) std::filesystem::remove(options.folder, ignored);  // only when it is empty
    throw;
  }
}

}  // namespace plaintalk::analyzer
