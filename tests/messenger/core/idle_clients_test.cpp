// What a client costs that is logged in and says nothing, which is what most clients do (docs/LIMITS.md).
#include <array>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "messenger/core/account.hpp"
#include "messenger/core/connection.hpp"
#include "tests/messenger/core/lab.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::messenger::test {
namespace {

using plaintalk::test::heap_bytes;

TEST(IdleClients, AreSmallObjects) {
  EXPECT_LE(sizeof(core::Connection), 200U);
  EXPECT_LE(sizeof(core::Account), 224U);
  EXPECT_LE(sizeof(core::Device), 104U);
}

// What the others of the room are told.
void write_out(Lab& lab) {
  std::array<iovec, 4> pieces{};
  for (const ConnectionId id : lab.core->take_touched())
    while (const std::size_t count = lab.core->gather(id, pieces, true, lab.now)) {
      std::size_t size = 0;
      for (const iovec& piece : std::span(pieces).first(count)) size += piece.iov_len;
      lab.core->consumed(id, size, lab.now);
    }
}

void log_in(Lab& lab, int number) {
  Person& person = lab.guest("idle-" + std::to_string(number), {"#r" + std::to_string(number / 10)});
  person.asks("PING");
  write_out(lab);
  lab.people.clear();
  lab.events.lines.clear();
}

// Goal: all that the rules keep of a client in a room of ten is what is promised, tables included.
TEST(IdleClients, HoldNoMoreOfTheHeapThanPromised) {
  constexpr int kClientCount = 1'000;
  constexpr std::size_t kBytesPromised = 896;
  ServerConfig config = Lab::quick();
  config.connection_percent_per_address = config.room_percent_per_address = 100;
  Lab lab(config);
  log_in(lab, -1);  // what is made once for all
  const std::size_t before = heap_bytes();
  for (int number = 0; number < kClientCount; ++number) log_in(lab, number);
  const std::size_t each = (heap_bytes() - before) / kClientCount;
  RecordProperty("bytes", static_cast<int>(each));
  EXPECT_EQ(lab.core->connection_count(), kClientCount + 1U);
  EXPECT_LE(each, kBytesPromised);
}

}  // namespace
}  // namespace plaintalk::messenger::test
