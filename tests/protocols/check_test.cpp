// What check-protocol says of descriptions that fit and that do not, and what is proposed for recorded
// sessions.
#include <string>

#include <gtest/gtest.h>

#include "analyzer/check/check_protocol.hpp"
#include "analyzer/check/propose_description.hpp"
#include "tests/protocols/talk_of.hpp"

namespace plaintalk::analyzer {
namespace {

std::string capture_of(const std::string& name) {
  return (std::filesystem::path(PLAINTALK_PROTOCOLS_FOLDER) / (name + ".pcap")).string();
}

TEST(CheckProtocol, TheBuiltInOnesFitTheirSessions) {
  for (const std::string name : {"irc", "nats", "json-lines", "json-length", "tutorial-chat"}) {
    const ProtocolCheck check = check_protocol(load_description(name), capture_of(name));
    EXPECT_EQ(check.misfit_count, 0u) << check.text;
    EXPECT_GT(check.unit_count, 20u);
    EXPECT_NE(check.text.find(": all fit " + name), std::string::npos) << check.text;
  }
}

TEST(CheckProtocol, SaysUnitPlaceAndBytes) {
  const auto description = description_from(
      "ports = [6667]\n[fields]\nverb = { word = 1 }\n[[rule]]\nfrom = \"client\"\nwhen = { verb = "
      "[\"PASS\", \"NICK\"] }\n"
      "is = \"nothing\"\n[[rule]]\nfrom = \"server\"\nis = \"nothing\"\n");
  const ProtocolCheck check = check_protocol(description, capture_of("irc"));
  EXPECT_GT(check.misfit_count, 10u);
  EXPECT_NE(check.text.find("  unexplained: " + std::to_string(check.misfit_count)), std::string::npos);
  EXPECT_NE(check.text.find("connection 2, client, packet 6, offset 25, 23 bytes: unexplained\n"
                            "    55 53 45 52 20 61 6c 69 63 65 20 30 20 2a 20 3a  USER alice 0 * :\n"),
            std::string::npos)
      << check.text;
}

TEST(CheckProtocol, AWrongFramingIsFoundAndTheOutputIsBounded) {
  const auto fixed = description_from(
      "ports = [9000]\n[framing]\nby = \"length\"\nlength_bytes = 2\n[[rule]]\nis = \"nothing\"\n");
  EXPECT_GT(check_protocol(fixed, capture_of("json-lines")).misfit_count, 0u);
  const auto bytes = description_from("ports = [9000]\n[framing]\nby = \"fixed\"\nsize = 3\n");
  const ProtocolCheck check = check_protocol(bytes, capture_of("json-lines"));
  EXPECT_GT(check.misfit_count, 1000u);
  EXPECT_NE(check.text.find("and " + std::to_string(check.misfit_count - kShownMisfitCountMax) + " more\n"),
            std::string::npos);
  const auto elsewhere = description_from("ports = [1]\n");
  const ProtocolCheck none = check_protocol(elsewhere, capture_of("json-lines"));
  EXPECT_EQ(none.connection_count, 0u);
  EXPECT_NE(none.text.find("no connection to a server on port 1"), std::string::npos);
}

struct Expected {
  const char* capture;
  const char* framing;
  std::size_t messages;
  std::size_t deliveries;
};

class ProposalTest : public testing::TestWithParam<Expected> {};

// What is proposed is fed back: it can be read, nothing falls out of it, and the messages come of it.
TEST_P(ProposalTest, CanBeFedBack) {
  const Proposal proposal = propose_description(capture_of(GetParam().capture));
  EXPECT_NE(proposal.toml.find(GetParam().framing), std::string::npos) << proposal.toml;
  const auto description = description_from(proposal.toml);
  ASSERT_TRUE(description) << proposal.toml;
  RowsKept rows;
  analyse_capture(capture_of(GetParam().capture), description, rows);
  EXPECT_EQ(rows.messages.size(), GetParam().messages) << proposal.toml;
  std::size_t deliveries = 0;
  for (const MessageResult& message : rows.messages) deliveries += message.deliveries.size();
  EXPECT_EQ(deliveries, GetParam().deliveries) << proposal.toml;
}

INSTANTIATE_TEST_SUITE_P(Recorded, ProposalTest,
                         testing::Values(Expected{"json-lines", "by = \"newline\"", 4, 7},
                                         Expected{"json-length", "length_bytes = 4\norder = \"big\"", 4, 7}),
                         [](const auto& tested) { return std::string(tested.param.capture).substr(5); });

TEST(Proposals, AChatWithoutFramingIsSeenAsSuch) {
  const Proposal proposal = propose_description(capture_of("tutorial-chat"));
  EXPECT_NE(proposal.toml.find("by = \"none\""), std::string::npos) << proposal.toml;
  EXPECT_NE(proposal.toml.find("echo = true"), std::string::npos) << proposal.toml;
  ASSERT_TRUE(description_from(proposal.toml)) << proposal.toml;
}

TEST(Proposals, LinesOfCommandsAreRecognised) {
  const Proposal proposal = propose_description(capture_of("nats"));
  EXPECT_NE(proposal.toml.find("by = \"newline\""), std::string::npos) << proposal.toml;
  ASSERT_TRUE(description_from(proposal.toml)) << proposal.toml;
}

TEST(Proposals, WhatIsKnownNeedsNone) {
  const auto folder = std::filesystem::path(PLAINTALK_PROTOCOLS_FOLDER) / "../golden";
  const Proposal proposal = propose_description((folder / "room-session.pcap").string());
  EXPECT_TRUE(proposal.toml.empty());
  EXPECT_NE(proposal.words.find("speaks plaintalk, which needs no description"), std::string::npos);
  EXPECT_THROW(static_cast<void>(propose_description("/nosuch.pcap")), std::runtime_error);
}

}  // namespace
}  // namespace plaintalk::analyzer
