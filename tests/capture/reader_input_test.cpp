// Where the bytes come from: files, pipes, things that are no capture.
#include <array>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <unistd.h>

#include "capture/file/file_sink.hpp"
#include "tests/capture/file_builder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    reading = ends[0];
    writing = ends[1];
  }
  void write(std::string_view bytes) const {
    if (::write(writing, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("the pipe did not take it");
  }
  int reading = -1;
  int writing = -1;
};

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "plaintalk-reader-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    path_ = name;
    FileSink sink = FileSink::from_descriptor(descriptor, name);
    sink.write(bytes);
    if (!sink.flush()) throw std::runtime_error(sink.error());
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string open_failure(const std::string& path) {
  try {
    CaptureReader::open(path);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// Goal: a live capture can be followed: a record is handed over when its last byte has arrived, not when a
// buffer is full. Method: nothing more is in the pipe when next() is called, so a reader that wants more
// would wait for ever.
TEST(ReaderInput, HandsOverEachRecordOfAPipeAsSoonAsItIsComplete) {
  for (const bool is_pcapng : {false, true}) {
    const Pipe pipe;
    pipe.write(is_pcapng ? ng::section(kLittle) + ng::interface(kLittle) : pcap_header(kLittle));
    CaptureReader reader = CaptureReader::from_descriptor(pipe.reading, "pipe");
    EXPECT_FALSE(reader.size());
    for (std::uint64_t number = 1; number <= 3; ++number) {
      pipe.write(is_pcapng ? ng::enhanced(kLittle, 0, number, "packet", 6)
                           : pcap_record(kLittle, 1, 0, "packet", 6));
      const auto record = reader.next();
      ASSERT_TRUE(record && *record);
      EXPECT_EQ((*record)->number, number);
    }
    ::close(pipe.writing);
    const auto end = reader.next();
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
  }
}

TEST(ReaderInput, ReadsTheSameThroughAPipeInSmallPieces) {
  std::string file = ng::section(kLittle) + ng::interface(kLittle);
  for (unsigned i = 0; i < 200; ++i)
    file += ng::enhanced(kLittle, 0, i, std::string(i * 7 % 900, static_cast<char>('a' + i % 26)), 2000) +
            ng::block(kLittle, 99, std::string(i * 13 % 500, '?'));
  const Pipe pipe;
  std::thread writer([&] {
    for (std::size_t at = 0; at < file.size(); at += 37) pipe.write(std::string_view(file).substr(at, 37));
    ::close(pipe.writing);
  });
  const Contents piped = read_back(CaptureReader::from_descriptor(pipe.reading, "pipe"));
  writer.join();
  EXPECT_EQ(piped.packets.size(), 200u);
  EXPECT_EQ(piped.packets, read_back(file).packets);
}

// Goal: Ctrl-C while a pipe is silent ends the reading and is no damage, even in the middle of a record.
// Method: an alarm clock whose handler is installed without SA_RESTART, rung again and again until the read
// has begun.
TEST(ReaderInput, EndsCleanlyWhenASignalInterruptsIt) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
  const Pipe pipe;
  pipe.write(pcap_header(kLittle) + pcap_record(kLittle, 1, 0, "whole", 5) + "half of a rec");
  CaptureReader reader = CaptureReader::from_descriptor(pipe.reading, "pipe");
  const itimerval soon{{0, 10'000}, {0, 10'000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &soon, nullptr), 0);
  const Contents contents = read_back(std::move(reader));
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_EQ(contents.packets.size(), 1u);
  EXPECT_FALSE(contents.error);
  ::close(pipe.writing);
}

// Goal: records that cross the end of a block read, and one larger than a block, come out whole.
TEST(ReaderInput, ReadsRecordsLargerThanItsBlocks) {
  std::string file = pcap_header(kLittle, {.snap_length = 1u << 24});
  const std::string huge(3u << 20, 'h');
  const std::string odd(1001, 'o');
  for (int i = 0; i < 1500; ++i) file += pcap_record(kLittle, 1, 0, odd, 1001);
  file += pcap_record(kLittle, 2, 0, huge, 3u << 20) + pcap_record(kLittle, 3, 0, "after", 5);
  const TemporaryFile on_disk(file);
  CaptureReader reader = CaptureReader::open(on_disk.path());
  EXPECT_EQ(reader.size(), file.size());
  EXPECT_EQ(reader.position(), 24u);
  const Contents contents = read_back(std::move(reader));
  EXPECT_FALSE(contents.error);
  ASSERT_EQ(contents.packets.size(), 1502u);
  EXPECT_EQ(contents.packets[1499].bytes, odd);
  EXPECT_EQ(contents.packets[1500].bytes, huge);
  EXPECT_EQ(contents.packets[1501].bytes, "after");
}

TEST(ReaderInput, SurvivesAFileThatShrinksWhileItIsRead) {
  std::string file = pcap_header(kLittle);
  for (int i = 0; i < 4000; ++i) file += pcap_record(kLittle, 1, 0, std::string(1000, 'x'), 1000);
  const TemporaryFile on_disk(file);
  CaptureReader reader = CaptureReader::open(on_disk.path());
  ASSERT_TRUE(reader.next());
  ASSERT_EQ(::truncate(on_disk.path().c_str(), 2'000'000), 0);
  const Contents contents = read_back(std::move(reader));
  EXPECT_GT(contents.packets.size(), 1000u);
  ASSERT_TRUE(contents.error);
  EXPECT_NE(contents.error->what.find("the file ends inside record"), std::string::npos);
}

TEST(ReaderInput, RefusesFilesItCannotUnpackWithTheCommandThatHelps) {
  const std::string message = refusal(
      "\xFD"
      "7zXZ and so on");
  EXPECT_NE(message.find("compressed with xz"), std::string::npos);
  EXPECT_NE(message.find("xzcat FILE | plaintalk analyze -"), std::string::npos);
  EXPECT_NE(refusal("BZh9 ...").find("bzcat"), std::string::npos);
}

TEST(ReaderInput, SaysWhyAFileCannotBeUsed) {
  EXPECT_NE(refusal("").find("is empty"), std::string::npos);
  EXPECT_NE(refusal("hello, this is text").find("is not a pcap or pcapng file"), std::string::npos);
  EXPECT_NE(open_failure("/nonexistent/file.pcap").find("No such file"), std::string::npos);
  EXPECT_NE(open_failure("/").find("Is a directory"), std::string::npos);
}

TEST(FileSink, SaysWhyAFileCannotBeWritten) {
  EXPECT_THROW(FileSink::create("/nonexistent/file.pcapng"), std::runtime_error);
  FileSink full = FileSink::create("/dev/full");
  full.write("bytes");
  EXPECT_FALSE(full.flush());
  EXPECT_NE(full.error().find("No space left"), std::string::npos);
  EXPECT_FALSE(full.reader_gone());
  EXPECT_EQ(full.size(), 0u);
}

TEST(FileSink, TakesAClosedPipeAsTheEndAndNotAsAFault) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const Pipe pipe;
  ::close(pipe.reading);
  FileSink sink = FileSink::from_descriptor(pipe.writing, "pipe");
  sink.write("bytes");
  EXPECT_FALSE(sink.flush());
  EXPECT_TRUE(sink.reader_gone());
  EXPECT_EQ(sink.error(), "");
  std::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace plaintalk::capture
