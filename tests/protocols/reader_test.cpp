// Descriptions as people write them, and what they are told of one that is wrong.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/protocols/description_reader.hpp"
#include "analyzer/protocols/descriptions.hpp"

namespace plaintalk::analyzer {
namespace {

std::vector<std::string> faults_of(const std::string& text) {
  const auto description = read_description(text, "my/chat.toml");
  return description ? std::vector<std::string>{} : description.error();
}

void expect_fault(const std::string& text, std::string_view line_and_words) {
  const auto faults = faults_of(text);
  ASSERT_FALSE(faults.empty()) << text;
  EXPECT_TRUE(std::ranges::any_of(faults, [&](const std::string& fault) {
    return fault.starts_with("my/chat.toml:") && fault.find(line_and_words) != fault.npos;
  })) << faults[0];
}

TEST(DescriptionReader, TakesTheShortestDescription) {
  const auto description = read_description("ports = 5555", "my/chat.toml");
  ASSERT_TRUE(description);
  EXPECT_EQ(description->name, "chat");
  EXPECT_EQ(description->ports, std::vector<std::uint16_t>{5555});
  EXPECT_EQ(description->framing.kind, described::Framing::Kind::newline);
}

TEST(DescriptionReader, EveryBuiltInOneCanBeRead) {
  EXPECT_GE(builtin_descriptions().size(), 5u);
  for (const BuiltinDescription& builtin : builtin_descriptions()) {
    const auto description = load_description(std::string(builtin.name));
    EXPECT_EQ(description->name, builtin.name);
    EXPECT_FALSE(description->rules.empty());
  }
  EXPECT_THROW(static_cast<void>(load_description("nosuch")), std::runtime_error);
  EXPECT_THROW(static_cast<void>(load_description("./nosuch.toml")), std::runtime_error);
  EXPECT_THROW(static_cast<void>(load_description("/")), std::runtime_error);
}

TEST(DescriptionReader, SaysLineAndRemedy) {
  expect_fault("title = \"x\"", "ports is missing");
  expect_fault("ports = [5555]\nport = 1",
               ":2: nobody knows the word 'port' here; there are: name, title, ports");
  expect_fault("ports = [70000]", ":1: a port is a whole number from 1 to 65535");
  expect_fault("ports = []", ":1: ports must name 1 to 64 ports");
  expect_fault("ports = [1]\nname = \"No Good\"", "name must be 1 to 32 of a-z");
  expect_fault("ports = [1]\n[framing]\nby = \"magic\"", "by must be newline, delimiter, length");
  expect_fault("ports = [1]\n[framing]\nby = \"delimiter\"\ndelimiter = \"\"",
               "delimiter must be 1 to 64 bytes");
  expect_fault("ports = [1]\n[framing]\nby = \"fixed\"\nsize = 0",
               ":4: size must be a whole number from 1 to");
  expect_fault("ports = [1]\n[framing]\nby = \"length\"", "length_bytes is missing");
  expect_fault("ports = [1]\n[framing]\nby = \"length\"\nlength_bytes = 3",
               "length_bytes must be 1, 2, 4 or 8");
  expect_fault("ports = [1]\n[framing]\nby = \"idle\"\nidle_ms = 0", ":4: idle_ms must be a whole number");
  expect_fault("ports = [1]\n[framing]\nunit_max = 99999999999",
               ":3: unit_max must be a whole number from 1 to 16777216");
  expect_fault("ports = [1]\n[fields]\na = { regex = '(' }", ":3: regex is no regular expression of RE2");
  expect_fault("ports = [1]\n[fields]\na = { word = 1, key = \"x\" }", ":3: a field is found in one way");
  expect_fault("ports = [1]\n[fields]\na = { json = \"x\" }", ":3: json is a pointer (RFC 6901)");
  expect_fault("ports = [1]\n[[rule]]\nis = \"dance\"", "is must say what the unit means: nothing, login");
  expect_fault("ports = [1]\n[[rule]]\nis = \"login\"\nuser = \"who\"",
               ":4: there is no field 'who'; there are: unit");
  expect_fault("ports = [1]\n[[rule]]\nis = \"message\"\ntext = \"unit\"", ":2: a message needs room or to");
  expect_fault("ports = [1]\n[rule]\nis = \"nothing\"", "write [[rule]] with two brackets");
  expect_fault("ports = [1\n", "see docs/PROTOCOLS.md");
}

TEST(DescriptionReader, HostileDescriptionsAreRefusedQuickly) {
  std::string many = "ports = [1]\n";
  for (int i = 0; i < 257; ++i) many += "[[rule]]\nis = \"nothing\"\n";
  expect_fault(many, "there are at most 256 rules");
  for (int i = 0; i < 100'000; ++i) many += "[[rule]]\nis = \"nothing\"\n";
  EXPECT_EQ(faults_of(many), std::vector<std::string>{"my/chat.toml: a description is at most 256 KiB"});
  std::string fields = "ports = [1]\n[fields]\n";
  for (int i = 0; i < 65; ++i) fields += "f" + std::to_string(i) + " = { word = 1 }\n";
  expect_fault(fields, "there are at most 64 fields");
  expect_fault("ports = [1]\n[fields]\na = { regex = '" + std::string(1001, 'a') + "' }", "longer than 1000");
  // A small expression with a large program.
  expect_fault("ports = [1]\n[fields]\na = { regex = '((((a{100}){100}){100}){100})' }",
               "regular expression");
  expect_fault("ports = [1]\n[fields]\na = { regex = '" + std::string(400, '(') + std::string(400, ')') +
                   "*' }" + std::string(100'000, '['),
               "my/chat.toml");
  std::string patterns = "ports = [1]\n[fields]\n";
  for (int i = 0; i < 64; ++i)
    patterns += "f" + std::to_string(i) + " = [" +
                "{ regex = 'a' }, { regex = 'b' }, { regex = 'c' }, { regex = 'd' }" +
                (i == 63 ? ", { regex = 'e' }" : "") + "]\n";
  expect_fault(patterns, "there are at most 256 regular expressions");
  expect_fault("ports = [1]\n" + std::string(50'000, '[') + "\n", "brackets lie in each other");
  std::string deep = "ports = [1]\n[a";
  for (int i = 0; i < 50'000; ++i) deep += ".a";
  expect_fault(deep + "]\n", "a name has more than 8 parts");
  std::string wrong = "ports = [1]\n[fields]\n";
  for (int i = 0; i < 60; ++i) wrong += "f" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(faults_of(wrong).size(), kFaultCountMax + 1);
}

}  // namespace
}  // namespace plaintalk::analyzer
