#include "messenger/client/command.hpp"

#include <gtest/gtest.h>

namespace plaintalk::messenger::client {
namespace {

Command parsed(std::string_view line, const std::string& target = "#lab", bool in_script = false) {
  const auto command = parse_command(line, target, in_script);
  EXPECT_TRUE(command) << line << ": " << command.error();
  return command.value_or(Command{});
}

std::string complaint(std::string_view line, const std::string& target = "#lab", bool in_script = false) {
  const auto command = parse_command(line, target, in_script);
  EXPECT_FALSE(command) << line;
  return command ? "" : command.error();
}

TEST(Command, SaysPlainTextInTheCurrentRoomExactlyAsTyped) {
  const Command command = parsed("  two  spaces ");
  EXPECT_EQ(command.request.verb, Verb::say);
  EXPECT_EQ(command.request.target, "#lab");
  EXPECT_EQ(command.request.text, "  two  spaces ");
  EXPECT_EQ(parsed("//etc/hosts").request.text, "/etc/hosts");
  EXPECT_EQ(parsed("/say /etc/hosts").request.text, "/etc/hosts");
  EXPECT_EQ(parsed("/say #net hello").request.target, "#net");
}

TEST(Command, TellsWhatToDoWhenThereIsNoRoomYet) {
  EXPECT_NE(complaint("hello", "").find("/join #room"), std::string::npos);
}

TEST(Command, SendsDirectMessagesWithOrWithoutTheAtSign) {
  EXPECT_EQ(parsed("/msg @Bob hi there").request.target, "@bob");
  EXPECT_EQ(parsed("/msg bob hi there").request.text, "hi there");
  EXPECT_EQ(parsed("/msg bob").kind, Command::Kind::talk_to);
}

TEST(Command, FindsFileNamesWithSpacesAndTheirTarget) {
  const Command command = parsed("/send my file.txt @bob");
  EXPECT_EQ(command.request.path, "my file.txt");
  EXPECT_EQ(command.request.target, "@bob");
  EXPECT_EQ(parsed("/send \"odd #name\"").request.path, "odd #name");
  EXPECT_EQ(parsed("/send a.bin").request.target, "#lab");
}

TEST(Command, ReadsHistoryRanges) {
  const Command command = parsed("/history @bob 20 before=100");
  EXPECT_EQ(command.request.target, "@bob");
  EXPECT_EQ(command.request.limit, 20U);
  EXPECT_EQ(command.request.before, 100U);
  EXPECT_NE(complaint("/history lots").find("/history"), std::string::npos);
}

TEST(Command, SuggestsTheCommandThatWasMeant) {
  EXPECT_NE(complaint("/jion #lab").find("did you mean /join?"), std::string::npos);
  EXPECT_NE(complaint("/HSTORY").find("did you mean /history?"), std::string::npos);
  EXPECT_EQ(complaint("/xyzzyplugh").find("did you mean"), std::string::npos);
  EXPECT_NE(complaint("/xyzzyplugh").find("/help"), std::string::npos);
}

TEST(Command, ExplainsNamesThatAreNone) {
  EXPECT_NE(complaint("/join lab").find("/join #lab"), std::string::npos);
  EXPECT_NE(complaint("/join #a\x1b[2J").find("\\x1b"), std::string::npos) << "shown, but not obeyed";
  EXPECT_NE(complaint("/get").find("/files lists them"), std::string::npos);
  EXPECT_NE(complaint("/msg").find("to whom"), std::string::npos);
}

TEST(Command, KnowsTheWordsOfScriptsOnlyInScripts) {
  EXPECT_NE(complaint("/expect hello").find("script"), std::string::npos);
  EXPECT_EQ(parsed("/expect hello there", "", true).text, "hello there");
  const Command members = parsed("/members #lab 3", "", true);
  EXPECT_EQ(members.text, "#lab");
  EXPECT_EQ(members.number, 3U);
  EXPECT_EQ(parsed("/sleep 20", "", true).number, 20U);
}

TEST(Command, HelpsWithEveryCommandItKnows) {
  const std::string all = command_help("");
  for (const char* name : {"join", "part", "rooms", "who", "topic", "msg", "say", "send", "get", "files",
                           "history", "away", "back", "ping", "quit", "drop"})
    EXPECT_NE(all.find("/" + std::string(name)), std::string::npos) << name;
  EXPECT_NE(command_help("/members").find("#room N"), std::string::npos);
}

}  // namespace
}  // namespace plaintalk::messenger::client
