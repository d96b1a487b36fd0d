#include "labs/demo/demo_summary.hpp"

#include <set>

#include <gtest/gtest.h>

#include "labs/demo/participants.hpp"
#include "labs/demo/text_width.hpp"
#include "tests/labs/demo_data.hpp"

namespace plaintalk::demo {
namespace {

// A session of a class of any size: one message from each user, heard by all, and bob's second connection.
DemoResult result_of(std::size_t user_count) {
  DemoResult input;
  input.capture = {session::CaptureMode::own_recording,
                   "no packets",
                   {"private network: " + std::string(200, 'x'), "live capture: " + std::string(200, 'x')}};
  input.evidence = small_evidence();
  const auto file = input.evidence.files.front();
  input.evidence = {};
  input.evidence.files.push_back(file);
  for (std::size_t user = 0; user < user_count; ++user) {
    const ClientEnd client{"127.0.0." + std::to_string(11 + user), static_cast<std::uint16_t>(4000 + user)};
    input.evidence.connections[user + 1].client = client;
    SeenMessage message;
    message.key = {"#lab", user + 1};
    message.sender = "user" + std::to_string(user);
    message.text =
        "A long line of text that would never fit on a line of a terminal of eighty columns \x1b[2J";
    input.evidence.messages.push_back(message);
    input.evidence.deliveries.push_back({message.key, message.sender, client});
  }
  for (const std::uint64_t seq : {1U, 2U}) {
    SeenMessage direct;
    direct.key = {"@alice,bob", seq};
    input.evidence.messages.push_back(direct);
  }
  for (const char* subject : {"connections", "messages", "deliveries", "files", "bytes in", "bytes out"}) {
    input.cross_check.checks.push_back({subject, 123'456'789, 123'456'789});
  }
  input.evidence.connections[999].client = {"127.0.0.12", 9999};
  input.evidence.connections[999].start_time = 5;
  input.evidence.frames.push_back({2, "MSG", {"#lab", user_count}, 1});
  input.evidence.credentials.push_back({17, "alice", "login-password", std::string(kPassword)});
  input.sent_sha256 = input.recovered_sha256 = input.announced_sha256 = std::string(64, 'a');
  input.dropped_address = "127.0.0.12";
  input.folder = "out";
  return input;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST(DemoSummary, FitsOnOneScreenForAnyNumberOfUsers) {
  for (const std::size_t user_count : {3U, 5U, 40U, 200U}) {
    SCOPED_TRACE(user_count);
    const std::vector<std::string> lines = render_summary(result_of(user_count));
    EXPECT_LT(lines.size(), kSummaryLineCountMax) << joined(lines);
    EXPECT_GT(lines.size(), kSummaryLineCountMax / 2) << joined(lines);
    for (const std::string& line : lines) EXPECT_LE(width_of(line), kSummaryWidth) << line;
  }
}

TEST(DemoSummary, ShowsNoControlCharacterOfAStranger) {
  EXPECT_EQ(joined(render_summary(result_of(5))).find('\x1b'), std::string::npos);
}

TEST(DemoSummary, IsColouredOnlyWhenAsked) {
  DemoResult input = result_of(3);
  input.is_coloured = true;
  EXPECT_NE(joined(render_summary(input)).find("\x1b[1m"), std::string::npos);
}

TEST(DemoSummary, NamesThePasswordWithItsPacket) {
  EXPECT_NE(joined(render_summary(result_of(3))).find("alice: \"wheel-of-cheese-42\"  in packet 17"),
            std::string::npos);
}

TEST(DemoSummary, QuotesAFolderNameThatAShellWouldTakeApart) {
  DemoResult input = result_of(3);
  input.folder = "my demo; rm";
  EXPECT_NE(joined(render_summary(input)).find("'my demo; rm'/analysis"), std::string::npos);
}

TEST(DemoSummary, HasNoFaultWhenEverythingIsAsItShouldBe) {
  EXPECT_EQ(find_faults(result_of(3)), std::vector<std::string>{});
}

TEST(DemoSummary, FindsEachFault) {
  const auto fault_of = [](auto&& spoil) {
    DemoResult input = result_of(3);
    spoil(input);
    const std::vector<std::string> faults = find_faults(input);
    return faults.size() == 1 ? faults.front() : testing::PrintToString(faults);
  };
  EXPECT_EQ(fault_of([](DemoResult& input) { input.recovered_sha256 = "other"; }),
            "the file was not recovered as it was sent");
  EXPECT_EQ(fault_of([](DemoResult& input) { input.announced_sha256 = "other"; }),
            "the server announced another file than was sent");
  EXPECT_EQ(fault_of([](DemoResult& input) { input.evidence.credentials.clear(); }),
            "the password was not found in the packets");
  EXPECT_EQ(fault_of([](DemoResult& input) { input.evidence.connections.erase(999); }),
            "the dropped connection did not come back");
  EXPECT_EQ(fault_of([](DemoResult& input) { input.evidence.frames.clear(); }),
            "the dropped connection lost messages");
  EXPECT_EQ(fault_of([](DemoResult& input) { input.evidence.messages[0].missing_count = 2; }),
            "2 deliveries are missing in the packets");
  EXPECT_EQ(fault_of([](DemoResult& input) {
              input.cross_check.checks.push_back({"messages", 3, 2});
            }),
            "the server's log and the packets disagree");
}

TEST(Participants, GivesEverybodyANameAndAnAddressOfTheirOwn) {
  for (const std::size_t user_count : {kUserCountMin, kUserCountDefault, kUserCountMax}) {
    const Participants participants = make_participants(user_count);
    std::set<std::string> names{"alice", "bob", "carol"};
    std::set<std::string> addresses{participants.alice.address, participants.bob.address,
                                    participants.carol.address};
    for (const Participant& participant : participants.others) {
      names.insert(participant.name);
      addresses.insert(participant.address);
    }
    EXPECT_EQ(names.size(), user_count);
    EXPECT_EQ(addresses.size(), user_count);
  }
}

TEST(Participants, SendsTheSameIncompressibleFileEveryTime) {
  const std::string content = make_file_content(kFileSize);
  EXPECT_EQ(content.size(), kFileSize);
  EXPECT_EQ(content, make_file_content(kFileSize));
  std::set<std::string> blocks;
  for (std::size_t at = 0; at < content.size(); at += 16) blocks.insert(content.substr(at, 16));
  EXPECT_EQ(blocks.size(), kFileSize / 16);
}

TEST(TextWidth, CutsBetweenCharactersAndWrapsBetweenWords) {
  EXPECT_EQ(cut_to_width("grün", 4), "grün");
  EXPECT_EQ(cut_to_width("grünes Gras", 7), "grün...");
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("incompressible", 4), std::vector<std::string>{"incompressible"});
}

}  // namespace
}  // namespace plaintalk::demo
