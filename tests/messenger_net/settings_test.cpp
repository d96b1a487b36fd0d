// The configuration file.
#include <fstream>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "messenger/net/server_settings.hpp"
#include "tests/messenger_net/temporary_folder.hpp"

namespace plaintalk::messenger::test {
namespace {

std::string error_of(std::string_view text) {
  try {
    parse_settings(text, "s.toml");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Settings, TakesEverySettingOfTheExample) {
  // Method: the example with every commented line switched on has all settings; each of them is read without
  // an error.
  const std::string example = read_file(PLAINTALK_EXAMPLE_SETTINGS);
  ASSERT_FALSE(example.empty());
  const std::string all = std::regex_replace(example, std::regex("\n# ([a-z_]+ = )"), "\n$1");
  ASSERT_NE(all, example);
  const ServerSettings settings = parse_settings(all, "example");
  EXPECT_EQ(settings.spool, "spool");
  EXPECT_EQ(settings.send_buffer_bytes, 65536);
  EXPECT_EQ(settings.core.accounts.at("alice"), "tulip9");
}

TEST(Settings, HasTheDefaultsInTheExample) {
  const ServerSettings example = parse_settings(read_file(PLAINTALK_EXAMPLE_SETTINGS), "example");
  const ServerSettings defaults;
  EXPECT_EQ(example.listen, defaults.listen);
  const ServerConfig& a = example.core;
  const ServerConfig& b = defaults.core;
  EXPECT_EQ(a.line_size_max, b.line_size_max);
  EXPECT_EQ(a.chunk_size_max, b.chunk_size_max);
  EXPECT_EQ(a.login_timeout, b.login_timeout);
  EXPECT_EQ(a.connection_count_max, b.connection_count_max);
  EXPECT_EQ(a.ping_interval, b.ping_interval);
  EXPECT_EQ(a.messages_per_second, b.messages_per_second);
  EXPECT_EQ(a.chat_bytes_per_second, b.chat_bytes_per_second);
  EXPECT_EQ(a.file_size_max, b.file_size_max);
  EXPECT_EQ(a.spool_size_max, b.spool_size_max);
  EXPECT_EQ(a.room_queue_bytes_max, b.room_queue_bytes_max);
  EXPECT_EQ(a.reply_queue_bytes_max, b.reply_queue_bytes_max);
  EXPECT_EQ(a.history_count, b.history_count);
  EXPECT_EQ(a.history_bytes_max, b.history_bytes_max);
  EXPECT_EQ(a.remembered_request_time, b.remembered_request_time);
  EXPECT_EQ(a.password_iteration_count, b.password_iteration_count);
}

TEST(Settings, SwitchesALimitOffByTheWordUnlimited) {
  const ServerSettings settings =
      parse_settings("[limits]\nmessages_per_second = \"unlimited\"\nping_interval_ms = 500\n", "s");
  EXPECT_FALSE(settings.core.messages_per_second.has_value());
  EXPECT_EQ(settings.core.ping_interval, Milliseconds(500));
}

TEST(Settings, NamesFileLineAndKeyOfEveryMistake) {
  EXPECT_EQ(error_of("nam = \"x\""),
            "s.toml:1: nam: no such setting; did you mean name? server.example.toml lists them all");
  EXPECT_EQ(error_of("listen_on = \"x\""),
            "s.toml:1: listen_on: no such setting; server.example.toml lists them all");
  EXPECT_EQ(error_of("\nname = 5"), "s.toml:2: name: expected a string, found an integer");
  EXPECT_EQ(error_of("[limits]\nline_size_max = 0"), "s.toml:2: limits.line_size_max: has to be at least 1");
  EXPECT_EQ(error_of("[limits]\nmessages_per_second = 0"),
            "s.toml:2: limits.messages_per_second: has to be more than 0");
  EXPECT_EQ(error_of("[limits]\nmessages_per_second = \"none\""),
            "s.toml:2: limits.messages_per_second: expected a number or \"unlimited\"");
  EXPECT_EQ(error_of("[limits]\nline_size_max = \"unlimited\""),
            "s.toml:2: limits.line_size_max: expected an integer, found a string");
  EXPECT_EQ(
      error_of("[accounts]\n\"a b\" = \"x\""),
      "s.toml:2: accounts.a b: not an account name: a letter, then up to 31 letters, digits, '_' or '-'");
  EXPECT_TRUE(error_of("[accounts]\nalice = \"x\"\nAlice = \"y\"")
                  .ends_with("the account stands here twice (letter case does not matter)"));
  EXPECT_EQ(error_of("limits = 3"), "s.toml:1: limits: expected a table, found an integer");
  EXPECT_TRUE(error_of("name = \n").starts_with("s.toml:1: not TOML: "));
  EXPECT_EQ(error_of("listen = [1]"), "s.toml:1: listen: expected a string, found an integer");
}

// Goal: a slip is answered with the setting, wherever it belongs.
TEST(Settings, NamesTheSettingThatWasMeant) {
  EXPECT_NE(error_of("[limits]\nmesages_per_second = 1").find("did you mean limits.messages_per_second?"),
            std::string::npos);
  EXPECT_NE(error_of("message_burst = 1").find("did you mean limits.message_burst?"), std::string::npos);
  EXPECT_NE(error_of("[limits]\nlisten = 1").find("did you mean listen?"), std::string::npos);
  EXPECT_NE(error_of("[limits]\nline_size = 1").find("did you mean limits.line_size_max?"),
            std::string::npos);
  EXPECT_EQ(error_of("[limits]\nfile = 1").find("did you mean"), std::string::npos) << "several begin so";
}

TEST(Settings, NumberARecordingSoThatAServiceStartsAgain) {
  using Existing = ServerSettings::Existing;
  EXPECT_EQ(parse_settings("record = \"r.pcapng\"", "s").existing_record, Existing::number);
  EXPECT_EQ(ServerSettings{}.existing_record, Existing::refuse);
  const TemporaryFolder folder;
  const std::string path = folder / "my.lab.pcapng";
  EXPECT_EQ(recording_path(path, Existing::number), path);
  std::ofstream(path) << "x";
  EXPECT_EQ(recording_path(path, Existing::number), folder / "my.lab-2.pcapng");
  std::ofstream(folder / "my.lab-2.pcapng") << "x";
  EXPECT_EQ(recording_path(path, Existing::number), folder / "my.lab-3.pcapng");
  EXPECT_EQ(recording_path(path, Existing::overwrite), path);
  EXPECT_EQ(recording_path(path, Existing::refuse), path);
}

TEST(Settings, SaysThatAFileCannotBeRead) {
  EXPECT_THROW(read_settings("/no/such/server.toml"), std::runtime_error);
}

// Goal: what cannot work is refused at the start, with the line and what would work.
TEST(Settings, RefusesWhatCannotWork) {
  struct Case {
    std::string text;
    std::string error;
  };
  const std::vector<Case> cases{
      {"[limits]\nchunk_size_max = 300000\n", "s.toml:2: chunk_size_max: is more than transfer_credit_bytes"},
      {"[limits]\ntransfer_credit_bytes = 1000\n", "s.toml: chunk_size_max: is more than"},
      {"[limits]\nbody_size_max = 2000000\n", "s.toml:2: body_size_max: may be at most 1048576"},
      {"[limits]\nline_size_max = 10\n", "s.toml:2: line_size_max: has to be at least 256"},
      {"[limits]\nhistory_count = 99999999999\n", "s.toml:2: history_count: may be at most 1000000"},
      {"password_iteration_count = 4000000000\n",
       "s.toml:1: password_iteration_count: may be at most 10000000"},
      {"password_iteration_count = 5000000000\n", "may be at most 4294967295"},
      {"password_iteration_count = 0\n", "has to be at least 1"},
      {"[limits]\nlogin_timeout_ms = 5000000000\n", "may be at most 4294967295"},
      {"[limits]\nmessages_per_second = 1e13\n", "may be at most 1e12"},
      {"[limits]\nconnection_percent_per_address = 101\n", "may be at most 100"},
  };
  for (const Case& each : cases)
    EXPECT_NE(error_of(each.text).find(each.error), std::string::npos) << error_of(each.text);
}

TEST(Settings, TakesAnEmptyFile) {
  const TemporaryFolder folder;
  std::ofstream(folder / "empty.toml").flush();
  EXPECT_EQ(read_settings(folder / "empty.toml").listen, ServerSettings{}.listen);
}

}  // namespace
}  // namespace plaintalk::messenger::test
