// Whatever ends a connection, the client comes back: the real program against a real server that is
// restarted in order, and against one that a test plays by hand.
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/messenger_client/raw_server.hpp"
#include "tests/messenger_client/scratch_folder.hpp"
#include "tests/support/child_process.hpp"

namespace plaintalk::test {
namespace {

const std::string kRawGreeting =
    "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 run=a1 :type HELP\n";
const std::string kRestartedGreeting = "PLAINTALK/1 lab ping=30 run=b2 :type HELP\n";

std::vector<std::string> client_words(const std::string& place, std::vector<std::string> more) {
  std::vector<std::string> all{PLAINTALK_CLIENT, place, "--user", "alice", "--device", "d",
                               "--timeout",      "50",  "--json"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

struct Loss {
  std::string name;
  std::string words;    // what the server says
  bool closes = false;  // and then closes
  std::string shown;    // what the person is told
};

void PrintTo(const Loss& loss, std::ostream* out) { *out << loss.name; }

class AfterALoss : public testing::TestWithParam<Loss> {};

// Goal: one loss is told once, and the next connection logs in, whoever noticed the loss.
// Method: the server says its last words and keeps its side open or closes it; the client must connect again
// with its token, log in and send what was typed meanwhile.
TEST_P(AfterALoss, ComesBackWithItsToken) {
  const Loss& loss = GetParam();
  RawServer server;
  ChildProcess alice(client_words(server.place(), {}));
  ASSERT_TRUE(server.accept());
  server.write(loss.name == "Silence" ? "PLAINTALK/1 lab ping=1 run=a1 :type HELP\n" : kRawGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
  server.write("OK user=alice device=d token=T1 guest=1\n");
  ASSERT_TRUE(alice.read_until("\"ready\""));
  alice.write("{\"command\":\"say\",\"target\":\"#lab\",\"text\":\"hello\"}\n");
  EXPECT_NE(server.read_until("SAY"), "");
  server.write(loss.words);
  if (loss.closes) server.close();
  const auto told = alice.read_line();
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("\"state\":\"retrying\""), std::string::npos) << *told;
  EXPECT_NE(told->find(loss.shown), std::string::npos) << *told;
  ASSERT_TRUE(server.accept());
  server.write(kRawGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d token=T1");
  server.write("OK user=alice device=d token=T2 guest=1\n");
  const auto again = alice.read_line();
  ASSERT_TRUE(again);
  EXPECT_NE(again->find("\"event\":\"login\""), std::string::npos) << "told more than once: " << *again;
  EXPECT_NE(server.read_until("SAY #lab"), "") << "what had no answer is said again";
}

INSTANTIATE_TEST_SUITE_P(
    Reconnect, AfterALoss,
    testing::Values(Loss{"Cut", "", true, "closed by the server"},
                    Loss{"CutInAFrame", "MSG #lab 1 bo", true, "closed by the server"},
                    Loss{"Draining", "BYE 503 DRAINING :the server is stopping\n", true, "stopping"},
                    Loss{"DrainingHeldOpen", "BYE 503 DRAINING :the server is stopping\n", false, "stopping"},
                    Loss{"Slow", "BYE 408 SLOW :you read too slowly\n", true, "too slowly"},
                    Loss{"Idle", "BYE 408 TIMEOUT :nothing came from you\n", false, "nothing came"},
                    Loss{"FatalError", "ERR 503 BUSY fatal=1 retry=1 :full\n", true, "full"},
                    Loss{"Garbage", "MSG #lab 1 \x80 5 :x\n", false, "not PLAINTALK/1"},
                    Loss{"OutOfOrder", "END #lab last=1 more=0\n", false, "out of order"},
                    Loss{"Silence", "", false, "silent"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(Reconnect, ComesBackAfterRefusedGreetingsAndARefusedToken) {
  RawServer server;
  ChildProcess alice(client_words(server.place(), {}));
  for (const std::string words : {"ERR 503 BUSY fatal=1 retry=300 :the server is full\n",
                                  "BYE 503 DRAINING :the server is stopping\n"}) {
    ASSERT_TRUE(server.accept());
    server.write(words);
    const auto told = alice.read_line();
    ASSERT_TRUE(told);
    EXPECT_NE(told->find("\"state\":\"retrying\""), std::string::npos) << *told;
  }
  ASSERT_TRUE(server.accept());
  server.write(kRawGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
  server.write("OK user=alice device=d token=T1 guest=1\n");
  ASSERT_TRUE(alice.read_until("\"ready\""));
  ASSERT_TRUE(server.accept());
  server.write(kRawGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d token=T1");
  server.write("ERR 402 BAD_LOGIN verb=LOGIN :no such token\n");
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
  // The server is restarted: it knows no token, and the name is held for a while.
  ASSERT_TRUE(server.accept());
  server.write(kRestartedGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
  server.write("ERR 409 NAME_TAKEN verb=LOGIN retry=1 :its owner may come back\n");
  ASSERT_TRUE(server.accept());
  server.write(kRestartedGreeting);
  EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
  server.write("OK user=alice device=d token=T2 guest=1\n");
  EXPECT_TRUE(alice.read_until("\"ready\""));
}

// Goal: the program that follows a killed one says what it waits for, and gets in; one that may not wait
// ends, and so does one that is told to.
TEST(Reconnect, WaitsForANameThatALostConnectionHolds) {
  for (const std::string way : {"waits", "--no-retry", "SIGINT"}) {
    RawServer server;
    ChildProcess alice(
        client_words(server.place(), way == "--no-retry" ? std::vector{way} : std::vector<std::string>{}));
    ASSERT_TRUE(server.accept());
    server.write(kRawGreeting);
    EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
    server.write("ERR 409 NAME_TAKEN verb=LOGIN retry=" + std::string(way == "SIGINT" ? "60000" : "1") +
                 " :its owner may come back; wait 20 s\n");
    const auto told = alice.read_line();
    ASSERT_TRUE(told);
    EXPECT_NE(told->find("its owner may come back; wait 20 s"), std::string::npos) << *told;
    if (way == "waits") {
      EXPECT_NE(told->find("not logged in yet"), std::string::npos) << *told;
      ASSERT_TRUE(server.accept());
      server.write(kRawGreeting);
      EXPECT_EQ(server.read_line(), "LOGIN alice device=d");
      server.write("OK user=alice device=d token=T1 guest=1\n");
      EXPECT_TRUE(alice.read_until("\"ready\""));
    } else if (way == "SIGINT") {
      alice.signal(SIGINT);
      alice.read_all();
      EXPECT_NE(alice.wait(), 0);
    } else {
      alice.read_all();
      EXPECT_EQ(alice.wait(), 4);
    }
  }
}

TEST(Reconnect, EndsWhenItWasReplacedOrRefused) {
  struct Final {
    std::string words;
    int status;
  };
  for (const Final& last : {Final{"BYE 409 REPLACED :taken over\n", 1}, Final{"", 3}}) {
    RawServer server;
    ChildProcess alice(client_words(server.place(), {"--no-retry"}));
    ASSERT_TRUE(server.accept());
    server.write(kRawGreeting);
    server.read_line();
    server.write("OK user=alice device=d token=T1 guest=1\n");
    ASSERT_TRUE(alice.read_until("\"ready\""));
    server.write(last.words);
    server.close();
    EXPECT_TRUE(alice.read_until("\"state\":\"over\""));
    EXPECT_EQ(alice.wait(), last.status);
  }
}

class RealRestart : public testing::Test {
 protected:
  RealRestart() { start_server("127.0.0.1:0"); }
  void start_server(const std::string& place) {
    server_.emplace(std::vector<std::string>{PLAINTALK_SERVER, "--listen", place, "--unlimited-rate",
                                             "--spool", folder_.file("spool")});
    const auto line = server_->read_until("ready: listening on ");
    ASSERT_TRUE(line) << "the server did not start";
    place_ = line->substr(line->rfind(' ') + 1);
  }
  void stop_server() {
    server_->signal(SIGTERM);
    server_->read_all();
    EXPECT_EQ(server_->wait(), 0);
  }

  ScratchFolder folder_;
  std::string place_;
  std::optional<ChildProcess> server_;
};

// Goal: an orderly restart, which says BYE, is survived as a cut is: guests and registered accounts alike,
// although the new server knows neither.
TEST_F(RealRestart, ComesBackToAServerThatSaidGoodbye) {
  const std::string password = folder_.write("password.txt", "tulip9\n");
  ChildProcess guest(client_words(place_, {"--room", "#lab"}));
  ChildProcess carol({PLAINTALK_CLIENT, place_, "--user", "carol", "--register", "--password-file", password,
                      "--timeout", "50", "--json", "--room", "#lab"});
  ASSERT_TRUE(guest.read_until("\"answer\""));
  ASSERT_TRUE(carol.read_until("\"answer\""));
  for (int restart = 0; restart < 2; ++restart) {
    stop_server();
    ASSERT_TRUE(guest.read_until("\"state\":\"retrying\""));
    ASSERT_TRUE(carol.read_until("\"state\":\"retrying\""));
    const std::string text = "typed while it was down " + std::to_string(restart);
    guest.write("{\"command\":\"say\",\"target\":\"#lab\",\"text\":\"" + text + "\"}\n");
    start_server(place_);
    ASSERT_TRUE(carol.read_until("\"again\":true"));
    ASSERT_TRUE(carol.read_until(text));
    ASSERT_TRUE(guest.read_until(text));
  }
  for (ChildProcess* client : {&guest, &carol}) {
    client->close_input();
    client->read_all();
    EXPECT_EQ(client->wait(), 0);
  }
}

}  // namespace
}  // namespace plaintalk::test
