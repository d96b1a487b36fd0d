// What a live analysis is made of: bytes that wait without being lost, and tables written while it goes on.
#include <array>
#include <cerrno>
#include <map>
#include <random>
#include <stdexcept>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "analyzer/run/byte_queue.hpp"
#include "analyzer/run/carver.hpp"
#include "analyzer/run/forked_copy.hpp"
#include "analyzer/run/pipe_spool.hpp"
#include "base/write_all.hpp"
#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

int unnamed_file() {
  std::string path = (std::filesystem::temp_directory_path() / "plaintalk-queue-XXXXXX").string();
  const int descriptor = ::mkstemp(path.data());
  ::unlink(path.c_str());
  return descriptor;
}

std::string numbered_bytes(std::size_t size) {
  std::string bytes;
  for (std::size_t number = 0; bytes.size() < size; ++number) bytes += std::to_string(number) + ' ';
  bytes.resize(size);
  return bytes;
}

// Goal: what comes out is what went in, in order, through memory and file and back to memory.
// Method: random sizes of puts and takes, biased first to fill and then to drain, against a plain string.
TEST(ByteQueue, GivesBackEverythingInOrder) {
  std::mt19937 random(7);
  ByteQueue queue({.memory_size_max = 1000, .file_size_max = 20'000}, unnamed_file);
  const std::string sent = numbered_bytes(400'000);
  std::string received;
  std::size_t put = 0;
  bool used_file = false;
  bool was_full = false;
  std::vector<std::uint8_t> block(3000);
  while (received.size() < sent.size()) {
    const bool fills = (put / 40'000) % 2 == 0 && put < sent.size();
    for (int turn = 0; turn < (fills ? 3 : 1); ++turn) {
      const std::size_t size = std::min<std::size_t>(random() % 2000, sent.size() - put);
      const std::size_t taken = queue.put(as_bytes(std::string_view(sent).substr(put, size)));
      was_full = was_full || taken < size;
      put += taken;
    }
    used_file = used_file || queue.in_file() > 0;
    ASSERT_LE(queue.in_memory(), 1000u);
    ASSERT_LE(queue.in_file(), 20'000u);
    const ssize_t count = queue.take(block.data(), random() % block.size());
    ASSERT_GE(count, 0);
    received.append(block.begin(), block.begin() + count);
  }
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(used_file);
  EXPECT_TRUE(was_full);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, SaysWhyTheDiskTakesNoMore) {
  ByteQueue queue({.memory_size_max = 10, .file_size_max = 1000}, [] {
    errno = EROFS;
    return -1;
  });
  EXPECT_EQ(queue.put(as_bytes(numbered_bytes(30))), 10u);
  EXPECT_EQ(queue.file_error(), EROFS);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading = FileDescriptor(ends[0]);
    writing = FileDescriptor(ends[1]);
  }
  FileDescriptor reading;
  FileDescriptor writing;
};

std::string read_to_end(capture::ByteSource& source, int& error) {
  std::string text;
  std::array<std::uint8_t, 5000> block{};
  for (;;) {
    const ssize_t count = source.read(block.data(), block.size());
    error = count < 0 ? errno : 0;
    if (count <= 0) return text;
    text.append(block.begin(), block.begin() + count);
  }
}

// Goal: whoever writes never waits for a reader that is busy.
// Method: far more than pipe and memory hold is written before the first byte is read, by the same thread.
TEST(PipeSpool, TakesEverythingWhileNobodyReads) {
  Pipe pipe;
  std::vector<std::string> notes;
  PipeSpool::Options options;
  options.limits = {.memory_size_max = 64 << 10, .file_size_max = 64 << 20};
  options.make_file = unnamed_file;
  options.note = [&](const std::string& text) { notes.push_back(text); };
  const std::string sent = numbered_bytes(8 << 20);
  PipeSpool spool(std::move(pipe.reading), std::move(options));
  ASSERT_EQ(write_all(pipe.writing.number(), sent), 0);
  pipe.writing.close();
  int error = 0;
  EXPECT_EQ(read_to_end(*spool.source(), error), sent);
  EXPECT_EQ(error, 0);
  EXPECT_LE(spool.memory_peak(), 64u << 10);
  EXPECT_GT(spool.file_peak(), 1u << 20);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("behind"), std::string::npos);
}

TEST(PipeSpool, AnswersAStopAsItIsTold) {
  for (const auto what :
       {PipeSpool::OnStop::read_on, PipeSpool::OnStop::until_silence, PipeSpool::OnStop::at_once}) {
    Pipe pipe;
    Pipe stop;
    ASSERT_EQ(::fcntl(stop.reading.number(), F_SETFL, O_NONBLOCK), 0);
    PipeSpool::Options options;
    options.stop_descriptor = stop.reading.number();
    options.on_stop = [what] { return what; };
    ASSERT_EQ(write_all(pipe.writing.number(), "what was there"), 0);
    ASSERT_EQ(write_all(stop.writing.number(), "!"), 0);
    PipeSpool spool(std::move(pipe.reading), std::move(options));
    if (what == PipeSpool::OnStop::read_on) {
      ASSERT_EQ(write_all(pipe.writing.number(), ", and more"), 0);
      pipe.writing.close();
    }
    int error = 0;
    const std::string text = read_to_end(*spool.source(), error);
    if (what == PipeSpool::OnStop::read_on) {
      EXPECT_EQ(text, "what was there, and more");
    } else if (what == PipeSpool::OnStop::until_silence) {
      EXPECT_EQ(text, "what was there");
    }
    EXPECT_EQ(error, what == PipeSpool::OnStop::read_on ? 0 : EINTR);
  }
}

TEST(PipeSpool, CallsTheIdleWorkBeforeItWaits) {
  Pipe pipe;
  PipeSpool spool(std::move(pipe.reading), {});
  int calls = 0;
  spool.when_idle([&] {
    if (++calls == 3) pipe.writing.close();
    return Milliseconds(1);
  });
  int error = 0;
  EXPECT_EQ(read_to_end(*spool.source(), error), "");
  EXPECT_GE(calls, 3);
}

void read_byte(const Pipe& pipe) {
  char byte = 0;
  EXPECT_EQ(::read(pipe.reading.number(), &byte, 1), 1);
}

// Goal: the original goes on, knows when the copy needs nothing of it any more, and what the two cost.
// Method: a copy that waits for a word before each step.
TEST(ForkedCopy, WorksBesideTheOriginalAndChangesNothingHere) {
  constexpr std::size_t kSize = 16 << 20;
  std::string value = "before";
  Pipe pipe;
  ForkedCopy copy;
  EXPECT_EQ(copy.poll(), std::nullopt);
  EXPECT_EQ(copy.wait(), std::nullopt);
  ASSERT_EQ(copy.start([&](const auto& is_independent) {
    read_byte(pipe);
    value.assign(kSize, 'x');
    is_independent();
    read_byte(pipe);
  }),
            "");
  EXPECT_TRUE(copy.is_running() && copy.is_dependent());
  EXPECT_EQ(copy.poll(), std::nullopt);
  ASSERT_EQ(write_all(pipe.writing.number(), "1"), 0);
  copy.wait_until_independent();
  EXPECT_TRUE(copy.is_running() && !copy.is_dependent());
  EXPECT_EQ(copy.poll(), std::nullopt);
  EXPECT_GE(copy.further_memory(), kSize);
  ASSERT_EQ(write_all(pipe.writing.number(), "2"), 0);
  EXPECT_EQ(copy.wait(), "");
  EXPECT_FALSE(copy.is_running() || copy.is_dependent());
  EXPECT_EQ(copy.further_memory(), 0u);
  EXPECT_EQ(value, "before");
}

TEST(ForkedCopy, TellsItsTrouble) {
  ForkedCopy copy;
  ASSERT_EQ(copy.start([](const auto&) { throw std::runtime_error("no room"); }), "");
  copy.wait_until_independent();  // which it never will be
  EXPECT_EQ(copy.wait(), "no room");
  ASSERT_EQ(copy.start([](const auto& is_independent) {
    is_independent();
    ::raise(SIGKILL);
  }),
            "");
  EXPECT_NE(copy.wait().value().find("137"), std::string::npos);
}

// Goal: a copy that fails takes nothing that the original has carved, and what the tables of one that did not
// fail name outlives a run that fails later.
TEST(ForkedCopy, NeverTakesACarvedFileThatTablesName) {
  const TemporaryFolder temporary;
  const std::string name(64, 'a');
  const std::string path = temporary / "analysis";
  const auto carve = [&](AnalysisFolder& folder) {
    const int file = ::openat(folder.files_descriptor(), name.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
    ASSERT_GE(file, 0);
    ::close(file);
    folder.keep_carved(name, true);
  };
  const auto in_copy = [](AnalysisFolder& folder, bool fails) {
    ForkedCopy copy;
    folder.before_copies();
    EXPECT_EQ(copy.start([&](const auto&) {
      folder.write_copies();
      if (fails) return folder.discard();
      folder.commit();
    }),
              "");
    EXPECT_EQ(copy.wait(), "");
    if (!fails) folder.after_copies();
  };
  {
    AnalysisFolder folder(path);
    OutputFile table = folder.create("connections.csv");
    table.write("some rows\n");
    table.flush();
    carve(folder);
    in_copy(folder, true);
    EXPECT_TRUE(std::filesystem::exists(path + "/files/" + name));
    EXPECT_FALSE(std::filesystem::exists(path + "/connections.csv"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));  // a run that failed without a table leaves nothing
  {
    AnalysisFolder folder(path);
    OutputFile table = folder.create("connections.csv");
    table.write("some rows\n");
    table.flush();
    carve(folder);
    in_copy(folder, false);
    table.write("further rows\n");
  }
  EXPECT_TRUE(std::filesystem::exists(path + "/files/" + name));
  EXPECT_EQ(read_text(path + "/connections.csv"), "some rows\n");
}

// Goal: a copy begins with what was there when it was made, whatever the original writes in the meantime.
TEST(ForkedCopy, BeginsWithTheFilesOfItsMoment) {
  const TemporaryFolder temporary;
  const std::string path = temporary / "analysis";
  AnalysisFolder folder(path);
  OutputFile table = folder.create("connections.csv");
  table.write("before\n");
  table.flush();
  folder.before_copies();
  Pipe pipe;
  ForkedCopy copy;
  ASSERT_EQ(copy.start([&](const auto&) {
    read_byte(pipe);
    folder.write_copies();
    table.write("of the copy\n");
    table.close();
    folder.commit();
  }),
            "");
  table.write("of the original\n");
  table.flush();
  ASSERT_EQ(write_all(pipe.writing.number(), "1"), 0);
  EXPECT_EQ(copy.wait(), "");
  EXPECT_EQ(read_text(path + "/connections.csv"), "before\nof the copy\n");
  table.close();
  folder.commit();
  EXPECT_EQ(read_text(path + "/connections.csv"), "before\nof the original\n");
}

std::map<std::string, std::string> csv_files(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".csv")
      files[entry.path().filename().string()] = read_text(entry.path().string());
  return files;
}

// A whole session, then a connection that only pings: 1,000 packets and more.
MergedCapture long_capture(const std::string& session, const std::string& pings) {
  std::vector<capture::CaptureReader> readers;
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(session), "session"));
  readers.push_back(capture::CaptureReader::from_memory(as_bytes(pings), "pings"));
  return MergedCapture(std::move(readers), {"session", "pings"});
}

// A copy may be reading the names.
TEST(Carver, SaysSoBeforeItGivesAName) {
  const TemporaryFolder temporary;
  AnalysisFolder folder(temporary / "analysis");
  const std::string path = temporary / ("analysis/files/" + hex(sha256("content")));
  int calls = 0;
  Carver carver(folder, [&] {
    ++calls;
    EXPECT_FALSE(std::filesystem::exists(path));
  });
  carver.write(1, 0, "content");
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(carver.finish(1, 7).path, "files/" + hex(sha256("content")));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(std::filesystem::exists(path));
}

// Goal: tables written in between are those of a capture that ends there, and they cost the rest nothing.
// Method: written as often as can be, while the analysis goes on; each time compared with an analysis that
// was told to end there, which is after a multiple of 256 packets.
TEST(Analysis, WritesTheTablesOfEveryMomentWhileItGoesOn) {
  const TemporaryFolder folder;
  const std::string session = session_capture();
  SessionCapture later;
  for (int count = 0; count < 200; ++count) later.step();
  auto& alice = later.connect(9);
  for (int count = 0; count < 1000; ++count) alice.client_sent("PING\n", later.step());
  later.finish();

  AnalysisOptions options = into(folder / "live");
  std::uint64_t checks = 0;
  options.until_next_write = [] { return Nanoseconds::zero(); };
  options.written_in_between = [&](const std::string& trouble, std::uint64_t packets) {
    EXPECT_EQ(trouble, "");
    ++checks;
    const std::uint64_t wanted = packets / 256;
    AnalysisOptions ending = into(folder / "ends");
    std::uint64_t asked = 0;
    ending.keep_reading = [&](const MergedCapture&) { return ++asked < wanted; };
    MergedCapture capture = long_capture(session, later.bytes);
    analyse(capture, ending);
    EXPECT_EQ(csv_files(folder / "live"), csv_files(folder / "ends"));
    const auto files = parse_csv(read_text(folder / "live/files.csv"));
    if (files.size() > 1) {
      EXPECT_EQ(read_text(folder / "live/" + files[1][11]), kFileContent);
    }
    EXPECT_NE(read_text(folder / "live/summary.md").find("Written while the capture went on"),
              std::string::npos);
  };
  MergedCapture capture = long_capture(session, later.bytes);
  analyse(capture, options);
  EXPECT_GE(checks, 1u);
  MergedCapture again = long_capture(session, later.bytes);
  analyse(again, into(folder / "plain"));
  EXPECT_EQ(csv_files(folder / "live"), csv_files(folder / "plain"));
  EXPECT_EQ(read_text(folder / "live/summary.md"), read_text(folder / "plain/summary.md"));
  EXPECT_TRUE(std::filesystem::exists(folder / "live/files/" + hex(sha256(kFileContent))));
}

}  // namespace
}  // namespace plaintalk::analyzer
