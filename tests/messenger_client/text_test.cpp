// Small pieces: what is shown, JSON, pastes, delays, progress.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "messenger/client/backoff.hpp"
#include "messenger/client/paste_filter.hpp"
#include "messenger/client/progress_lines.hpp"
#include "messenger/client/render_json.hpp"
#include "messenger/client/render_text.hpp"
#include "messenger/client/talk_target.hpp"

namespace plaintalk::messenger::client {
namespace {

MessageCame message(std::string room, std::string from, std::string text) {
  return {std::move(room), 7, std::move(from), 5, std::move(text), false, false};
}

std::wstring typed(PasteFilter& filter, std::initializer_list<std::string_view> pieces) {
  std::deque<wchar_t> characters;
  for (const std::string_view piece : pieces) filter.feed(piece, characters);
  return {characters.begin(), characters.end()};
}

TEST(RenderText, ShowsAConversationByItsOtherSide) {
  EXPECT_EQ(render(Event(message("@alice,bob", "bob", "hi")), {false, "alice"}), "[@bob 7] bob: hi\n");
}

TEST(RenderText, LetsNobodyControlTheTerminalOrForgeALine) {
  const std::string shown = render(
      Event(message("#lab", "eve", "\x1b[2Jhi\n[#lab 8] bob: forged\r\nend\xe2\x80\xae")), {false, "alice"});
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_NE(shown.find("\n    | [#lab 8] bob: forged\n    | end"), std::string::npos);
  EXPECT_EQ(render(Refusal{403, "DEN\x1b", "\x07no"}).find('\x1b'), std::string::npos);
}

TEST(RenderText, ExpectsOnlyWhatOthersSay) {
  MessageCame own = message("#lab", "alice", "hi");
  own.own = true;
  EXPECT_EQ(expectable_text(Event(own)), "");
  EXPECT_EQ(expectable_text(Event(message("#lab", "bob", "hi"))), "hi");
  EXPECT_NE(expectable_text(Event(NoticeCame{"server", "soon"})).find("soon"), std::string::npos);
}

TEST(RenderText, DrawsABarForAnySize) {
  EXPECT_NE(progress_bar({RequestId{1}, true, false, "a", 5, 10}).find("[##########..........]  50 %"),
            std::string::npos);
  EXPECT_NE(progress_bar({RequestId{1}, true, false, "a", 0, 0}).find("100 %"), std::string::npos);
  EXPECT_NE(progress_bar({RequestId{1}, true, false, "a", 20, 10}).find("100 %"), std::string::npos);
}

TEST(ProgressLines, HasOneLineForEachQuarterButTheLast) {
  ProgressLines lines;
  std::string all;
  for (std::uint64_t done = 0; done <= 1000; done += 50)
    all += lines.update({RequestId{1}, true, false, "a", done, 1000});
  EXPECT_EQ(all, "* sending a: 25 %\n* sending a: 50 %\n* sending a: 75 %\n");
}

TEST(RenderJson, IsValidJsonWhateverWasSaid) {
  const std::string line = render_line(to_json(Event(message("#lab", "eve", "\xff\x00 \"quoted\"\n"))));
  const auto read_back = nlohmann::json::parse(line, nullptr, false);
  ASSERT_TRUE(read_back.is_object());
  EXPECT_EQ(read_back["event"], "message");
  EXPECT_EQ(read_back["seq"], 7);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(RenderJson, ReadsCommandsAndGivesTheirTagBack) {
  const JsonCommand say = parse_json_command(R"({"command":"say","text":"a\nb","tag":{"n":1}})", "#lab");
  ASSERT_TRUE(say.command);
  EXPECT_EQ(say.command->request.target, "#lab");
  EXPECT_EQ(say.command->request.text, "a\nb");
  EXPECT_EQ(say.tag, R"({"n":1})");
  EXPECT_EQ(parse_json_command(R"({"line":"/join #Net"})", "").command->request.target, "#net");
  for (const char* wrong :
       {"", "7", "[]", "{", R"({"command":"sya"})", R"({"command":"say","text":"x","target":"lab"})",
        R"({"command":"get","file":""})", R"({"command":"send","target":"#lab"})",
        R"({"command":"say","target":"#lab","text":5})"})
    EXPECT_FALSE(parse_json_command(wrong, "").command) << wrong;
}

TEST(Backoff, DoublesToACapAndJittersBehindIt) {
  EXPECT_EQ(retry_delay(1, 0.0), kRetryDelayMin);
  EXPECT_GT(retry_delay(3, 0.0), retry_delay(1, 0.999));
  EXPECT_LE(retry_delay(1000, 0.999), kRetryDelayMax);
  EXPECT_NE(retry_delay(1000, 0.1), retry_delay(1000, 0.9)) << "those at the cap must not come back in step";
}

TEST(Backoff, WaitsAsLongAsTheServerAsksAndNotInStep) {
  Backoff backoff;
  EXPECT_EQ(backoff.lost(Instant{}, Milliseconds{4'000}, 0.0).delay, Milliseconds{4'000});
  EXPECT_EQ(backoff.lost(Instant{}, Milliseconds{4'000}, 1.0).delay, Milliseconds{6'000});
  EXPECT_EQ(backoff.lost(Instant{}, Milliseconds{1LL << 40}, 0.0).delay, kRetryAskedMax);
  EXPECT_GE(backoff.lost(Instant{}, Milliseconds{-5}, 0.0).delay, kRetryDelayMin);
}

TEST(Backoff, StartsWithTheShortestDelayOnlyAfterAGoodConnection) {
  Backoff backoff;
  Instant now{};
  EXPECT_EQ(backoff.lost(now, Milliseconds{0}, 0.0).attempt, 2U) << "the first one was a try as well";
  for (unsigned count = 0; count < 10; ++count) backoff.lost(now, Milliseconds{0}, 0.0);
  backoff.ready(now);
  now += kGoodConnectionTime - Milliseconds{1};
  EXPECT_GT(backoff.lost(now, Milliseconds{0}, 0.0).attempt, 10U) << "logged in, and lost at once";
  backoff.ready(now);
  now += kGoodConnectionTime;
  const Backoff::Try next = backoff.lost(now, Milliseconds{0}, 0.0);
  EXPECT_EQ(next.attempt, 1U);
  EXPECT_EQ(next.delay, kRetryDelayMin);
}

TEST(TalkTarget, GoesToTheNewRoomAndBackWhenThatFails) {
  TalkTarget target;
  target.asked({.verb = Verb::join, .target = "#lab"});
  target.asked({.verb = Verb::join, .target = "#secret"});
  EXPECT_EQ(target.now(), "#secret");
  Answered refused;
  refused.verb = Verb::join;
  refused.room = "#secret";
  refused.refusal = Refusal{403, "DENIED", "no"};
  target.answered(refused);
  EXPECT_EQ(target.now(), "#lab");
}

TEST(PasteFilter, PassesTypingThroughAndJoinsCutCharacters) {
  PasteFilter filter;
  EXPECT_EQ(typed(filter, {"h\xc3", "\xa9", "\xe2\x82", "\xac\r"}), L"h\u00e9\u20ac\r");
  EXPECT_EQ(typed(filter, {"\x1b"}), L"\x1b") << "Escape is a key of its own";
  EXPECT_EQ(typed(filter, {"\x1b[A"}), L"\x1b[A");
  EXPECT_EQ(typed(filter, {"\xff"}), L"\ufffd");
}

TEST(PasteFilter, MakesOneMessageOfManyPastedLines) {
  PasteFilter filter;
  const std::wstring line =
      typed(filter, {"see: \x1b[20", "0~/quit\r\nline 2\x1b[3", "1m\n\x1b[201", "~ ok"});
  EXPECT_EQ(line, L"see: [paste 1: 2 lines] ok") << "and /quit was not run";
  EXPECT_EQ(filter.expand(narrow(line)), "see: /quit\nline 2\x1b[31m ok");
}

TEST(PasteFilter, TypesAPastedLineWithoutItsControlCharacters) {
  PasteFilter filter;
  EXPECT_EQ(typed(filter, {"\x1b[200~a\tb\x03\x1b[Ac\n\x1b[201~"}), L"a b[Ac");
}

TEST(PasteFilter, WidensAndNarrowsBackTheSame) {
  for (const std::string_view text : {"plain", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", ""})
    EXPECT_EQ(narrow(widen(text)), text);
}

}  // namespace
}  // namespace plaintalk::messenger::client
