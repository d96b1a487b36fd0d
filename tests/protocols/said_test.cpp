// The tables of recorded sessions against what the script that played them says that it said.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/protocols/talk_of.hpp"

namespace plaintalk::analyzer {
namespace {

const std::filesystem::path kFolder = PLAINTALK_PROTOCOLS_FOLDER;

std::string in_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += c == '\r' ? "\\r" : c == '\n' ? "\\n" : std::string(1, c);
  return line;
}

std::vector<std::string> said_in(const std::string& name) {
  std::ifstream file(kFolder / (name + ".said"), std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> found_in(const RowsKept& rows) {
  std::vector<std::string> lines;
  for (const MessageResult& message : rows.messages) {
    std::vector<std::string> receivers;
    for (const DeliveryResult& delivery : message.deliveries) receivers.push_back(delivery.recipient);
    std::ranges::sort(receivers);
    std::string line = message.room + '\t' + message.sender + '\t';
    for (const std::string& receiver : receivers) line += (line.ends_with('\t') ? "" : ",") + receiver;
    lines.push_back(line + '\t' + in_one_line(message.text));
  }
  std::ranges::sort(lines);
  return lines;
}

class SaidTest : public testing::TestWithParam<const char*> {};

TEST_P(SaidTest, EveryMessageAndEveryCopyIsFound) {
  const std::string name = GetParam();
  RowsKept rows;
  analyse_capture(kFolder / (name + ".pcap"), load_description(name), rows);
  const auto said = said_in(name);
  EXPECT_GE(said.size(), 4u);
  EXPECT_EQ(found_in(rows), said);
  for (const std::string& protocol : rows.protocols) EXPECT_EQ(protocol, name);
  for (const CredentialCopy& credential : rows.credentials) EXPECT_EQ(credential.secret, "******");
  for (const PduCopy& pdu : rows.pdus) {
    EXPECT_EQ(pdu.arguments.find("tulip9"), std::string::npos) << pdu.arguments;
    EXPECT_EQ(pdu.arguments.find("guess"), std::string::npos) << pdu.arguments;
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, SaidTest,
                         testing::Values("irc", "nats", "json-lines", "json-length", "tutorial-chat"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

RowsKept rows_of(const std::string& name) {
  RowsKept rows;
  analyse_capture(kFolder / (name + ".pcap"), load_description(name), rows);
  return rows;
}

TEST(RecordedSessions, PasswordsAreFoundWithTheirAnswers) {
  for (const std::string name : {"json-lines", "json-length", "nats"}) {
    const RowsKept rows = rows_of(name);
    ASSERT_EQ(rows.credentials.size(), 4u) << name;
    const auto wrong = std::ranges::find(rows.credentials, "mallory", &CredentialCopy::user);
    ASSERT_NE(wrong, rows.credentials.end()) << name;
    EXPECT_EQ(wrong->accepted, "no") << name;
    EXPECT_EQ(std::ranges::count(rows.credentials, "yes", &CredentialCopy::accepted), 3) << name;
  }
}

TEST(RecordedSessions, WhatTheServerForgotAndDoubledIsSaid) {
  const RowsKept rows = rows_of("json-length");
  EXPECT_EQ(rows.finding_count("missing-delivery"), 1u);
  EXPECT_EQ(rows.finding_count("duplicate-delivery"), 1u);
  EXPECT_EQ(rows.finding_count("leaked-message"), 0u);
}

TEST(RecordedSessions, AFileIsPutTogether) {
  const RowsKept rows = rows_of("json-lines");
  ASSERT_EQ(rows.files.size(), 1u);
  EXPECT_EQ(rows.files[0].name, "notes.bin");
  EXPECT_EQ(rows.files[0].sender, "alice");
  EXPECT_TRUE(rows.files[0].complete);
  EXPECT_EQ(rows.files[0].size, 3000u);
}

TEST(RecordedSessions, WhatHasNoFramingMergesAndSplits) {
  const RowsKept rows = rows_of("tutorial-chat");
  EXPECT_EQ(rows.finding_count("merged-messages"), 3u);  // one finding for each connection
  EXPECT_EQ(rows.finding_count("split-message"), 3u);
  EXPECT_EQ(rows.finding_count("unexplained-unit"), 0u);
}

}  // namespace
}  // namespace plaintalk::analyzer
