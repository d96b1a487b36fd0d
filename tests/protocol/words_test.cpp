// Verbs, error names, and the names of accounts, rooms and devices.
#include <set>

#include <gtest/gtest.h>

#include "protocol/error_name.hpp"
#include "protocol/names.hpp"
#include "protocol/verb.hpp"

namespace plaintalk {
namespace {

TEST(Verb, IsFoundByItsText) {
  for (int value = 1; value <= static_cast<int>(Verb::file); ++value) {
    const auto verb = static_cast<Verb>(value);
    EXPECT_EQ(find_verb(verb_text(verb)), verb) << verb_text(verb);
  }
  EXPECT_EQ(verb_text(Verb::register_), "REGISTER");
  EXPECT_EQ(verb_text(Verb::pres), "PRES");
  EXPECT_EQ(verb_text(Verb::file), "FILE");
  EXPECT_EQ(verb_text(Verb::unknown), "?");
}

TEST(Verb, IgnoresLetterCase) {
  EXPECT_EQ(find_verb("say"), Verb::say);
  EXPECT_EQ(find_verb("RegIster"), Verb::register_);
  EXPECT_EQ(find_verb("plaintalk/1"), Verb::greeting);
}

TEST(Verb, TellsNearMissesApart) {
  for (const char* text : {"", "?", "SA", "SAYS", "REGISTERS", "REGISTERED", "PLAINTALK", "PLAINTALK/2",
                           "PLAINTALK/11", "PLAINTAL", "PLAINTALKING", "PING/1", "0"})
    EXPECT_EQ(find_verb(text), Verb::unknown) << text;
}

TEST(ErrorName, HasTheCodeOfTheDocument) {
  EXPECT_EQ(code_of(ErrorName::syntax), 400u);
  EXPECT_EQ(code_of(ErrorName::replaced), 409u);
  EXPECT_EQ(code_of(ErrorName::not_plaintalk), 451u);
  EXPECT_EQ(text_of(ErrorName::not_plaintalk), "NOT_PLAINTALK");
  EXPECT_EQ(code_of(ErrorName::draining), 503u);
  EXPECT_EQ(code_of(ErrorName::quota), 507u);
}

TEST(ErrorName, IsFoundByItsText) {
  std::set<std::string_view> texts;
  for (int value = 0; value <= static_cast<int>(ErrorName::quota); ++value) {
    const auto error = static_cast<ErrorName>(value);
    EXPECT_EQ(find_error(text_of(error)), error);
    texts.insert(text_of(error));
  }
  EXPECT_EQ(texts.size(), 23u);
  EXPECT_EQ(find_error("syntax"), std::nullopt);
  EXPECT_EQ(find_error(""), std::nullopt);
}

TEST(Names, FoldsAccounts) {
  EXPECT_EQ(fold_account("Alice-B_9"), "alice-b_9");
  EXPECT_EQ(fold_account(std::string(32, 'a')), std::string(32, 'a'));
  for (const std::string& bad :
       {std::string(), std::string(33, 'a'), std::string("9a"), std::string("-a"), std::string("a b"),
        std::string("a,b"), std::string("\xC3\xA9"), std::string("a\0", 2), std::string("@a")})
    EXPECT_EQ(fold_account(bad), std::nullopt) << bad;
}

TEST(Names, FoldsRoomsAndDevices) {
  EXPECT_EQ(fold_room("#Lab-1"), "#lab-1");
  EXPECT_EQ(fold_room("#9"), "#9");
  EXPECT_EQ(fold_room('#' + std::string(48, 'x')), '#' + std::string(48, 'x'));
  EXPECT_EQ(fold_room('#' + std::string(49, 'x')), std::nullopt);
  EXPECT_EQ(fold_room("#"), std::nullopt);
  EXPECT_EQ(fold_room("lab"), std::nullopt);
  EXPECT_EQ(fold_room("##"), std::nullopt);
  EXPECT_EQ(fold_device("D7-x"), "d7-x");
  EXPECT_EQ(fold_device(""), std::nullopt);
  EXPECT_EQ(fold_device(std::string(33, 'd')), std::nullopt);
}

TEST(Names, ParsesTargets) {
  const auto room = parse_target("#LAB");
  ASSERT_TRUE(room);
  EXPECT_EQ(room->kind, Target::Kind::room);
  EXPECT_EQ(room->name, "#lab");
  const auto account = parse_target("@Bob");
  ASSERT_TRUE(account);
  EXPECT_EQ(account->kind, Target::Kind::account);
  EXPECT_EQ(account->name, "bob");
  const auto conversation = parse_target("@bob,Alice");
  ASSERT_TRUE(conversation);
  EXPECT_EQ(conversation->kind, Target::Kind::conversation);
  EXPECT_EQ(conversation->name, "@alice,bob");
  for (const char* bad : {"", "#", "@", "lab", "@,", "@a,", "@,a", "@a,b,c", "@9", "#a b"})
    EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(Names, NamesConversationsInAlphabeticalOrder) {
  EXPECT_EQ(conversation_name("bob", "alice"), "@alice,bob");
  EXPECT_EQ(conversation_name("alice", "alice"), "@alice,alice");
  const std::string name = "@alice,bob";
  const auto conversation = parse_conversation(name);
  ASSERT_TRUE(conversation);
  EXPECT_EQ(conversation->first, "alice");
  EXPECT_EQ(conversation->second, "bob");
  for (const char* bad : {"@bob,alice", "@Alice,bob", "@alice", "#lab", ""})
    EXPECT_FALSE(parse_conversation(bad)) << bad;
}

TEST(Names, EscapesAnyBytesIntoOneToken) {
  EXPECT_EQ(escape("a b%c=d"), "a%20b%25c%3Dd");
  EXPECT_EQ(escape(":x:"), "%3Ax:");
  EXPECT_EQ(escape("{x{"), "%7Bx{");
  EXPECT_EQ(escape(std::string_view("\n\0\xC3\xBC", 4)), "%0A%00%C3%BC");
  EXPECT_EQ(escape(""), "");
}

TEST(Names, UnescapesWhatItEscaped) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(unescape(escape(all)), all);
  EXPECT_EQ(unescape("%2f%2F"), "//");
  EXPECT_EQ(unescape("plain"), "plain");
  for (const char* bad : {"%", "%2", "a%2", "%2g", "%%41"}) EXPECT_EQ(unescape(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace plaintalk
