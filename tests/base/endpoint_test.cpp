#include "base/endpoint.hpp"

#include <unordered_set>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

TEST(Endpoint, RendersAddressesInTheirShortestForm) {
  EXPECT_EQ(render(IpAddress::v4(192, 0, 2, 1)), "192.0.2.1");
  EXPECT_EQ(render(parse_address("2001:0DB8:0:0:0:0:0:1").value()), "2001:db8::1");
  EXPECT_EQ(render(parse_address("::").value()), "::");
  EXPECT_EQ(render(parse_address("::ffff:192.0.2.1").value()), "::ffff:192.0.2.1");
  EXPECT_EQ(render(Endpoint{IpAddress::v4(127, 0, 0, 1), 7777}), "127.0.0.1:7777");
  EXPECT_EQ(render(Endpoint{parse_address("::1").value(), 0}), "[::1]:0");
}

TEST(Endpoint, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.256", "::1::", "[::1]", "1.2.3.4 "}) {
    const auto address = parse_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().find("not an IPv4 or IPv6 address"), std::string::npos);
  }
}

TEST(Endpoint, KnowsLoopback) {
  EXPECT_TRUE(IpAddress::v4(127, 8, 9, 1).is_loopback());
  EXPECT_TRUE(parse_address("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::v4(128, 0, 0, 1).is_loopback());
  EXPECT_FALSE(parse_address("::2")->is_loopback());
  EXPECT_FALSE(parse_address("1::1")->is_loopback());
}

TEST(Endpoint, ComparesAddressesOfBothFamilies) {
  EXPECT_EQ(IpAddress::v4(1, 2, 3, 4), parse_address("1.2.3.4").value());
  EXPECT_NE(IpAddress::v4(1, 2, 3, 4), parse_address("102:304::").value());
  EXPECT_LT((Endpoint{IpAddress::v4(1, 2, 3, 4), 1}), (Endpoint{IpAddress::v4(1, 2, 3, 4), 2}));
}

TEST(Endpoint, HashesDifferentEndpointsDifferently) {
  std::unordered_set<std::size_t> hashes;
  for (std::uint16_t port = 0; port < 1000; ++port)
    hashes.insert(std::hash<Endpoint>{}(Endpoint{IpAddress::v4(10, 0, 0, 1), port}));
  EXPECT_GT(hashes.size(), 995u);
  EXPECT_EQ(std::hash<Endpoint>{}(Endpoint{IpAddress::v4(10, 0, 0, 1), 5}),
            std::hash<Endpoint>{}(Endpoint{parse_address("10.0.0.1").value(), 5}));
}

TEST(Endpoint, ParsesHostAndPortAsPeopleWriteThem) {
  const auto expect = [](const char* text, const char* host, std::uint16_t port) {
    const auto parsed = parse_host_port(text, 7777);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(parsed->host, host) << text;
    EXPECT_EQ(parsed->port, port) << text;
  };
  expect("localhost", "localhost", 7777);
  expect("localhost:1", "localhost", 1);
  expect("0.0.0.0:0", "0.0.0.0", 0);
  expect("[::1]:65535", "::1", 65535);
  expect("[::1]", "::1", 7777);
  expect("::1", "::1", 7777);
}

TEST(Endpoint, SaysWhatIsWrongWithAHostAndPort) {
  const auto expect = [](const char* text, const char* why) {
    const auto parsed = parse_host_port(text, 7777);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().find(why), std::string::npos) << parsed.error();
  };
  expect("", "host is missing");
  expect(":7777", "host is missing");
  expect("host:", "port is missing");
  expect("[::1]:", "port is missing");
  expect("[::1", "']' is missing");
  expect("[::1]x", "':' is missing");
  expect("host:65536", "0 to 65535");
  expect("host:-1", "0 to 65535");
  expect("host:7x", "0 to 65535");
  expect("a:b:c", "brackets");
}

}  // namespace
}  // namespace plaintalk
