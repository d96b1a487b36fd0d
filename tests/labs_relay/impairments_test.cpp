#include "labs/relay/impairments.hpp"

#include <string>

#include <gtest/gtest.h>

namespace plaintalk::relay {
namespace {

TEST(Impairments, AreReadAsPeopleWriteThem) {
  const auto read = parse_impairments(
      "delay=40ms,jitter=1s,rate=256kbit,coalesce=1400:200ms,stall=10:3s,sleep=1000-9000:1s-4s,naps=5:7ms,"
      "half-close=20,reset=30-40");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->delay_ms.from, 40U);
  EXPECT_EQ(read->delay_ms.to, 40U);
  EXPECT_EQ(read->jitter_ms.to, 1000U);
  EXPECT_EQ(read->rate_bit_s.from, 256'000U);
  EXPECT_FALSE(read->one_octet);
  EXPECT_EQ(read->coalescing->bytes.from, 1400U);
  EXPECT_EQ(read->coalescing->wait_ms.from, 200U);
  EXPECT_EQ(read->stall->after_bytes.from, 10U);
  EXPECT_EQ(read->stall->for_ms.from, 3000U);
  EXPECT_EQ(read->sleep->after_bytes.from, 1000U);
  EXPECT_EQ(read->sleep->after_bytes.to, 9000U);
  EXPECT_EQ(read->sleep->for_ms.from, 1000U);
  EXPECT_EQ(read->sleep->for_ms.to, 4000U);
  EXPECT_EQ(read->naps->for_ms.from, 7U);
  EXPECT_EQ(read->half_close_after->from, 20U);
  EXPECT_EQ(read->reset_after->to, 40U);
  EXPECT_TRUE(parse_impairments("octets")->one_octet);
  EXPECT_EQ(parse_impairments("coalesce=7")->coalescing->wait_ms.from, 50U);
  EXPECT_EQ(parse_impairments("rate=2Mbit")->rate_bit_s.from, 2'000'000U);
  EXPECT_FALSE(parse_impairments("")->stall);
}

TEST(Impairments, DependOnTheSeedWhereSomethingIsDrawn) {
  for (const char* fixed : {"", "octets", "delay=4ms,rate=1Mbit,stall=1:2s,sleep=1:2s,naps=1:2s,reset=9",
                            "coalesce=9:2s,half-close=4", "sleep=5-5:2s"})
    EXPECT_FALSE(depends_on_seed(*parse_impairments(fixed))) << fixed;
  for (const char* drawn :
       {"jitter=1ms", "delay=1ms-2ms", "rate=1kbit-2kbit", "stall=1-2:1s", "sleep=1:1s-2s", "naps=1-2:1s",
        "reset=1-2", "half-close=1-2", "coalesce=1-2", "coalesce=1:1s-2s"})
    EXPECT_TRUE(depends_on_seed(*parse_impairments(drawn))) << drawn;
}

// Goal: whoever mistypes reads which word it was and what it should look like.
TEST(Impairments, NameTheWordThatIsWrong) {
  const auto error = [](const char* text) {
    const auto read = parse_impairments(text);
    return read ? std::string("it was read") : read.error();
  };
  EXPECT_EQ(error("octets,delay=40"), "'delay=40': a time up to an hour, such as 40ms, 3s or 1s-4s");
  EXPECT_NE(error("stall=4096").find("'stall=4096': bytes and a time"), std::string::npos);
  EXPECT_NE(error("reset=0").find("1 or more"), std::string::npos);
  EXPECT_NE(error("rate=99bit").find("100bit"), std::string::npos);
  EXPECT_NE(error("delay=2h").find("such as"), std::string::npos);
  EXPECT_NE(error("delay=4s-3s").find("such as"), std::string::npos);
  EXPECT_NE(error("delay=3601s").find("up to an hour"), std::string::npos);
  EXPECT_NE(error("sleep=1:99999999999999999999s").find("such as"), std::string::npos);
  EXPECT_NE(error("coalesce=:5ms").find("how long to wait"), std::string::npos);
  EXPECT_NE(error("loss=5").find("no such word"), std::string::npos);
  EXPECT_NE(error(",,").find("no such word"), std::string::npos);
  EXPECT_NE(error("octets,coalesce=9").find("opposites"), std::string::npos);
  EXPECT_EQ(error("\x1b[2J").find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::relay
