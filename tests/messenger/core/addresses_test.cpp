// What one address may have: connections, connections without a login, passwords that are checked and
// guessed.
#include <gtest/gtest.h>

#include "messenger/core/address_table.hpp"
#include "messenger/core/guess_limiter.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

IpAddress v6(std::uint8_t network, std::uint8_t host) {
  IpAddress address;
  address.is_v6 = true;
  address.octets[0] = 0x20;
  address.octets[7] = network;
  address.octets[15] = host;
  return address;
}

TEST(Addresses, AnIpv6NetworkOf64BitsIsOneAddress) {
  core::AddressTable table;
  table.connection_opened(v6(1, 1));
  table.connection_opened(v6(1, 2));
  table.connection_opened(v6(2, 1));
  EXPECT_EQ(table.of(v6(1, 3)).connection_count, 2U);
  EXPECT_EQ(table.of(v6(2, 9)).connection_count, 1U);
  table.connection_gone(v6(1, 2));
  table.connection_gone(v6(1, 2));
  EXPECT_EQ(table.of(v6(1, 3)).connection_count, 0U);
}

TEST(Addresses, OneAddressLeavesPlaceForOthers) {
  ServerConfig config = Lab::quick();
  config.connection_count_max = 8;
  Lab lab(config);
  std::vector<Person*> crowd;
  for (int count = 0; count < 6; ++count) crowd.push_back(&lab.connect(9));
  for (const Person* person : crowd) EXPECT_FALSE(person->is_cut_by_server());
  Person seventh(lab, 9);
  EXPECT_EQ(
      seventh.reads(),
      "ERR 503 BUSY retry=2000 fatal=1 :too many connections from your address; close one, or try again "
      "later\n");
  seventh.drops();
  Person& elsewhere = lab.connect(8);
  EXPECT_FALSE(elsewhere.is_cut_by_server());
  crowd[0]->drops();
  Person again(lab, 9);
  EXPECT_TRUE(again.reads().starts_with("PLAINTALK/1"));
}

// Goal: whoever holds idle connections behind a NAT does not lock its neighbours out.
TEST(Addresses, TheOldestConnectionWithoutALoginGivesWayToANewOne) {
  ServerConfig config = Lab::quick();
  config.login_connections_per_address_max = 3;
  Lab lab(config);
  Person& busy = lab.connect(9);
  busy.sends("LOGIN bob :secret");  // waits for the check of its password
  Person& idle = lab.connect(9);
  Person& other_idle = lab.connect(9);
  Person& neighbour = lab.connect(9);
  EXPECT_TRUE(neighbour.asks("LOGIN alice").starts_with("OK user=alice"));
  EXPECT_TRUE(idle.is_cut_by_server());
  EXPECT_TRUE(idle.reads().starts_with("BYE 503 BUSY :"));
  EXPECT_FALSE(busy.is_cut_by_server());
  EXPECT_FALSE(other_idle.is_cut_by_server());
}

TEST(Addresses, WhenAllOfThemWaitForAPasswordTheNewOneIsRefused) {
  ServerConfig config = Lab::quick();
  config.login_connections_per_address_max = 2;
  Lab lab(config);
  for (int count = 0; count < 2; ++count) lab.connect(9).sends("LOGIN bob :secret");
  Person late(lab, 9);
  EXPECT_TRUE(late.reads().starts_with("ERR 503 BUSY retry=2000 fatal=1 :"));
  EXPECT_FALSE(lab.connect(8).is_cut_by_server());
}

TEST(Addresses, OneAddressCannotFillTheQueueOfThePasswordWorkers) {
  ServerConfig config = Lab::quick();
  config.password_jobs_per_address_max = 2;
  Lab lab(config);
  Person& first = lab.connect(9);
  first.sends("LOGIN bob :x");
  first.drops();  // its job is still in the queue
  lab.connect(9).sends("LOGIN carol :x");
  EXPECT_TRUE(lab.connect(9).asks("LOGIN dave :x").starts_with("ERR 503 BUSY verb=LOGIN retry=1000 :"));
  EXPECT_EQ(lab.connect(8).asks("LOGIN dave :x"), "");
  lab.works_on_passwords();
  EXPECT_EQ(lab.connect(9).asks("LOGIN dave :x"), "");
}

ServerConfig with_bob() {
  ServerConfig config = Lab::quick();
  config.accounts["bob"] = "secret";
  return config;
}

std::string tries(Lab& lab, std::uint8_t address, std::string_view line) {
  Person& person = lab.connect(address);
  person.sends(line);
  lab.works_on_passwords();
  return person.reads();
}

TEST(Guesses, AreThrottledForOneNameFromOneAddressAndNobodyElseIsDelayed) {
  Lab lab(with_bob());
  for (int count = 0; count < 10; ++count)
    EXPECT_TRUE(tries(lab, 9, "LOGIN bob :wrong").starts_with("ERR 402 BAD_LOGIN")) << count;
  EXPECT_EQ(
      tries(lab, 9, "LOGIN bob :secret"),
      "ERR 429 RATE verb=LOGIN retry=6000 :too many passwords tried from your address; wait and try again\n");
  EXPECT_TRUE(tries(lab, 8, "LOGIN bob :secret").starts_with("OK user=bob"));     // from elsewhere
  EXPECT_TRUE(tries(lab, 9, "LOGIN carol :x").starts_with("ERR 402 BAD_LOGIN"));  // another name
  EXPECT_TRUE(tries(lab, 9, "LOGIN guest").starts_with("OK user=guest"));
  lab.passes(Milliseconds(6'000));
  EXPECT_TRUE(tries(lab, 9, "LOGIN bob :secret").starts_with("OK user=bob"));
}

TEST(Guesses, AreThrottledForOneAddressOverAllNames) {
  Lab lab(with_bob());
  int refused = 0;
  for (int count = 0; count < 120; ++count)
    refused += tries(lab, 9, "LOGIN u" + std::to_string(count) + " :x").starts_with("ERR 429 RATE") ? 1 : 0;
  EXPECT_EQ(refused, 20);
  EXPECT_TRUE(tries(lab, 9, "REGISTER new :x").starts_with("ERR 429 RATE verb=REGISTER"));
  EXPECT_TRUE(tries(lab, 8, "LOGIN bob :secret").starts_with("OK user=bob"));
}

TEST(Guesses, ARightPasswordIsNoGuess) {
  Lab lab(with_bob());
  for (int count = 0; count < 200; ++count)
    ASSERT_TRUE(tries(lab, 9, "LOGIN bob device=pc :secret").starts_with("OK user=bob")) << count;
}

TEST(Guesses, TheTableHasAFixedSizeAndForgetsTheOldestFirst) {
  core::GuessLimiter limiter(1);
  const Instant now{std::chrono::hours(1)};
  limiter.take(v6(0, 1), "bob", now);
  EXPECT_GT(limiter.wait(v6(0, 1), "bob", now), Nanoseconds{0});
  const auto other = [](std::size_t index) {
    return IpAddress::v4(10, 0, static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index));
  };
  for (std::size_t index = 0; index + 1 < core::GuessLimiter::kEntryCountMax; ++index)
    limiter.take(other(index), "bob", now);
  EXPECT_GT(limiter.wait(v6(0, 1), "bob", now), Nanoseconds{0});  // still known, and now the latest used
  for (std::size_t index = 0; index < core::GuessLimiter::kEntryCountMax; ++index)
    limiter.take(other(index), "bob", now);
  EXPECT_EQ(limiter.wait(v6(0, 1), "bob", now), Nanoseconds{0});
}

}  // namespace
}  // namespace plaintalk::messenger::test
