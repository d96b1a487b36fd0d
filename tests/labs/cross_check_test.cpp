#include "labs/demo/cross_check.hpp"

#include <gtest/gtest.h>

#include "tests/labs/demo_data.hpp"

namespace plaintalk::demo {
namespace {

std::string only_difference(const Evidence& evidence) {
  const CrossCheck check = cross_check(small_log(), evidence);
  EXPECT_FALSE(check.agrees());
  const std::vector<std::string> differences = check.differences();
  return differences.size() == 1 ? differences.front() : std::to_string(differences.size()) + " differences";
}

TEST(ServerLog, ReadsTheSameEventsHoweverTheFileIsCut) {
  ServerLog bytewise;
  for (const char byte : kServerLines) bytewise.feed({&byte, 1});
  ASSERT_EQ(bytewise.messages().size(), 2U);
  EXPECT_EQ(bytewise.messages()[0].key, (MessageKey{"#lab", 1}));
  EXPECT_EQ(bytewise.messages()[0].recipients, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(bytewise.closed_count("bob"), 1U);
  EXPECT_EQ(bytewise.closed_count("alice"), 0U);
  EXPECT_TRUE(bytewise.has_open_connections());
  EXPECT_FALSE(small_log().has_open_connections());
  ASSERT_EQ(bytewise.verified_files().size(), 1U);
  EXPECT_EQ(bytewise.verified_files()[0].sha256, "abc");
}

TEST(ServerLog, NamesTheLineThatIsNotOfAServerLog) {
  ServerLog log;
  try {
    log.feed("{\"event\":\"server\"}\nnot json\n");
    FAIL() << "a line that is not JSON was taken";
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string_view(error.what()).starts_with("line 2 of the server's log")) << error.what();
  }
}

TEST(CrossCheck, AgreesWhenBothTellTheSame) {
  const CrossCheck check = cross_check(small_log(), small_evidence());
  EXPECT_TRUE(check.agrees()) << testing::PrintToString(check.differences());
  ASSERT_EQ(check.checks.size(), 6U);
  EXPECT_EQ(check.checks[2].subject, "deliveries");
  EXPECT_EQ(check.checks[2].server_count, 4U);
  EXPECT_EQ(check.checks[5].packet_count, 300U);
}

TEST(CrossCheck, FindsADeliveryThatThePacketsDoNotShow) {
  Evidence evidence = small_evidence();
  evidence.deliveries.pop_back();
  EXPECT_EQ(only_difference(evidence), "deliveries: only the server has #lab 2 to 127.0.0.12:4002");
}

TEST(CrossCheck, FindsACopyThatTheServerDoesNotKnow) {
  Evidence evidence = small_evidence();
  evidence.deliveries.push_back(evidence.deliveries.front());
  EXPECT_EQ(only_difference(evidence), "deliveries: only the packets have #lab 1 to 127.0.0.11:4001");
}

TEST(CrossCheck, FindsAMessageUnderAnotherName) {
  Evidence evidence = small_evidence();
  evidence.messages[0].sender = "bob";
  const CrossCheck check = cross_check(small_log(), evidence);
  EXPECT_EQ(check.differences(),
            (std::vector<std::string>{"messages: only the server has #lab 1 from alice",
                                      "messages: only the packets have #lab 1 from bob"}));
}

// Goal: bytes are compared for each connection; two errors that cancel in the sum are still seen.
TEST(CrossCheck, ComparesTheBytesOfEachConnectionAndNotOnlyTheirSum) {
  Evidence evidence = small_evidence();
  ++evidence.connections[1].client_bytes;
  --evidence.connections[2].client_bytes;
  const CrossCheck check = cross_check(small_log(), evidence);
  EXPECT_FALSE(check.agrees());
  ASSERT_EQ(check.differences().size(), 2U);
  EXPECT_EQ(check.differences()[0],
            "bytes in: connection of 127.0.0.11:4001 (alice): the server says 10, the packets 11");
}

TEST(CrossCheck, FindsAFileWithOtherContent) {
  Evidence evidence = small_evidence();
  evidence.files[0].sha256_carved = "def";
  EXPECT_EQ(cross_check(small_log(), evidence).differences().size(), 2U);
}

TEST(CrossCheck, FindsAConnectionThatOnlyThePacketsShow) {
  Evidence evidence = small_evidence();
  evidence.connections[3].client = {"127.0.0.13", 4003};
  EXPECT_EQ(only_difference(evidence), "connections: only the packets have 127.0.0.13:4003");
}

TEST(CrossCheck, DoesNotTrustALogThatLostEvents) {
  ServerLog log = small_log();
  log.feed("{\"time\":\"2\",\"event\":\"log_lost\",\"routed\":2,\"other\":1}\n");
  const CrossCheck check = cross_check(log, small_evidence());
  EXPECT_FALSE(check.agrees());
  EXPECT_NE(check.differences().front().find("lost 3 events"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::demo
