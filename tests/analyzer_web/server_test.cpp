// The server of the live view, over loopback: browsers that read, one that never does, and those who mean
// harm.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "analyzer/web/web_server.hpp"
#include "tests/analyzer_web/events.hpp"
#include "tests/analyzer_web/web_client.hpp"

namespace plaintalk::analyzer::web::test {
namespace {

using nlohmann::json;

struct Server : testing::Test {
  LiveState state{LiveState::kBytesMin};
  WebServer server{{"127.0.0.1", 0}, state};
  const Place& place = server.place();
  std::string host = "127.0.0.1:" + std::to_string(place.port);

  std::string request(std::string_view target, std::string_view headers = {},
                      std::string_view method = "GET") {
    const RawClient client(place.port);
    client.send(std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: " + host + "\r\n" +
                std::string(headers) + "Connection: close\r\n\r\n");
    return client.read_to_end();
  }
  std::string root() const { return '/' + place.secret + '/'; }
  void say(std::uint64_t number) { state.live_event(said(number, "alice", "#lab", "hello")); }
};

// Reads until the line with that number has come; false when the connection ends before.
bool reads_up_to(WebSocketClient& browser, std::uint64_t number) {
  while (const auto text = browser.read()) {
    const json update = json::parse(*text);
    for (const json& line : update["entries"])
      if (line["seq"] == number) return true;
  }
  return false;
}

TEST_F(Server, GivesThePageWithEverythingThatProtectsIt) {
  const std::string page = ask(place, "");
  EXPECT_TRUE(page.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(page.find("<!doctype html>"), page.npos);
  for (const std::string_view line : {"Content-Security-Policy: default-src 'none'; script-src 'self'; "
                                      "style-src 'self'; connect-src 'self'",
                                      "frame-ancestors 'none'\r\n", "X-Content-Type-Options: nosniff\r\n",
                                      "Referrer-Policy: no-referrer\r\n", "Cache-Control: no-store\r\n",
                                      "Content-Type: text/html;charset=utf-8\r\n"})
    EXPECT_NE(page.find(line), page.npos) << line;
  EXPECT_EQ(page.find("unsafe-inline"), page.npos);
  EXPECT_NE(ask(place, "live.css").find("text/css"), std::string::npos);
  EXPECT_NE(ask(place, "live.js").find("text/javascript"), std::string::npos);
  // 192 bits, and no two alike.
  EXPECT_EQ(place.secret.size(), 48u);
  LiveState other_state(LiveState::kBytesMin);
  EXPECT_NE(WebServer({"127.0.0.1", 0}, other_state).place().secret, place.secret);
}

TEST_F(Server, TellsTenBrowsersTheSame) {
  std::vector<std::unique_ptr<WebSocketClient>> browsers;
  for (int count = 0; count < 10; ++count) {
    browsers.push_back(std::make_unique<WebSocketClient>(place, "http://" + host));
    ASSERT_TRUE(browsers.back()->is_open());
  }
  for (std::uint64_t number = 1; number <= 100; ++number) say(number);
  for (const auto& browser : browsers) EXPECT_TRUE(reads_up_to(*browser, 100));
}

// Goal: a browser that takes nothing costs nothing but one piece, and nobody waits for it.
// Method: far more is said than the sockets between can hold. The one that never reads is still connected,
// and when it reads at last it learns of the last line and of how many it missed.
TEST_F(Server, NobodyWaitsForABrowserThatNeverReads) {
  WebSocketClient idle(place);
  WebSocketClient reader(place);
  ASSERT_TRUE(idle.is_open() && reader.is_open());
  const std::string text(900, 'x');
  std::uint64_t number = 0;
  for (int round = 0; round < 40; ++round) {
    for (int count = 0; count < 200; ++count) state.live_event(said(++number, "alice", "#lab", text));
    ASSERT_TRUE(reads_up_to(reader, number));
  }
  EXPECT_LE(state.bytes(), LiveState::kBytesMin);
  std::uint64_t left_out = 0;
  bool has_last = false;
  while (!has_last) {
    const auto piece = idle.read();
    ASSERT_TRUE(piece);
    const json update = json::parse(*piece);
    left_out += update["left_out"].get<std::uint64_t>();
    for (const json& line : update["entries"]) has_last = has_last || line["seq"] == number;
  }
  EXPECT_GT(left_out, number / 2);
}

TEST_F(Server, RefusesClearlyWhatIsNoneOfItsBusiness) {
  const auto status = [](const std::string& answer) { return answer.substr(0, 12); };
  EXPECT_EQ(status(request("/")), "HTTP/1.1 403");
  EXPECT_EQ(status(request("/wrong/")), "HTTP/1.1 403");
  EXPECT_EQ(status(request(root(), "Origin: http://evil.example\r\n")), "HTTP/1.1 403");
  EXPECT_EQ(status(request(root(), "Host: evil.example\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(status(request(root(), {}, "POST")), "HTTP/1.1 405");
  EXPECT_EQ(status(request(root(), {}, "BREW")), "HTTP/1.1 405");
  EXPECT_EQ(status(request(root(), "Content-Length: 5\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(status(request(root() + "events")), "HTTP/1.1 426");
  for (const std::string_view path : {"../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "live.css/",
                                      "nothing", "..", "live.js%00.html", "./live.css"})
    EXPECT_EQ(status(request(root() + std::string(path))), "HTTP/1.1 404") << path;
  EXPECT_EQ(status(request(root(), "X: " + std::string(9000, 'x') + "\r\n")), "HTTP/1.1 431");
  EXPECT_EQ(status(request(root() + std::string(9000, 'x'))), "HTTP/1.1 431");
  EXPECT_EQ(status(request(root() + "entries?after=x")), "HTTP/1.1 400");
  for (const std::string_view nonsense : {"\r\n\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02 tls\r\n\r\n",
                                          "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n"}) {
    const RawClient client(place.port);
    client.send(nonsense);
    EXPECT_EQ(status(client.read_to_end()), "HTTP/1.1 400") << nonsense;
  }
  // And all of that has not hurt anybody.
  say(1);
  WebSocketClient browser(place);
  EXPECT_TRUE(reads_up_to(browser, 1));
}

TEST_F(Server, AnUpgradeNeedsTheSameAsAPage) {
  EXPECT_TRUE(WebSocketClient(place).is_open());
  EXPECT_FALSE(WebSocketClient(place, "http://evil.example").is_open());
  Place wrong = place;
  wrong.secret.back() = wrong.secret.back() == '0' ? '1' : '0';
  EXPECT_FALSE(WebSocketClient(wrong).is_open());
  const std::string upgrade = "Upgrade: websocket\r\nConnection: upgrade\r\n";
  for (const std::string& headers : {upgrade, upgrade + "Sec-WebSocket-Version: 13\r\n",
                                     upgrade + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 1\r\n"}) {
    const RawClient client(place.port);
    client.send("GET " + root() + "events HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n");
    const std::string answer = client.read_until("\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
  }
}

TEST_F(Server, ABrowserThatTalksIsLetGo) {
  WebSocketClient talker(place);
  talker.send("hello");
  while (talker.read()) {
  }
  EXPECT_EQ(talker.reason().code, boost::beast::websocket::close_code::policy_error);
  WebSocketClient loud(place);
  loud.send(std::string(100'000, 'x'));
  while (loud.read()) {
  }
  // A frame that says it is larger than anything, and never comes.
  const RawClient liar(place.port);
  liar.send("GET " + root() + "events HTTP/1.1\r\nHost: " + host +
            "\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_TRUE(liar.read_until("\r\n\r\n").starts_with("HTTP/1.1 101"));
  liar.send(
      std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"
                  "abcd",
                  14));
  liar.read_to_end();
  say(1);
  WebSocketClient browser(place);
  EXPECT_TRUE(reads_up_to(browser, 1));
}

TEST_F(Server, StrangersMakeWayForThoseWithTheSecret) {
  std::vector<std::unique_ptr<RawClient>> strangers;
  for (std::size_t count = 0; count < 3 * WebLimits::kConnectionCountMax; ++count) {
    strangers.push_back(std::make_unique<RawClient>(place.port));
    strangers.back()->send("GET /");
  }
  EXPECT_TRUE(ask(place, "").starts_with("HTTP/1.1 200"));
  // The oldest have been let go.
  EXPECT_EQ(strangers.front()->read_to_end(), "");
}

TEST_F(Server, AsManyBrowsersMayWatchAsItSays) {
  std::vector<std::unique_ptr<WebSocketClient>> browsers;
  for (std::size_t count = 0; count < WebLimits::kBrowserCountMax; ++count) {
    browsers.push_back(std::make_unique<WebSocketClient>(place));
    ASSERT_TRUE(browsers.back()->is_open());
  }
  EXPECT_FALSE(WebSocketClient(place).is_open());
  EXPECT_TRUE(ask(place, "").starts_with("HTTP/1.1 200"));
}

TEST_F(Server, GivesPagesOfLinesAndFrames) {
  for (std::uint64_t number = 1; number <= 300; ++number) say(number);
  const auto body = [](const std::string& answer) {
    return json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  };
  const json first = body(ask(place, "entries?after=0"));
  EXPECT_EQ(first["entries"].size(), LiveState::kEntriesPerPage);
  EXPECT_EQ(first["entries"][0]["seq"], 1);
  EXPECT_EQ(body(ask(place, "entries?before=301"))["entries"].back()["seq"], 300);
  EXPECT_EQ(body(ask(place, "frames?of=1,2"))["frames"].size(), 0u);
}

TEST(WebServerEnd, TellsWhatIsLeftAndCloses) {
  LiveState state(LiveState::kBytesMin);
  auto server = std::make_unique<WebServer>(HostPort{"127.0.0.1", 0}, state);
  WebSocketClient browser(server->place());
  state.live_event(said(1, "alice", "#lab", "hello"));
  ASSERT_TRUE(reads_up_to(browser, 1));
  state.live_event(said(2, "alice", "#lab", "the last word"));
  state.end();
  server.reset();
  bool has_ended = false;
  bool has_last = false;
  while (const auto text = browser.read()) {
    const json update = json::parse(*text);
    has_ended = has_ended || update["ended"] == true;
    for (const json& line : update["entries"]) has_last = has_last || line["seq"] == 2;
  }
  EXPECT_TRUE(has_ended && has_last);
  EXPECT_EQ(browser.reason().code, boost::beast::websocket::close_code::going_away);
}

TEST(WebServerStart, SaysWhatToDoWhenThePortIsTaken) {
  LiveState state(LiveState::kBytesMin);
  const WebServer server({"127.0.0.1", 0}, state);
  try {
    const WebServer other({"127.0.0.1", server.place().port}, state);
    FAIL() << "two servers on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("port 0"), std::string::npos);
  }
}

}  // namespace
}  // namespace plaintalk::analyzer::web::test
