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

TEST(ForkedCopy, ChangesNothingHereAndTellsItsTrouble) {
  int value = 1;
  EXPECT_EQ(run_in_copy([&] { value = 2; }), "");
  EXPECT_EQ(value, 1);
  EXPECT_EQ(run_in_copy([] { throw std::runtime_error("no room"); }), "no room");
  EXPECT_NE(run_in_copy([] { ::raise(SIGKILL); }).find("137"), std::string::npos);
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

// Goal: tables written in between are those of a capture that ends there, and they cost the rest nothing.
// Method: written after every 256 packets; each time compared with an analysis that was told to end there.
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
  options.written_in_between = [&](const std::string& trouble) {
    EXPECT_EQ(trouble, "");
    const std::uint64_t wanted = ++checks;
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
  EXPECT_GE(checks, 3u);
  MergedCapture again = long_capture(session, later.bytes);
  analyse(again, into(folder / "plain"));
  EXPECT_EQ(csv_files(folder / "live"), csv_files(folder / "plain"));
  EXPECT_EQ(read_text(folder / "live/summary.md"), read_text(folder / "plain/summary.md"));
  EXPECT_TRUE(std::filesystem::exists(folder / "live/files/" + hex(sha256(kFileContent))));
}

}  // namespace
}  // namespace plaintalk::analyzer
