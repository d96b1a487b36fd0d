// What happens to files that are there already, to a full disk, and to a reader that stalls.
#include "capture/file/file_sink.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/privileges/privileges.hpp"
#include "capture/file/capture_reader.hpp"
#include "capture/file/pcapng_writer.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

namespace fs = std::filesystem;
using Existing = FileSink::Existing;

class FileSinkTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void put(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // What create() says; "" when it agrees.
  static std::string refusal(const std::string& path, Existing existing = Existing::refuse) {
    try {
      FileSink::create(path, existing);
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  fs::path folder_ = fs::temp_directory_path() / ("plaintalk-sink-" + std::to_string(::getpid()));
};

TEST_F(FileSinkTest, NeverWritesOverACaptureUnasked) {
  put("lab.pcapng", "an hour of work");
  EXPECT_NE(refusal(path("lab.pcapng")).find("--overwrite"), std::string::npos);
  EXPECT_EQ(content("lab.pcapng"), "an hour of work");
  EXPECT_EQ(refusal(path("lab.pcapng"), Existing::overwrite), "");
  EXPECT_EQ(content("lab.pcapng"), "");
}

TEST_F(FileSinkTest, RefusesAFileThatSomebodyWritesTo) {
  FileSink first = FileSink::create(path("lab.pcapng"));
  first.write("kept");
  first.flush();
  EXPECT_NE(refusal(path("lab.pcapng"), Existing::overwrite).find("another program"), std::string::npos);
  EXPECT_EQ(content("lab.pcapng"), "kept");
}

TEST_F(FileSinkTest, FollowsNoSymbolicLink) {
  put("victim", "precious");
  for (const char* target : {"victim", "missing"}) {
    fs::create_symlink(path(target), path("link"));
    for (const Existing existing : {Existing::refuse, Existing::overwrite})
      EXPECT_NE(refusal(path("link"), existing), "") << target;
    fs::remove(path("link"));
  }
  EXPECT_EQ(content("victim"), "precious");
  EXPECT_FALSE(fs::exists(path("missing")));
}

TEST_F(FileSinkTest, MakesFilesForTheirOwnerOnly) {
  const mode_t before = ::umask(0);
  EXPECT_EQ(refusal(path("lab.pcapng")), "");
  ::umask(before);
  EXPECT_EQ(fs::status(path("lab.pcapng")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

// Goal: on a full disk the count is what a reader finds, whatever the size at which the disk was full.
// Method: a limit on the file's size at every byte of three packets, in one flush and in one a packet.
TEST_F(FileSinkTest, CountsWhatCanBeReadFromAFullDisk) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const std::string packet(45, 'x');
  for (rlim_t limit = 0; limit < 420; limit += 7) {
    for (const bool flushes : {false, true}) {
      fs::remove(path("full.pcapng"));
      FileSink sink = FileSink::create(path("full.pcapng"));
      const rlimit full{limit, before.rlim_max};
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
      bool is_packet = false;
      PcapngWriter writer([&](std::string_view block) { sink.write(block, is_packet); }, {"test", ""});
      const std::uint32_t interface = writer.add_interface({LinkType::raw, 0, "test", ""});
      is_packet = true;
      for (int i = 0; i < 3; ++i) {
        writer.packet(interface, WallTime{}, as_bytes(packet), 45);
        if (flushes) sink.flush();
      }
      sink.flush();
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
      std::uint64_t readable = 0;
      if (fs::file_size(path("full.pcapng")) > 0) {
        const Contents contents = read_back(CaptureReader::open(path("full.pcapng")));
        EXPECT_FALSE(contents.error) << "at " << limit;
        readable = contents.packets.size();
      }
      EXPECT_EQ(sink.packet_count(), readable) << "at " << limit;
      EXPECT_EQ(sink.size(), fs::file_size(path("full.pcapng")));
      if (sink.packet_count() < 3) {
        EXPECT_NE(sink.error(), "");
      }
    }
  }
  std::signal(SIGXFSZ, old_handler);
}

TEST_F(FileSinkTest, StopsWhileTheReaderOfItsPipeStalls) {
  std::array<int, 2> output{};
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe2(output.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(stop.data(), O_CLOEXEC), 0);
  FileSink sink = FileSink::from_descriptor(output[1], "standard output");
  sink.stop_on(stop[0], Milliseconds(1));
  ASSERT_EQ(::write(stop[1], "x", 1), 1);
  for (int i = 0; i < 100; ++i) sink.write(std::string(4096, 'y'), true);  // more than a pipe holds
  EXPECT_FALSE(sink.flush());
  EXPECT_GT(sink.packet_count(), 0u);
  EXPECT_LT(sink.packet_count(), 100u);
  EXPECT_NE(sink.error().find("did not read"), std::string::npos) << sink.error();
  for (const int descriptor : {output[0], stop[0], stop[1]}) ::close(descriptor);
}

// Goal: a stop costs a reader nothing that only is slower than the writer.
// Method: the pipe is full when the stop comes; then somebody reads it to its end.
TEST_F(FileSinkTest, AStopWaitsForAReaderThatReads) {
  std::array<int, 2> output{};
  std::array<int, 2> stop{};
  ASSERT_EQ(::pipe2(output.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(stop.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::write(stop[1], "x", 1), 1);
  std::size_t received = 0;
  {
    FileSink sink = FileSink::from_descriptor(output[1], "standard output");
    sink.stop_on(stop[0], std::chrono::minutes(1));
    for (int i = 0; i < 100; ++i) sink.write(std::string(4096, 'y'), true);  // more than a pipe holds
    const std::jthread reader([&] {
      std::array<char, 4096> block{};
      for (ssize_t count = 0; (count = ::read(output[0], block.data(), block.size())) > 0;)
        received += static_cast<std::size_t>(count);
    });
    EXPECT_TRUE(sink.flush());
    EXPECT_EQ(sink.packet_count(), 100u);
    const FileSink closed(std::move(sink));  // gone before the reader is waited for
  }
  EXPECT_EQ(received, 100u * 4096);
  for (const int descriptor : {output[0], stop[0], stop[1]}) ::close(descriptor);
}

// Goal: sudo writes nothing that its caller could not write, and what it makes is the caller's.
// Method: a child of root plays sudo for user 65534.
TEST_F(FileSinkTest, HasTheFileRightsOfWhoeverCalledSudo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can take somebody else's rights";
  fs::permissions(folder_, fs::perms::owner_all);
  const fs::path open_folder = folder_ / "open";
  fs::create_directory(open_folder);
  ASSERT_EQ(::chmod(open_folder.c_str(), 0777), 0);
  put("roots", "root's own");
  ASSERT_EQ(::chmod(path("roots").c_str(), 0600), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("SUDO_UID", "65534", 1);
    ::setenv("SUDO_GID", "65534", 1);
    int status = 0;
    {
      const AsInvoker rights;
      if (::geteuid() != 65534 || ::getegid() != 65534) status |= 1;
      if (::access(path("roots").c_str(), W_OK) == 0 && ::open(path("roots").c_str(), O_WRONLY) >= 0)
        status |= 2;
    }
    if (::geteuid() != 0 || ::getegid() != 0) status |= 4;
    ::_exit(status);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 1) GTEST_SKIP() << "user 65534 does not exist in this namespace";
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(content("roots"), "root's own");
}

}  // namespace
}  // namespace plaintalk::capture
