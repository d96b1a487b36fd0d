// The writer of JSON texts against the JSON library.
#include "messenger/net/json_writer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace plaintalk::messenger::test {
namespace {

// In memory that is exactly as large as size_max says and as the text is, so that the sanitizer sees a byte
// read or written beyond it.
std::string written(std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  const std::string_view view(copy.data(), copy.size());
  std::vector<char> place(JsonWriter::member_size_max("n", view));
  JsonWriter writer(place.data());
  writer.member("n", view);
  return {place.data(), writer.end()};
}

std::string by_the_library(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string as_the_library_writes(std::string_view text) {
  return ",\"n\":" + json_safe(by_the_library(text));
}

void expect_as_the_library(std::string_view text) {
  const std::string member = written(text);
  ASSERT_EQ(member, as_the_library_writes(text));
  const auto parsed = nlohmann::json::parse('{' + member.substr(1) + '}', nullptr, false);
  ASSERT_FALSE(parsed.is_discarded()) << member;
  ASSERT_EQ(parsed["n"], nlohmann::json::parse(by_the_library(text)));
  ASSERT_TRUE(!is_utf8(text) || parsed["n"] == text);
}

// Goal: eight bytes looked at together are judged as each of them alone.
// Method: every byte at every place of plain texts of all lengths around the size of a word, and beside each
// byte that borrows from its neighbour or carries into it, or is next to one that is special.
TEST(JsonWriter, WritesEveryByteAtEveryPlaceAsTheLibraryDoes) {
  for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 7U, 8U, 9U, 15U}) {
    const std::string plain = std::string("azAZ09 ~!#[]^_`").substr(0, size);
    EXPECT_EQ(written(plain), as_the_library_writes(plain));
    for (std::size_t at = 0; at < plain.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = plain;
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(written(text), as_the_library_writes(text));
      }
    }
  }
  for (const char neighbour :
       {'\0', '\x1f', ' ', '!', '"', '#', '[', '\\', ']', '~', '\x7f', '\x80', '\xff'}) {
    for (int byte = 0; byte < 256; ++byte) {
      const std::string text{'a', neighbour, static_cast<char>(byte), neighbour, 'b', 'c', 'd', 'e'};
      ASSERT_EQ(written(text), as_the_library_writes(text));
    }
  }
}

TEST(JsonWriter, WritesWhatMisleadsAPersonAsTheLibraryDoesAndEscapesIt) {
  const std::vector<std::string> hostile{"\xc2\x80",
                                         "\xc2\x9b",
                                         "\xc2\x9f",
                                         "\x7f",
                                         "\xe2\x80\xae",
                                         "\xe2\x81\xa6",
                                         "\xe2\x80\xa8",
                                         "\xd8\x9c",
                                         "\xe2\x80\x8f",
                                         "\"",
                                         "\\",
                                         "\r\n",
                                         std::string(1, '\0'),
                                         "\xff",
                                         "\xc0\x80",
                                         "\xed\xa0\x80",
                                         "\xe2\x80",
                                         "\xf0\x9f\x98",
                                         "\xf0\x9f\x98\x80",
                                         "\xf4\x90\x80\x80",
                                         "\x1b[31m"};
  for (const std::string& text : hostile) {
    for (std::size_t before = 0; before <= 9; ++before) {
      for (std::size_t after = 0; after <= 9; ++after)
        expect_as_the_library(std::string(before, 'x') + text + std::string(after, 'y'));
    }
    expect_as_the_library(text + text + text);
  }
  EXPECT_EQ(written("\xc2\x9b\xe2\x80\xae\x7f"), R"(,"n":"\u009b\u202e\u007f")");
}

// The worst that size_max has to provide for.
TEST(JsonWriter, HasRoomForTextThatIsEscapedAllOver) {
  for (const char c : {'\x01', '\x7f', '\xff', '"'}) expect_as_the_library(std::string(3000, c));
}

TEST(JsonWriter, WritesNumbersListsAndTruth) {
  const std::vector<ConnectionId> ids{ConnectionId{1}, ConnectionId{UINT64_MAX}};
  const auto line = [](const auto& value) {
    std::vector<char> place(JsonWriter::member_size_max("n", value));
    JsonWriter writer(place.data());
    writer.member("n", value);
    return std::string(place.data(), writer.end());
  };
  EXPECT_EQ(line(UINT64_MAX), ",\"n\":18446744073709551615");
  EXPECT_EQ(line(std::uint16_t{0}), ",\"n\":0");
  EXPECT_EQ(line(true), ",\"n\":true");
  EXPECT_EQ(line(false), ",\"n\":false");
  EXPECT_EQ(line(std::span<const ConnectionId>(ids)), ",\"n\":[1,18446744073709551615]");
  EXPECT_EQ(line(std::span<const ConnectionId>()), ",\"n\":[]");
}

}  // namespace
}  // namespace plaintalk::messenger::test
