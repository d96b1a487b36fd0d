// Passwords of other protocols than ours: found by what the bytes say, on any port, whole or in pieces, and
// called accepted or refused only where the server's answer says so.
#include <gtest/gtest.h>

#include "analyzer/talk/foreign/forms.hpp"
#include "analyzer/talk/foreign/http_message.hpp"
#include "analyzer/talk/foreign/own_chat.hpp"
#include "analyzer/talk/foreign/words.hpp"
#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

struct Line {
  bool from_client;
  std::string text;
};
constexpr bool kClient = true;
constexpr bool kServer = false;

struct Found {
  std::vector<std::string> credentials;  // "protocol method user secret accepted"
  std::string protocol;                  // of the connection
  std::vector<std::uint64_t> packets;    // of the credentials
};

Found collect(Play& play) {
  Found result;
  const Collected& found = play.finish();
  for (const CredentialResult& row : found.credentials) {
    result.credentials.push_back(std::string(row.protocol) + ' ' + std::string(row.method) + ' ' + row.user +
                                 ' ' + row.secret + ' ' + std::string(row.accepted));
    result.packets.push_back(row.seen.packet);
  }
  if (!found.connections.empty()) result.protocol = found.connections[0].protocol;
  return result;
}

// Each text is one packet, or with `piece_size` several.
Found play_lines(const std::vector<Line>& lines, std::uint16_t port, std::size_t piece_size = 1 << 20,
                 bool midstream = false) {
  Play play({.show_secrets = true});
  play.open_silently(1, midstream, port);
  for (const Line& line : lines) {
    for (std::size_t at = 0; at < line.text.size(); at += piece_size) {
      const std::string piece = line.text.substr(at, piece_size);
      if (line.from_client) {
        play.client_bytes(1, piece);
      } else {
        play.server_bytes(1, piece);
      }
    }
  }
  play.close(1);
  return collect(play);
}

struct Dialogue {
  std::string name;
  std::string protocol;
  std::vector<Line> lines;
  std::vector<std::string> credentials;
};

std::string encoded_plain() { return "AGFsaWNlAHR1bGlwOQ=="; }  // NUL alice NUL tulip9

const std::vector<Dialogue>& dialogues() {
  static const std::vector<Dialogue> all{
      {"basic",
       "http",
       {{kClient, "GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6d3Jvbmc=\r\n\r\n"},
        {kServer, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nno..."},
        {kClient, "GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6dHVsaXA5\r\n\r\n"},
        {kServer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
        {kClient, "GET /b HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWxpY2U6dHVsaXA5\r\n\r\n"},
        {kServer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}},
       {"http basic-password alice wrong no", "http basic-password alice tulip9 yes"}},
      {"proxy",
       "http",
       {{kClient, "CONNECT x:443 HTTP/1.1\r\nProxy-Authorization: Basic YWxpY2U6dHVsaXA5\r\n\r\n"},
        {kServer, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"}},
       {"http proxy-password alice tulip9 no"}},
      {"form",
       "http",
       {{kClient,
         "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
         "36\r\n\r\n"
         "email=alice%40x.org&password=t%2Blip"},
        {kServer, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"},
        {kClient,
         "POST /api HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 43\r\n\r\n"
         "{\"user\": \"bob\", \"n\": 1, \"passwd\": \"a\\\"b\"}  "},
        {kServer, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}},
       {"http form-password alice@x.org t+lip ", "http json-password bob a\"b no"}},
      {"ftp",
       "ftp",
       {{kServer, "220-Welcome\r\n220 to the FTP server\r\n"},
        {kClient, "USER alice\r\n"},
        {kServer, "331 Password please\r\n"},
        {kClient, "PASS wrong\r\n"},
        {kServer, "530 Login incorrect\r\n"},
        {kClient, "USER alice\r\n"},
        {kServer, "331 Password please\r\n"},
        {kClient, "PASS tulip 9\r\n"},
        {kServer, "230-Hello\r\n 150 files\r\n230 Logged in\r\n"},
        {kClient, "QUIT\r\n"},
        {kServer, "221 Bye\r\n"}},
       {"ftp login-password alice wrong no", "ftp login-password alice tulip 9 yes"}},
      {"smtp-plain",
       "smtp",
       {{kServer, "220 mail.x ESMTP\r\n"},
        {kClient, "EHLO me\r\n"},
        {kServer, "250-mail.x\r\n250 AUTH PLAIN LOGIN\r\n"},
        {kClient, "AUTH PLAIN " + encoded_plain() + "\r\n"},
        {kServer, "235 2.7.0 ok\r\n"},
        {kClient, "MAIL FROM:<a@x>\r\n"},
        {kServer, "250 ok\r\n"},
        {kClient, "DATA\r\n"},
        {kServer, "354 go on\r\n"},
        {kClient, "Subject: x\r\n\r\nAUTH PLAIN " + encoded_plain() + "\r\nAUTH LOGIN\r\n.\r\n"},
        {kServer, "250 queued\r\n"}},
       {"smtp plain-password alice tulip9 yes"}},
      {"smtp-login",
       "smtp",
       {{kServer, "220 mail.x ESMTP\r\n"},
        {kClient, "EHLO me\r\n"},
        {kServer, "250 AUTH LOGIN\r\n"},
        {kClient, "AUTH LOGIN\r\n"},
        {kServer, "334 VXNlcm5hbWU6\r\n"},
        {kClient, "YWxpY2U=\r\n"},
        {kServer, "334 UGFzc3dvcmQ6\r\n"},
        {kClient, "dHVsaXA5\r\n"},
        {kServer, "535 5.7.8 no\r\n"}},
       {"smtp login-password alice tulip9 no"}},
      {"pop3",
       "pop3",
       {{kServer, "+OK ready\r\n"},
        {kClient, "CAPA\r\n"},
        {kServer, "+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n"},
        {kClient, "USER alice\r\n"},
        {kServer, "+OK\r\n"},
        {kClient, "PASS wrong\r\n"},
        {kServer, "-ERR no\r\n"},
        {kClient, "AUTH PLAIN\r\n"},
        {kServer, "+ \r\n"},
        {kClient, encoded_plain() + "\r\n"},
        {kServer, "+OK 2 mails\r\n"},
        {kClient, "RETR 1\r\n"},
        {kServer, "+OK\r\nPASS inside of a mail\r\n.\r\n"}},
       {"pop3 login-password alice wrong no", "pop3 plain-password alice tulip9 yes"}},
      {"imap",
       "imap",
       {{kServer, "* OK [CAPABILITY IMAP4rev1] ready\r\n"},
        {kClient, "a1 LOGIN alice \"wr\\\"ong\"\r\n"},
        {kServer, "a1 NO wrong\r\n"},
        {kClient, "a2 LOGIN {5}\r\n"},
        {kServer, "+ go\r\n"},
        {kClient, "alice {6+}\r\ntulip9\r\n"},
        {kServer, "* CAPABILITY X\r\na2 OK done\r\n"}},
       {"imap login-password alice wr\"ong no", "imap login-password alice tulip9 yes"}},
      {"imap-plain",
       "imap",
       {{kServer, "* OK ready\r\n"},
        {kClient, "x AUTHENTICATE PLAIN\r\n"},
        {kServer, "+\r\n"},
        {kClient, encoded_plain() + "\r\n"},
        {kServer, "x OK done\r\n"}},
       {"imap plain-password alice tulip9 yes"}},
      {"irc",
       "irc",
       {{kClient, "CAP LS 302\r\nPASS doorkey\r\nNICK alice\r\nUSER alice 0 * :Alice\r\n"},
        {kServer, ":irc.x CAP * LS :sasl\r\n"},
        {kClient, "CAP REQ :sasl\r\nAUTHENTICATE PLAIN\r\n"},
        {kServer, "AUTHENTICATE +\r\n"},
        {kClient, "AUTHENTICATE " + encoded_plain() + "\r\n"},
        {kServer, ":irc.x 904 alice :SASL authentication failed\r\n"},
        {kServer, ":irc.x 001 alice :Welcome\r\n"},
        {kClient, "PRIVMSG NickServ :IDENTIFY rosebud\r\n"},
        {kServer, ":NickServ!services@x NOTICE alice :Password accepted - you are now recognized.\r\n"},
        {kClient, "PRIVMSG #lab :IDENTIFY is what I typed\r\n"},
        {kClient, "OPER root toor\r\n"},
        {kServer, ":irc.x 464 alice :Password incorrect\r\n"}},
       {"irc plain-password alice tulip9 no", "irc server-password alice doorkey yes",
        "irc nickserv-password alice rosebud yes", "irc oper-password root toor no"}},
      {"telnet",
       "telnet",
       {{kServer, "\xff\xfd\x18\xff\xfd\x20"},
        {kClient, "\xff\xfb\x18\xff\xfb\x20"},
        {kServer, "\r\nhost login: "},
        {kClient,
         "alicx\x7f"
         "e\r\n"},
        {kServer, "alice\r\nPassword: "},
        {kClient, std::string("wrong\r\0", 7)},
        {kServer, "\r\nLogin incorrect\r\nhost login: "},
        {kClient, "alice\r\n"},
        {kServer, "alice\r\nPassword: "},
        {kClient, "tulip9\r\n"},
        {kServer, "\r\nLast login: Sat Sep 12 from x\r\n$ "}},
       {"telnet login-password alice wrong no", "telnet login-password alice tulip9 yes"}},
      {"own chat",
       "other",
       {{kServer, "Welcome to my chat!\n"},
        {kClient, "LOGIN alice tulip9\n"},
        {kServer, "OK hello alice\n"},
        {kClient, "the login works now\n"},
        {kClient, "my password is a secret, login is easy\n"},
        {kServer, "bob: hi\n"}},
       {"other line-password alice tulip9 yes"}},
      {"own chat with questions",
       "other",
       {{kServer, "Welcome\nName: "},
        {kClient, "alice\n"},
        {kServer, "Password: "},
        {kClient, "tulip9\n"},
        {kServer, "Wrong password, good bye\n"}},
       {"other prompt-password alice tulip9 no"}},
      {"own chat in JSON",
       "other",
       {{kClient, "{\"type\":\"login\",\"username\":\"alice\",\"password\":\"tulip9\"}"},
        {kServer, "{\"type\":\"users\"}"}},
       {"other line-password alice tulip9 "}},
      {"own chat without logins",
       "other",
       {{kServer, "Enter your nickname:\n"},
        {kClient, "alice\n"},
        {kServer, "alice joined\n"},
        {kClient, "hello, did anybody pass the exam?\n"},
        {kClient, "/msg bob the password is wrong\n"},
        {kServer, "bob: no\n"}},
       {}},
  };
  return all;
}

TEST(Foreign, FindsEveryPasswordAndWhatBecameOfIt) {
  for (const Dialogue& dialogue : dialogues()) {
    SCOPED_TRACE(dialogue.name);
    for (const std::uint16_t port : {std::uint16_t{9}, std::uint16_t{7777}}) {
      const Found found = play_lines(dialogue.lines, port);
      EXPECT_EQ(found.credentials, dialogue.credentials);
      EXPECT_EQ(found.protocol, dialogue.protocol);
    }
  }
}

// Goal: how TCP cuts the bytes changes nothing.
TEST(Foreign, FindsTheSameHoweverTheBytesAreCut) {
  for (const Dialogue& dialogue : dialogues()) {
    if (dialogue.name == "own chat in JSON") continue;  // has no line ends, so that packets are its units
    for (const std::size_t size : {1u, 2u, 3u, 7u, 20u}) {
      SCOPED_TRACE(dialogue.name + " in pieces of " + std::to_string(size));
      EXPECT_EQ(play_lines(dialogue.lines, 9, size).credentials, dialogue.credentials);
    }
  }
}

// Goal: a hole anywhere never turns a no into a yes, nor invents a password.
// Method: every packet of every dialogue is lost once; whatever is then said was said without the loss, or is
// the same without an answer.
TEST(Foreign, AHoleCanOnlyCostAnAnswer) {
  for (const Dialogue& dialogue : dialogues()) {
    for (std::size_t lost = 0; lost < dialogue.lines.size(); ++lost) {
      SCOPED_TRACE(dialogue.name + " without packet " + std::to_string(lost));
      Play play({.show_secrets = true});
      play.open_silently(1, false, 9);
      for (std::size_t at = 0; at < dialogue.lines.size(); ++at) {
        const Line& line = dialogue.lines[at];
        const auto direction = line.from_client ? Direction::client_to_server : Direction::server_to_client;
        if (at == lost) {
          play.gap(1, direction, line.text.size());
        } else {
          play.bytes_from(1, direction, line.text, play.step());
        }
      }
      play.close(1);
      std::vector<std::string> allowed;
      for (const std::string& row : dialogue.credentials) {
        allowed.push_back(row);
        allowed.push_back(row.substr(0, row.rfind(' ') + 1));
      }
      for (const std::string& row : collect(play).credentials) {
        // Who it was may be in the hole as well.
        const auto same = [&](const std::string& other) {
          const auto words = [](const std::string& text) { return foreign::split(text, 4); };
          const auto a = words(row);
          const auto b = words(other);
          return row == other ||
                 (a[0] == b[0] && a[1] == b[1] && other.ends_with(row.substr(row.find_last_of(' ') + 1)));
        };
        EXPECT_TRUE(std::any_of(allowed.begin(), allowed.end(), same)) << row;
      }
    }
  }
}

TEST(Foreign, ACaptureThatBeginsLateStillFindsThePassword) {
  const Found ftp = play_lines({{kClient, "USER alice\r\n"},
                                {kServer, "331 Password please\r\n"},
                                {kClient, "PASS tulip9\r\n"},
                                {kServer, "230 Logged in\r\n"}},
                               21, 1 << 20, true);
  EXPECT_EQ(ftp.credentials, std::vector<std::string>{"ftp login-password alice tulip9 yes"});
  // An +OK could be to anything before.
  const Found pop3 = play_lines({{kClient, "PASS tulip9\r\n"}, {kServer, "+OK\r\n"}}, 110, 1 << 20, true);
  EXPECT_EQ(pop3.credentials, std::vector<std::string>{"pop3 login-password  tulip9 "});
}

TEST(Foreign, SecretsAreMaskedAndPointAtTheirPacket) {
  Play play;
  play.open_silently(1, false, 110);
  play.server(1, "+OK ready");
  play.client(1, "USER alice");
  play.server(1, "+OK");
  const std::uint64_t packet = play.client(1, "PASS tulip9");
  play.server(1, "+OK");
  const Collected& found = play.finish();
  ASSERT_EQ(found.credentials.size(), 1u);
  EXPECT_EQ(found.credentials[0].secret, "******");
  EXPECT_EQ(found.credentials[0].seen.packet, packet);
  EXPECT_EQ(found.count("readable-password"), 1u);
}

// A protocol that nobody knows is only searched where logins are: a long chat costs nothing.
TEST(Foreign, OfAnUnknownProtocolOnlyTheBeginningIsSearched) {
  const auto after = [](std::size_t size) {
    std::vector<Line> lines{{kServer, "hello\n"}};
    for (std::size_t sent = 0; sent < size; sent += 40)
      lines.push_back({kClient, std::string(39, '.') + "\n"});
    lines.push_back({kClient, "LOGIN alice tulip9\n"});
    return play_lines(lines, 9).credentials.size();
  };
  EXPECT_EQ(after(2000), 1u);
  EXPECT_EQ(after(foreign::OwnChat::kClientSizeMax), 0u);
}

TEST(Foreign, WhatIsEncryptedIsNotRead) {
  const Found found = play_lines({{kServer, "220 mail.x ESMTP\r\n"},
                                  {kClient, "EHLO me\r\n"},
                                  {kServer, "250 STARTTLS\r\n"},
                                  {kClient, "STARTTLS\r\n"},
                                  {kServer, "220 go ahead\r\n"},
                                  {kClient, "AUTH PLAIN " + encoded_plain() + "\r\n"}},
                                 25);
  EXPECT_TRUE(found.credentials.empty());
  EXPECT_EQ(found.protocol, "smtp");
}

// Goal: a stranger cannot make a connection, or all together, hold more than docs/LIMITS.md says.
// Method: for every protocol a line, a header, a form and a literal without end, and commands that nobody
// answers; then more connections than there is room for.
TEST(Foreign, AConnectionHoldsABoundedNumberOfBytes) {
  constexpr std::size_t kBound = 96 << 10;
  const std::string mebibyte(1 << 20, 'x');
  const std::vector<std::vector<std::string>> attacks{
      {"GET / HTTP/1.1\r\nX: ", mebibyte},
      {"POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", mebibyte},
      {"EHLO x\r\n", mebibyte},
      {"a1 LOGIN {16777216}\r\n", mebibyte},
      {"CAP LS\r\nPASS ", mebibyte},
      {"\xff\xfd\x18", mebibyte},
      {"hello\n", mebibyte},
  };
  std::string unanswered;
  for (int count = 0; count < 1000; ++count)
    unanswered += "GET /?password=" + std::string(900, 'a') + std::to_string(count) + " HTTP/1.1\r\n\r\n";
  for (std::vector<std::string> attack : attacks) {
    for (const std::string& more : {std::string(), unanswered}) {
      Collected found;
      Findings findings;
      foreign::ForeignTalk talk(found, findings, true);
      ConnectionRecord connection;
      connection.id = ConnectionId{1};
      talk.open(connection);
      Moment moment{1, WallTime(std::chrono::seconds(1))};
      for (const std::string& bytes : attack)
        talk.data(connection.id, Direction::client_to_server, bytes, moment);
      talk.data(connection.id, Direction::client_to_server, more, moment);
      EXPECT_LE(talk.held_size(), kBound) << attack[0];
      talk.close(connection.id, "other");
      EXPECT_EQ(talk.held_size(), 0u);
    }
  }
}

TEST(Foreign, AllConnectionsTogetherAreBounded) {
  Collected found;
  Findings findings;
  foreign::ForeignTalk talk(found, findings, true);
  const std::string line(2000, 'x');
  for (std::uint64_t number = 1; number <= 40'000; ++number) {
    ConnectionRecord connection;
    connection.id = ConnectionId{number};
    talk.open(connection);
    talk.data(connection.id, Direction::client_to_server, "EHLO me\r\n" + line,
              {number, WallTime(Nanoseconds(1))});
    ASSERT_LE(talk.held_size(), foreign::ForeignTalk::kSizeMax + (8 << 10));
  }
  EXPECT_EQ(findings.count("limit-reached"), 1u);
}

TEST(ForeignWords, ReadBase64AsRfc4648Does) {
  EXPECT_EQ(foreign::base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(foreign::base64("Zm9vYg=="), "foob");
  EXPECT_EQ(foreign::base64("Zm9vYmE"), "fooba");
  EXPECT_EQ(foreign::base64(""), "");
  EXPECT_FALSE(foreign::base64("Zm9v!"));
  EXPECT_FALSE(foreign::base64("Z"));
}

TEST(ForeignWords, AreNoLoginWhenTheyAreASentence) {
  for (const std::string_view line :
       {"login alice tulip9", "Login works now", "password is wrong", "I PASS this exam",
        "LOGIN is broken today", "see http://x/?a=b", "x=1 y=2"})
    EXPECT_FALSE(foreign::login_in_line(line)) << line;
  for (const std::string_view line : {"/login alice tulip9", "LOGIN|alice|tulip9", "LOGIN:alice:tulip9\r",
                                      "user=alice password=tulip9", "AUTH alice tulip9"}) {
    const auto login = foreign::login_in_line(line);
    ASSERT_TRUE(login) << line;
    EXPECT_EQ(login->user, "alice");
    EXPECT_EQ(login->password, "tulip9");
  }
}

}  // namespace
}  // namespace plaintalk::analyzer
