#include "base/write_all.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace plaintalk {
namespace {

// Goal: a full pipe is waited for, whether writing blocks or not. Method: far more than a pipe holds, read by
// a second thread.
void expect_all_arrives(int flags) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, flags), 0);
  std::string sent;
  for (int number = 0; sent.size() < (std::size_t{1} << 20); ++number) sent += std::to_string(number);
  std::string received;
  std::thread reader([&] {
    std::array<char, 5000> buffer{};
    for (ssize_t count = 1; count > 0;) {
      count = ::read(ends[0], buffer.data(), buffer.size());
      if (count > 0) received.append(buffer.data(), static_cast<std::size_t>(count));
    }
  });
  EXPECT_EQ(write_all(ends[1], sent), 0);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_TRUE(received == sent);
}

TEST(WriteAll, WritesMoreThanAPipeHolds) { expect_all_arrives(0); }
TEST(WriteAll, WaitsForANonBlockingDescriptor) { expect_all_arrives(O_NONBLOCK); }

TEST(WriteAll, ReportsWhyItFailed) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_EQ(write_all(full, "x"), ENOSPC);
  EXPECT_EQ(write_all(full, ""), 0);
  ::close(full);
  EXPECT_EQ(write_all(-1, "x"), EBADF);
}

}  // namespace
}  // namespace plaintalk
