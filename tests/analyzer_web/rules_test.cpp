// Who may see the view: each rule by itself.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/web/live_view.hpp"
#include "analyzer/web/request_rules.hpp"

namespace plaintalk::analyzer::web::test {
namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef0123456789abcdef";

IpAddress address(std::string_view text) { return *parse_address(text); }
Place loopback() { return {"127.0.0.1", {address("127.0.0.1")}, 7788, kSecret}; }
Place everywhere() { return {"0.0.0.0", {address("0.0.0.0")}, 7788, kSecret}; }
Place named() { return {"lab-pc", {address("192.0.2.7")}, 7788, kSecret}; }

TEST(WebRules, HostNamesThePlace) {
  struct Case {
    std::string_view host;
    bool loopback;
    bool everywhere;
    bool named;
  };
  for (const Case& c : std::vector<Case>{
           {"127.0.0.1:7788", true, true, false},
           {"localhost:7788", true, true, false},
           {"LocalHost:7788", true, true, false},
           {"192.0.2.7:7788", false, true, true},
           {"lab-pc:7788", false, false, true},
           {"LAB-PC:7788", false, false, true},
           {"[2001:db8::1]:7788", false, true, false},
           {"evil.example:7788", false, false, false},
           {"127.0.0.1.evil.example:7788", false, false, false},
           {"127.0.0.1:7789", false, false, false},
           {"127.0.0.1", false, false, false},  // port 80
           {"", false, false, false},
           {":7788", false, false, false},
           {"127.0.0.1:7788:7788", false, false, false},
           {"user@127.0.0.1:7788", false, false, false},
       }) {
    EXPECT_EQ(is_host_allowed(loopback(), c.host), c.loopback) << c.host;
    EXPECT_EQ(is_host_allowed(everywhere(), c.host), c.everywhere) << c.host;
    EXPECT_EQ(is_host_allowed(named(), c.host), c.named) << c.host;
    EXPECT_EQ(is_origin_allowed(loopback(), "http://" + std::string(c.host)), c.loopback) << c.host;
  }
  EXPECT_TRUE(is_host_allowed({"127.0.0.1", {address("127.0.0.1")}, 80, kSecret}, "127.0.0.1"));
  for (const std::string_view origin :
       {"null", "https://127.0.0.1:7788", "file://", "http://127.0.0.1:7788/", "http://evil.example", ""})
    EXPECT_FALSE(is_origin_allowed(loopback(), origin)) << origin;
}

struct Asked {
  std::string target = '/' + kSecret + '/';
  std::string method = "GET";
  std::vector<std::string_view> hosts = {"127.0.0.1:7788"};
  std::vector<std::string_view> origins = {};
  bool has_body = false;
  bool is_upgrade = false;
};

Answer asked(const Asked& a) {
  return judge(loopback(), {a.method, a.target, a.hosts, a.origins, a.has_body, a.is_upgrade});
}

TEST(WebRules, TheSecretIsAskedOfEveryRequest) {
  using What = Answer::What;
  EXPECT_EQ(asked({}).what, What::file);
  EXPECT_EQ(asked({}).name, "");
  EXPECT_EQ(asked({.target = '/' + kSecret + "/live.css"}).name, "live.css");
  std::string wrong = kSecret;
  wrong.back() = '0';
  for (const std::string& target :
       {std::string("/"), std::string(""), std::string("/live.css"), "/" + wrong + "/",
        '/' + kSecret.substr(1) + '/', '/' + kSecret + "0/", "//" + kSecret + '/', kSecret + '/',
        "/x/" + kSecret + '/', "http://127.0.0.1:7788/" + kSecret + '/', std::string("*")}) {
    const Answer answer = asked({.target = target});
    EXPECT_EQ(answer.what, What::refused) << target;
    EXPECT_EQ(answer.status, 403u) << target;
    // What else is wrong with it does not show whether the secret is right.
    EXPECT_EQ(asked({.target = target, .method = "POST", .has_body = true}).status, 403u) << target;
  }
  EXPECT_EQ(asked({.target = '/' + kSecret}).status, 404u);
}

TEST(WebRules, EachFaultHasItsStatus) {
  EXPECT_EQ(asked({.hosts = {}}).status, 400u);
  EXPECT_EQ(asked({.hosts = {"127.0.0.1:7788", "127.0.0.1:7788"}}).status, 400u);
  EXPECT_EQ(asked({.hosts = {"evil.example:7788"}}).status, 421u);
  EXPECT_EQ(asked({.origins = {"http://evil.example"}}).status, 403u);
  EXPECT_EQ(asked({.origins = {"null"}}).status, 403u);
  EXPECT_EQ(asked({.origins = {"http://127.0.0.1:7788"}}).what, Answer::What::file);
  EXPECT_EQ(asked({.method = "POST"}).status, 405u);
  EXPECT_EQ(asked({.method = "HEAD"}).what, Answer::What::file);
  EXPECT_EQ(asked({.has_body = true}).status, 400u);
  const std::string events = '/' + kSecret + "/events";
  EXPECT_EQ(asked({.target = events}).status, 426u);
  EXPECT_EQ(asked({.target = events, .is_upgrade = true}).what, Answer::What::events);
  EXPECT_EQ(asked({.target = events, .origins = {"http://evil.example"}, .is_upgrade = true}).status, 403u);
}

TEST(WebRules, PagesOfLinesAndFramesAreAskedForByNumbers) {
  const auto of = [](const std::string& rest) { return asked({.target = '/' + kSecret + '/' + rest}); };
  EXPECT_EQ(of("entries?after=7").what, Answer::What::entries);
  EXPECT_TRUE(of("entries?after=7").is_after);
  EXPECT_EQ(of("entries?before=18446744073709551615").id, ~std::uint64_t{0});
  EXPECT_EQ(of("frames?of=1,22,333").numbers, (std::vector<std::uint64_t>{1, 22, 333}));
  for (const std::string_view wrong :
       {"entries", "entries?", "entries?after=", "entries?after=-1", "entries?after=1&x", "entries?after=x",
        "entries?before=18446744073709551616", "frames", "frames?of=x", "frames?of=1,,2", "frames?x=1"})
    EXPECT_EQ(of(std::string(wrong)).status, 400u) << wrong;
  std::string many = "frames?of=1";
  for (std::size_t count = 1; count < kFrameNumberCountMax; ++count) many += ",1";
  EXPECT_EQ(of(many).numbers.size(), kFrameNumberCountMax);
  EXPECT_EQ(of(many + ",1").status, 400u);
}

TEST(WebRules, WhatStandsBehindWebIsAnAddress) {
  const auto shown = [](std::string_view text) {
    const auto parsed = parse_web_address(text);
    return parsed ? parsed->host + ' ' + std::to_string(parsed->port) : "wrong: " + parsed.error();
  };
  EXPECT_EQ(shown(""), "127.0.0.1 7788");
  EXPECT_EQ(shown("0"), "127.0.0.1 0");
  EXPECT_EQ(shown(":8080"), "127.0.0.1 8080");
  EXPECT_EQ(shown("0.0.0.0:80"), "0.0.0.0 80");
  EXPECT_EQ(shown("[::1]:0"), "::1 0");
  EXPECT_EQ(shown("lab-pc"), "lab-pc 7788");
  EXPECT_TRUE(shown("lab-pc:99999").starts_with("wrong"));
}

}  // namespace
}  // namespace plaintalk::analyzer::web::test
