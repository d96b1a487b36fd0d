// What comes in from pipes, pastes and terminals, and what is made of it.
#include <array>
#include <clocale>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include "messenger/client/command.hpp"
#include "messenger/client/input_lines.hpp"
#include "messenger/client/line_editor.hpp"
#include "messenger/client/progress_lines.hpp"
#include "tests/messenger_client/talk.hpp"

namespace plaintalk::messenger::client {
namespace {

// All lines of what is piped in.
std::vector<InputLine> lines_of(const std::string& text) {
  std::FILE* file = std::tmpfile();
  std::fwrite(text.data(), 1, text.size(), file);
  std::rewind(file);
  std::vector<InputLine> lines;
  {
    boost::asio::io_context io;
    InputLines input(io, ::fileno(file));
    for (bool at_end = false; !at_end;) {
      bool called = false;
      input.next([&](std::optional<InputLine> line) {
        called = true;
        at_end = !line;
        if (line) lines.push_back(std::move(*line));
      });
      io.restart();
      while (!called && io.run_one() > 0) {
      }
      if (!called) break;
    }
  }
  std::fclose(file);
  return lines;
}

TEST(InputLines, NeverRunsTheTailOfALineThatIsTooLong) {
  EXPECT_FALSE(lines_of(std::string(kInputLineSizeMax, 'x') + "\n")[0].too_long);
  for (const std::size_t extra : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 20}) {
    const auto lines = lines_of("first\n" + std::string(kInputLineSizeMax + extra, 'x') + " /quit\n/who\n");
    ASSERT_EQ(lines.size(), 3U) << extra;
    EXPECT_FALSE(lines[0].too_long);
    EXPECT_TRUE(lines[1].too_long);
    EXPECT_EQ(lines[2].text, "/who");
    EXPECT_FALSE(lines[2].too_long);
  }
  const auto cut = lines_of(std::string(3 * kInputLineSizeMax, 'x'));
  ASSERT_EQ(cut.size(), 1U) << "also when no LF ever comes";
  EXPECT_TRUE(cut[0].too_long);
}

TEST(InputLines, DropsAByteOrderMarkInFrontOfTheFirstLineOnly) {
  const auto lines = lines_of("\xEF\xBB\xBF/who\n\xEF\xBB\xBFtext");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "/who");
  EXPECT_EQ(lines[1].text, "\xEF\xBB\xBFtext");
}

TEST(LineEditor, CountsRowsAsTheTerminalWrapsThem) {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "no C.UTF-8 locale";
  EXPECT_EQ(rows_above_end(L"", 10), 0U);
  EXPECT_EQ(rows_above_end(L"123456789", 10), 0U);
  EXPECT_EQ(rows_above_end(L"1234567890", 10), 1U);
  EXPECT_EQ(rows_above_end(L"\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d", 10), 1U);
  // The fifth does not fit into the last column of its row, so the tenth ends in the third one.
  EXPECT_EQ(rows_above_end(L"1\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d\u4e2d", 10), 2U);
}

TEST(Help, FitsEightyColumns) {
  const std::string help = command_help("");
  for (std::size_t at = 0; at < help.size();) {
    const auto end = help.find('\n', at);
    EXPECT_LT(end - at, 80U) << help.substr(at, end - at);
    at = end + 1;
  }
}

TEST(PasteFilter, TakesAnUnmarkedCrLfForOneEnter) {
  PasteFilter filter;
  std::deque<wchar_t> characters;
  filter.feed("a\r\nb\r", characters);
  filter.feed("\nc\n\nd", characters);
  EXPECT_EQ(std::wstring(characters.begin(), characters.end()), L"a\rb\rc\n\nd");
}

TEST(ProgressPace, LetsTenASecondThroughForEachTransfer) {
  ProgressPace pace;
  const auto progress = [](std::uint64_t request) {
    return TransferProgress{RequestId{request}, true, false, "x", 1, 2};
  };
  unsigned count = 0;
  for (Instant now{}; now < Instant{} + std::chrono::seconds{1}; now += Milliseconds{1})
    count += pace.is_due(progress(1), now) ? 1U : 0U;
  EXPECT_EQ(count, 10U);
  EXPECT_TRUE(pace.is_due(progress(2), Instant{}));
}

TEST(Session, ObeysTheLimitsOfTheGreeting) {
  Talk talk;
  talk.connect();
  talk.hear("PLAINTALK/1 lab line=60 body=100 ping=30 :type HELP\n");
  talk.hear(kLoginOk);
  talk.sent();
  talk.session.take_events();
  talk.say("#lab", std::string(101, 'x'));
  EXPECT_EQ(talk.sent(), "");
  auto answers = talk.answers();
  ASSERT_EQ(answers.size(), 1U);
  ASSERT_TRUE(answers[0].refusal);
  EXPECT_NE(answers[0].refusal->text.find("at most 100"), std::string::npos) << answers[0].refusal->text;
  talk.session.submit({.verb = Verb::who, .target = "#" + std::string(70, 'x')}, talk.now);
  EXPECT_EQ(talk.sent(), "");
  answers = talk.answers();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].refusal);
  talk.say("#lab", "short");
  EXPECT_EQ(talk.sent(), "SAY #lab id=x3 :short\n");
  const std::string longer(80, 'y');
  talk.say("#lab", longer);
  EXPECT_EQ(talk.sent(), "SAY #lab id=x4 {80}\n" + longer + "\n")
      << "it does not fit in a line, but in a body";
}

// Goal: two sends of one file are two files for the server, and each gets its own answer.
TEST(Session, SendsTheSameFileTwiceAndHearsOfBoth) {
  Talk talk;
  talk.files.to_send["n.txt"] = "0123";
  talk.log_in();
  const RequestId first = talk.send_file("n.txt", "#lab");
  const RequestId second = talk.send_file("n.txt", "#lab");
  talk.sent();
  talk.hear("OK file=f1 next=0 chunk=4 credit=8\nOK file=f2 next=0 chunk=4 credit=8\n");
  talk.sent();
  talk.hear("ACK f1 4\nACK f2 4\n");
  EXPECT_EQ(talk.sent(), "DONE f1\nDONE f2\n");
  talk.hear("OK file=f1 verified=1\nOK file=f2 verified=1\n");
  std::vector<std::pair<RequestId, std::string>> answered;
  for (const Answered& answer : talk.answers()) answered.emplace_back(answer.request, answer.file);
  EXPECT_EQ(answered, (std::vector<std::pair<RequestId, std::string>>{{first, "f1"}, {second, "f2"}}));
}

TEST(Session, ShowsWhatPeopleSayWhenTheyLeaveOrAreAway) {
  Talk talk;
  talk.log_in();
  talk.hear("PRES bob away :at lunch\nPRES bob online\nPARTED #lab bob reason=quit :see you\n");
  EXPECT_EQ(talk.shown(), "* bob is away: at lunch\n* bob is online\n* bob left #lab (quit: see you)\n");
}

TEST(Session, ShowsDirectMessagesThatCameWhileAway) {
  Talk talk;
  talk.greet();
  talk.hear(kLoginOk);
  talk.sent();
  talk.hear("NOTE DIRECT @alice,bob after=4 last=6 :messages came while you were away\n");
  EXPECT_EQ(talk.sent(), "HISTORY @alice,bob after=4 limit=256\n");
  talk.hear(
      "MSG @alice,bob 5 bob 1 :five\nMSG @alice,bob 6 bob 2 :six\nEND @alice,bob last=6 more=0 oldest=1\n");
  const std::string shown = talk.shown();
  EXPECT_NE(shown.find("2 messages from @bob came while you were away"), std::string::npos) << shown;
  EXPECT_NE(shown.find("five"), std::string::npos) << shown;
  EXPECT_NE(shown.find("six"), std::string::npos) << shown;
  EXPECT_EQ(talk.sent(), "");
}

}  // namespace
}  // namespace plaintalk::messenger::client
