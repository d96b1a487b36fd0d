// The folder an analysis goes to. Files are written under temporary names and take their own names all
// together at the end, so that a run that fails leaves an earlier analysis as it was. Only a new, an empty or
// one of our own folders is accepted; nothing in it is ever followed as a link.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

// A file open for writing, through a buffer. Throws std::runtime_error when the disk does not take it.
class OutputFile {
 public:
  OutputFile(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  void write(std::string_view bytes);
  // `append` puts more at the end of what it is given.
  template <typename Append>
  void append(const Append& append) {
    append(waiting_);
    if (waiting_.size() >= kBufferSize) flush();
  }
  void flush();  // everything is with the kernel
  void close();

 private:
  static constexpr std::size_t kBufferSize = 256 << 10;
  int descriptor_ = -1;
  std::string name_;
  std::string waiting_;
};

// A new file at `path` for its owner alone, in the place of an old one. Throws std::runtime_error.
OutputFile create_file(const std::string& path);

class AnalysisFolder {
 public:
  // Creates the folder if need be. Throws std::runtime_error saying what to do when it is somebody else's.
  explicit AnalysisFolder(std::string path);
  AnalysisFolder(const AnalysisFolder&) = delete;
  AnalysisFolder& operator=(const AnalysisFolder&) = delete;
  ~AnalysisFolder();  // removes what was not committed

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }

  // A new file that will be called `name`, readable by its owner only. It stays open until just before
  // commit().
  OutputFile create(const std::string& name);
  // The same for SQLite, which opens by path: makes the empty file and says where it is.
  std::string create_path(const std::string& name);

  // Before the process is copied (fork(2)): what is in the files now is what the copies begin with. REQUIRES:
  // every OutputFile was flushed.
  void before_copies();
  // In the copy of the process: from here on everything that was created is written into copies of its own,
  // so that this process may commit() while the original goes on appending to what it had created. Until this
  // returns the original abandons nothing, and until this process has ended it gives no carved file a name.
  void write_copies();
  // In the original, when the copy has committed: what its tables name stays, also when this run fails.
  void after_copies();
  bool writes_copies() const { return writes_copies_; }
  std::string copied_path(const std::string& name) const { return path_ + '/' + temporary_name(name); }
  // Removes what was not committed, and what was carved for it.
  void discard();
  // What a person finds in the folder when this run fails: "" or words that go on after the reason.
  std::string what_stays() const;

  // A file that was created shall not be there after all. REQUIRES: it is closed.
  void abandon(const std::string& name);

  // The folder for carved files; made when it is first asked for.
  int files_descriptor();
  // A carved file with this name belongs to this run. When it `is_new`, it goes with a run that fails.
  void keep_carved(const std::string& name, bool is_new);

  // Gives every new file its name, and removes what an earlier analysis left and this one did not write.
  void commit();

  static constexpr std::string_view kMarker = ".plaintalk-analysis";
  // Of a second file beside one that was created, such as a smaller one that will take its place.
  static constexpr std::string_view kSmallerSuffix = ".smaller";

 private:
  struct Pending {
    std::string name;
    int descriptor = -1;     // while an OutputFile writes it
    std::uint64_t size = 0;  // before_copies()
  };
  void make_folders();
  void remove_made_folders();
  void accept_or_throw();
  void write_marker();
  void remove_stale();
  int make_file(const std::string& name);
  std::string temporary_name(const std::string& name) const;
  void copy(const Pending& pending, const std::string& from);

  std::string path_;
  int descriptor_ = -1;
  int files_descriptor_ = -1;
  std::vector<std::string> made_folders_;  // by this run, the outermost first
  bool is_new_ = false;                    // there was no analysis in it
  bool writes_copies_ = false;
  std::vector<Pending> pending_;
  std::set<std::string> written_;
  std::set<std::string> carved_;
  std::set<std::string> new_carved_;     // of them, those that no earlier run had left, and no copy committed
  std::set<std::string> copied_carved_;  // new_carved_, before_copies()
};

// Throws std::runtime_error: `what`, and why the last system call failed.
[[noreturn]] void fail_system(const std::string& what);

// Whether an earlier run could have made a file of that name under files/.
bool is_carved_name(std::string_view name);

}  // namespace plaintalk::analyzer
