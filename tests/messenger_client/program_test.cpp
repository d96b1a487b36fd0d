// The real client against the real server: scripts, JSON, lost connections, a server that dies.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/support/child_process.hpp"

namespace plaintalk::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    std::string pattern = (fs::temp_directory_path() / "plaintalk-client-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    start_server("127.0.0.1:0");
  }
  ~ProgramTest() override {
    server_.reset();
    fs::remove_all(folder_);
  }

  void start_server(const std::string& place) {
    server_.emplace(std::vector<std::string>{PLAINTALK_SERVER, "--listen", place, "--unlimited-rate",
                                             "--spool", (folder_ / "spool").string()});
    const auto line = server_->read_until("ready: listening on ");
    ASSERT_TRUE(line) << "the server did not start";
    place_ = line->substr(line->rfind(' ') + 1);
  }

  std::vector<std::string> words(const std::string& user, std::vector<std::string> more) const {
    std::vector<std::string> all{PLAINTALK_CLIENT, place_, "--user", user, "--timeout", "50"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string script(const std::string& name, const std::string& text) const {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  fs::path folder_;
  std::string place_;
  std::optional<ChildProcess> server_;
};

std::vector<json> events(const std::string& text) {
  std::vector<json> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    found.push_back(json::parse(text.substr(at, end - at), nullptr, false));
    at = end + 1;
  }
  return found;
}

// Goal: a network that breaks again and again loses nothing and repeats nothing.
// Method: alice says 200 numbered messages and cuts her connection hard nine times in between, without
// waiting for any answer; bob, whose connection is cut as well, must have each of them once and in order.
TEST_F(ProgramTest, LosesAndRepeatsNothingWhenConnectionsAreCutInTheMiddleOfSending) {
  ChildProcess bob(words("bob", {"--json", "--room", "#lab"}));
  ASSERT_TRUE(bob.read_until("\"answer\""));
  ChildProcess alice(words("alice", {"--json", "--room", "#lab"}));
  constexpr int count = 200;  // the server keeps 256, for whoever comes back late
  for (int number = 1; number <= count; ++number) {
    alice.write(
        json{{"command", "say"}, {"text", "number " + std::to_string(number)}, {"tag", number}}.dump() +
        "\n");
    if (number % 20 == 0 && number < count) alice.write("{\"command\":\"drop\"}\n");
    if (number == count / 2) bob.write("{\"command\":\"drop\"}\n");
  }
  alice.close_input();
  std::map<int, int> answers;
  std::vector<std::string> own;
  for (const json& event : events(alice.read_all())) {
    if (event["event"] == "answer" && event.contains("tag")) {
      EXPECT_TRUE(event["ok"]) << event;
      ++answers[event["tag"].get<int>()];
    }
    if (event["event"] == "message") own.push_back(event["text"]);
  }
  EXPECT_EQ(alice.wait(), 0);
  EXPECT_EQ(answers.size(), static_cast<std::size_t>(count));
  for (const auto& [tag, times] : answers) EXPECT_EQ(times, 1) << tag;

  std::vector<std::string> heard;
  std::uint64_t seq = 0;
  while (heard.size() < count) {
    const auto line = bob.read_until("\"event\":\"message\"");
    ASSERT_TRUE(line) << "after " << heard.size();
    const json event = json::parse(*line);
    EXPECT_EQ(event["seq"], ++seq);
    heard.push_back(event["text"]);
  }
  for (int number = 1; number <= count; ++number)
    EXPECT_EQ(heard[static_cast<std::size_t>(number - 1)], "number " + std::to_string(number));
  ASSERT_EQ(own.size(), heard.size()) << "she sees each of her own messages";
  for (std::size_t i = 0; i < own.size(); ++i)
    EXPECT_EQ(own[i], heard[i]) << "her own screen shows the same order";
  bob.close_input();
  bob.read_all();
  EXPECT_EQ(bob.wait(), 0);
}

TEST_F(ProgramTest, ComesBackToAServerThatWasKilledAndStartedAgain) {
  ChildProcess bob(words("bob", {"--json", "--room", "#lab"}));
  ASSERT_TRUE(bob.read_until("\"answer\""));
  ChildProcess alice(words("alice", {"--json", "--room", "#lab"}));
  alice.write("{\"command\":\"say\",\"text\":\"before\"}\n");
  ASSERT_TRUE(bob.read_until("\"text\":\"before\""));
  server_->signal(SIGKILL);
  server_->wait();
  ASSERT_TRUE(alice.read_until("\"state\":\"retrying\""));
  ASSERT_TRUE(bob.read_until("\"state\":\"retrying\""));
  alice.write("{\"command\":\"say\",\"text\":\"typed while it was down\"}\n");
  start_server(place_);
  ASSERT_TRUE(bob.read_until("\"kind\":\"restarted\""));
  const auto line = bob.read_until("\"event\":\"message\"");
  ASSERT_TRUE(line);
  EXPECT_EQ(json::parse(*line)["text"], "typed while it was down") << "and nothing from before comes again";
  alice.close_input();
  alice.read_all();
  EXPECT_EQ(alice.wait(), 0);
  bob.close_input();
  EXPECT_EQ(bob.read_all().find("\"event\":\"message\""), std::string::npos);
  EXPECT_EQ(bob.wait(), 0);
}

// Goal: whoever has just come gets a file by its name, from a script and from a program.
TEST_F(ProgramTest, WhoeverHasJustJoinedGetsAFileByItsName) {
  std::ofstream(folder_ / "plan.txt") << "at noon";
  ChildProcess alice(words("alice", {"--room", "#lab", "--json"}));
  ASSERT_TRUE(alice.read_until("\"event\":\"answer\""));
  alice.write(
      json{{"command", "send"}, {"target", "#lab"}, {"path", (folder_ / "plan.txt").string()}}.dump() + "\n");
  ASSERT_TRUE(alice.read_until("\"sha256\""));
  fs::create_directory(folder_ / "in");
  ChildProcess bob(words("bob", {"--room", "#lab", "--download-dir", (folder_ / "in").string(), "--script",
                                 script("bob.txt", "/get plan.txt\n-/get no-such.txt\n")}));
  const std::string bob_saw = bob.read_all();
  EXPECT_EQ(bob.wait(), 0) << bob_saw;
  EXPECT_TRUE(fs::exists(folder_ / "in" / "plan.txt")) << bob_saw;
  EXPECT_NE(bob_saw.find("! no file of that name was announced in your rooms"), std::string::npos) << bob_saw;
  fs::create_directory(folder_ / "also-in");
  ChildProcess carol(
      words("carol", {"--room", "#lab", "--json", "--download-dir", (folder_ / "also-in").string()}));
  carol.write(json{{"command", "get"}, {"file", "plan.txt"}, {"tag", "down"}}.dump() + "\n");
  ASSERT_TRUE(carol.read_until("\"path\""));
  EXPECT_TRUE(fs::exists(folder_ / "also-in" / "plan.txt"));
}

TEST_F(ProgramTest, ScriptsTalkAndPassAFileThroughALostConnection) {
  std::string bytes;
  for (unsigned i = 0; i < 1'500'000; ++i) bytes += static_cast<char>(i * i >> 7 & 0xFF);
  std::ofstream(folder_ / "router image.bin", std::ios::binary) << bytes;
  fs::create_directory(folder_ / "in");
  ChildProcess bob(
      words("bob", {"--room", "#lab", "--download-dir", (folder_ / "in").string(), "--script",
                    script("bob.txt",
                           "/expect who has it?\nI want it\n/expect router image.bin\n/get router image.bin\n"
                           "got it\n/expect well done\n-/get nosuchfile\n/history 1\n")}));
  ASSERT_TRUE(bob.read_until("joined #lab"));
  ChildProcess alice(
      words("alice", {"--script", script("alice.txt", "/join #lab\nwho has it?\n/expect I want it\n/send " +
                                                          (folder_ / "router image.bin").string() +
                                                          "\n/expect got it\n/drop\nwell done\n")}));
  const std::string alice_saw = alice.read_all();
  const std::string bob_saw = bob.read_all();
  EXPECT_EQ(alice.wait(), 0) << alice_saw;
  EXPECT_EQ(bob.wait(), 0) << bob_saw;
  std::ifstream file(folder_ / "in" / "router image.bin", std::ios::binary);
  const std::string arrived{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(arrived == bytes);
  EXPECT_NE(alice_saw.find("* back on lab as alice (guest)\n"), std::string::npos) << alice_saw;
  // Between the two, bob may or may not still see that alice leaves.
  const std::size_t said = bob_saw.find("[#lab 5] alice: well done\n");
  ASSERT_NE(said, std::string::npos) << bob_saw;
  EXPECT_NE(bob_saw.find("\n! 404 NO_SUCH", said), std::string::npos) << bob_saw;
}

TEST_F(ProgramTest, ResumesAFileWhoseConnectionIsCutOnTheWay) {
  const std::string bytes(6'000'000, 'q');
  std::ofstream(folder_ / "big.bin", std::ios::binary) << bytes;
  ChildProcess alice(words("alice", {"--json", "--room", "#lab", "--download-dir", folder_.string()}));
  ASSERT_TRUE(alice.read_until("\"answer\""));
  alice.write(json{{"command", "send"}, {"path", (folder_ / "big.bin").string()}, {"tag", "up"}}.dump() +
              "\n");
  ASSERT_TRUE(alice.read_until("\"direction\":\"send\""));
  alice.write("{\"command\":\"drop\"}\n");
  const auto line = alice.read_until("\"sha256\"");
  ASSERT_TRUE(line);
  const json up = json::parse(*line);
  ASSERT_TRUE(up["ok"]) << up;
  alice.write(json{{"command", "get"}, {"file", up["file"]}, {"tag", "down"}}.dump() + "\n");
  ASSERT_TRUE(alice.read_until("\"direction\":\"get\""));
  alice.write("{\"command\":\"drop\"}\n");
  alice.close_input();
  std::vector<json> downs;
  for (const json& event : events(alice.read_all())) {
    if (event["event"] == "answer" && event.value("tag", json()) == "down") downs.push_back(event);
  }
  EXPECT_EQ(alice.wait(), 0);
  ASSERT_EQ(downs.size(), 1U);
  ASSERT_TRUE(downs[0]["ok"]) << downs[0];
  EXPECT_EQ(downs[0]["sha256"], up["sha256"]);
  EXPECT_EQ(fs::file_size(downs[0]["path"].get<std::string>()), bytes.size());
}

// Goal: who is killed while fetching a file goes on where that stopped, and no part of it stays.
// Method: a client that is killed after a part of it has arrived, and another one that fetches it again; the
// first progress that moves must begin behind what was there.
TEST_F(ProgramTest, GoesOnWithAFileAfterItWasKilled) {
  std::string bytes;
  for (unsigned i = 0; i < 20'000'000; ++i) bytes += static_cast<char>(i * i >> 9 & 0xFF);
  std::ofstream(folder_ / "big.bin", std::ios::binary) << bytes;
  const fs::path in = folder_ / "in";
  fs::create_directory(in);
  ChildProcess alice(words("alice", {"--json", "--room", "#lab"}));
  ASSERT_TRUE(alice.read_until("\"answer\""));
  alice.write(json{{"command", "send"}, {"path", (folder_ / "big.bin").string()}, {"tag", "up"}}.dump() +
              "\n");
  auto line = alice.read_until("\"sha256\"");
  ASSERT_TRUE(line);
  const std::string file = json::parse(*line)["file"];
  const std::string get = json{{"command", "get"}, {"file", file}, {"tag", "down"}}.dump() + "\n";
  {
    ChildProcess bob(words("bob", {"--json", "--room", "#lab", "--download-dir", in.string()}));
    ASSERT_TRUE(bob.read_until("\"answer\""));
    bob.write(get);
    while (line &&
           (line->find("\"progress\"") == std::string::npos || json::parse(*line)["done"] < 1'000'000))
      line = bob.read_line();
    ASSERT_TRUE(line);
    bob.signal(SIGKILL);
    EXPECT_EQ(bob.wait(), 128 + SIGKILL);
  }
  std::uint64_t left = 0;
  for (const auto& entry : fs::directory_iterator(in)) left += entry.file_size();
  ASSERT_GE(left, 1'000'000U);
  ASSERT_LT(left, bytes.size()) << "it was killed too late";
  std::ofstream(in / "big.bin") << "mine";
  ChildProcess carol(words("carol", {"--json", "--room", "#lab", "--download-dir", in.string()}));
  ASSERT_TRUE(carol.read_until("\"answer\""));
  carol.write(get);
  line = carol.read_until("\"hashing\":false");
  ASSERT_TRUE(line);
  EXPECT_GE(json::parse(*line)["done"], left);
  line = carol.read_until("\"answer\"");
  ASSERT_TRUE(line);
  const json answer = json::parse(*line);
  ASSERT_TRUE(answer["ok"]) << answer;
  EXPECT_EQ(answer["path"], (in / "big (1).bin").string());
  std::ifstream arrived(in / "big (1).bin", std::ios::binary);
  EXPECT_TRUE((std::string{std::istreambuf_iterator<char>(arrived), {}}) == bytes);
  EXPECT_EQ(std::distance(fs::directory_iterator(in), fs::directory_iterator{}), 2) << "no part is left";
}

TEST_F(ProgramTest, EndsWithTheStatusThatTellsWhatWentWrong) {
  const auto status_of = [](std::vector<std::string> all) {
    ChildProcess client(all);
    client.close_input();
    client.read_all();
    return client.wait();
  };
  const std::string empty = script("empty.txt", "");
  const std::string password = script("password.txt", "tulip9\n");
  const std::string wrong = script("wrong.txt", "rose1\n");
  EXPECT_EQ(status_of(words("alice", {"--script", empty})), 0);
  EXPECT_EQ(status_of(words("alice", {"--script", script("bad.txt", "/part #nowhere\n")})), 1);
  EXPECT_EQ(status_of(words("alice", {"--script", script("allowed.txt", "-/part #nowhere\n")})), 0);
  EXPECT_EQ(status_of(words("alice",
                            {"--script", script("wait.txt", "/expect nothing comes\n"), "--timeout", "1"})),
            1);
  EXPECT_EQ(status_of(words("no such name", {"--script", empty})), 2);
  EXPECT_EQ(status_of(words("carol", {"--register", "--password-file", password, "--script", empty})), 0);
  EXPECT_EQ(status_of(words("carol", {"--password-file", password, "--script", empty})), 0);
  EXPECT_EQ(status_of(words("carol", {"--password-file", wrong, "--script", empty})), 4);
  EXPECT_EQ(status_of(words("carol", {"--guest", "--script", empty})), 4);
  server_->signal(SIGTERM);
  server_->read_all();
  server_->wait();
  EXPECT_EQ(status_of(words("alice", {"--script", empty, "--no-retry"})), 3);
  EXPECT_EQ(status_of(words("alice", {"--script", empty, "--timeout", "1"})), 3);
}

// Goal: who ends a script, a pipe or a program with one signal is not told that all of it was done.
// Method: each face waits for something that never comes, with a server that answers, one that does not, and
// none at all.
TEST_F(ProgramTest, EndsAtOneSignalAndSaysSoInItsStatus) {
  const std::string waits = script("waits.txt", "/join #lab\n/expect nothing comes\n");
  const std::vector<std::vector<std::string>> faces{
      {"--script", waits}, {"--room", "#lab"}, {"--json", "--room", "#lab"}};
  struct Signal {
    int number;
    int status;
  };
  for (const Signal signal : {Signal{SIGTERM, 143}, Signal{SIGINT, 130}}) {
    for (const auto& face : faces) {
      for (const bool server_hangs : {false, true}) {
        if (server_hangs && face != faces[signal.number == SIGTERM ? 0 : 2]) continue;  // two seconds each
        ChildProcess client(words("alice" + std::to_string(signal.number), face));
        ASSERT_TRUE(client.read_until("#lab"));
        if (server_hangs) server_->signal(SIGSTOP);
        client.signal(signal.number);
        client.read_all();
        EXPECT_EQ(client.wait(), signal.status) << face[0] << server_hangs;
        server_->signal(SIGCONT);
      }
    }
  }
  ChildProcess lost(words("bob", {"--json"}));
  ASSERT_TRUE(lost.read_until("\"ready\""));
  server_->signal(SIGKILL);
  ASSERT_TRUE(lost.read_until("\"retrying\""));
  lost.signal(SIGTERM);
  lost.read_all();
  EXPECT_EQ(lost.wait(), 143);
}

// Goal: what follows a script happens on the same connection, and is said where the script was.
TEST_F(ProgramTest, GoesOnWithItsInputWhenAFirstScriptIsDone) {
  ChildProcess bob(words("bob", {"--script", script("bob.txt", "/join #lab\n/expect two\n/expect later\n")}));
  ASSERT_TRUE(bob.read_until("joined #lab"));
  ChildProcess alice(words("alice", {"--begin-with", script("alice.txt", "/join #lab\none\ntwo\n")}));
  alice.write("later\n/expect nothing\n");
  alice.close_input();
  const std::string saw = alice.read_all();
  EXPECT_EQ(alice.wait(), 0) << alice.errors();
  EXPECT_NE(saw.find("[#lab 3] alice: later\n"), std::string::npos) << saw;
  EXPECT_NE(saw.find("! /expect is a word of scripts"), std::string::npos) << saw;
  EXPECT_EQ(bob.wait(), 0) << bob.errors();

  ChildProcess failing(words("carol", {"--begin-with", script("carol.txt", "one\n")}));
  failing.write("never said\n");
  failing.close_input();
  EXPECT_EQ(failing.read_all().find("never said"), std::string::npos);
  EXPECT_EQ(failing.wait(), 1);
  EXPECT_NE(failing.errors().find("carol.txt, line 1: one: "), std::string::npos) << failing.errors();
  ChildProcess refused(words("dora", {"--begin-with", script("dora.txt", "one\n"), "--room", "#lab"}));
  EXPECT_EQ(refused.wait(), 2);
}

TEST_F(ProgramTest, SendsEverythingThatIsPipedInBeforeItLeaves) {
  ChildProcess alice(words("alice", {"--room", "#lab"}));
  alice.write("one\n/nonsense\ntwo");
  alice.close_input();
  const std::string saw = alice.read_all();
  EXPECT_EQ(alice.wait(), 0);
  const auto first = saw.find("[#lab 1] alice: one\n");
  const auto second = saw.find("[#lab 2] alice: two\n");
  EXPECT_NE(first, std::string::npos) << saw;
  EXPECT_NE(saw.find("! there is no command /nonsense"), std::string::npos) << saw;
  EXPECT_NE(second, std::string::npos) << saw;
}

}  // namespace
}  // namespace plaintalk::test
