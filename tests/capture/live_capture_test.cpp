// Real packets on the loopback interface. Where the machine does not allow that, the tests are skipped and
// say why.
#include "capture/live/live_capture.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/privileges/privileges.hpp"
#include "capture/live/capture_filter.hpp"
#include "capture/live/recorder.hpp"
#include "tests/capture/read_back.hpp"

namespace plaintalk::capture {
namespace {

// A connection on 127.0.0.1 between two sockets of this process.
class Loopback {
 public:
  Loopback() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    const bool is_bound = ::bind(listener_, as_sockaddr(), size) == 0 && ::listen(listener_, 1) == 0 &&
                          ::getsockname(listener_, as_sockaddr(), &size) == 0;
    if (!is_bound) throw std::runtime_error("no loopback socket");
  }
  ~Loopback() { ::close(listener_); }
  std::uint16_t port() const { return ntohs(address_.sin_port); }

  // Connects, sends, reads, closes. Handshake, data and both FINs are 3 + 2 + 3 packets at least.
  void exchange(std::string_view text) {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::connect(client, as_sockaddr(), sizeof address_), 0);
    const int server = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    ASSERT_EQ(::send(client, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    std::string heard(text.size(), '\0');
    ASSERT_EQ(::recv(server, heard.data(), heard.size(), MSG_WAITALL), static_cast<ssize_t>(text.size()));
    ::close(client);
    ::close(server);
  }

 private:
  sockaddr* as_sockaddr() { return reinterpret_cast<sockaddr*>(&address_); }
  int listener_ = -1;
  sockaddr_in address_{};
};

class LiveCaptureTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = (std::filesystem::temp_directory_path() /
             ("plaintalk-live-" + std::to_string(::getpid()) + ".pcapng"))
                .string();
    ASSERT_EQ(::pipe2(stop_.data(), O_CLOEXEC), 0);
    const int probe = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (probe < 0) GTEST_SKIP() << "no right to capture packets here: " << std::strerror(errno);
    ::close(probe);
    LiveOptions options;
    options.interface = "lo";
    options.port = loopback_.port();
    capture_.emplace(LiveCapture::open(options));
  }
  void TearDown() override {
    for (const int descriptor : stop_) ::close(descriptor);
    std::filesystem::remove(path_);
  }
  Recorder::Summary record(Recorder::Options options) {
    options.interface = "lo";
    Recorder recorder(std::move(*capture_), FileSink::create(path_), std::move(options), stop_[0],
                      [](const std::string&) {});
    return recorder.run();
  }
  std::string payloads(const Contents& contents, std::string_view text) const {
    for (const Packet& packet : contents.packets)
      if (packet.bytes.find(text) != std::string::npos) return std::string(text);
    return {};
  }

  Loopback loopback_;
  std::array<int, 2> stop_{};
  std::optional<LiveCapture> capture_;
  std::string path_;
};

// Goal: what was on the wire before the stop is in the file, with the statistics after it.
TEST_F(LiveCaptureTest, RecordsAConversationUntilItIsTold) {
  loopback_.exchange("heard by everybody");
  ASSERT_EQ(::write(stop_[1], "x", 1), 1);
  const Recorder::Summary summary = record({});
  EXPECT_EQ(summary.failure, "");
  const Contents contents = read_back(CaptureReader::open(path_));
  EXPECT_FALSE(contents.error);
  EXPECT_GE(contents.packets.size(), 8u);
  EXPECT_EQ(contents.packets.size(), summary.packet_count);
  EXPECT_EQ(payloads(contents, "heard by everybody"), "heard by everybody");
  ASSERT_EQ(contents.interfaces.size(), 1u);
  EXPECT_EQ(contents.interfaces[0].name, "lo");
  ASSERT_TRUE(contents.interfaces[0].received_count);
  EXPECT_GE(*contents.interfaces[0].received_count, contents.packets.size());
  EXPECT_EQ(contents.interfaces[0].dropped_count, 0u);
}

TEST_F(LiveCaptureTest, StopsAfterTheNumberOfPacketsAskedFor) {
  loopback_.exchange("one");
  loopback_.exchange("two");
  Recorder::Options options;
  options.count_max = 5;
  EXPECT_EQ(record(options).packet_count, 5u);
  EXPECT_EQ(read_back(CaptureReader::open(path_)).packets.size(), 5u);
}

TEST_F(LiveCaptureTest, StopsAfterTheTimeAskedFor) {
  Recorder::Options options;
  options.duration = std::chrono::milliseconds(1);
  const Recorder::Summary summary = record(options);
  EXPECT_EQ(summary.failure, "");
  EXPECT_EQ(read_back(CaptureReader::open(path_)).packets.size(), summary.packet_count);
}

// Goal: the filter is in force from the first packet on. Method: talk on another port as well.
TEST_F(LiveCaptureTest, RecordsOnlyThePortAskedFor) {
  Loopback other;
  other.exchange("not for this file");
  loopback_.exchange("for this file");
  ASSERT_EQ(::write(stop_[1], "x", 1), 1);
  record({});
  const Contents contents = read_back(CaptureReader::open(path_));
  EXPECT_EQ(payloads(contents, "for this file"), "for this file");
  EXPECT_EQ(payloads(contents, "not for this file"), "");
}

TEST(LiveCapture, SaysWhichInterfaceDoesNotExist) {
  LiveOptions options;
  options.interface = "nosuch0";
  try {
    LiveCapture::open(options);
    FAIL() << "it opened";
  } catch (const OpenError& error) {
    EXPECT_NE(std::string(error.what()).find("nosuch0: "), std::string::npos);
  }
}

TEST(LiveCapture, ListsTheLoopbackInterface) {
  bool found = false;
  for (const InterfaceSummary& interface : list_interfaces()) found = found || interface.is_loopback;
  EXPECT_TRUE(found);
}

struct Passing {
  const char* name;
  bool expected;
  std::string packet;
};

// Goal: the built filter lets through what a plain "tcp port N" misses, and nothing else.
// Method: run libpcap's own program over packets put together by hand.
TEST(CaptureFilter, LetsThroughTaggedPacketsAndLaterFragments) {
  const std::string addresses(12, '\x02');
  const auto ipv4 = [&](unsigned fragment, unsigned port) {
    std::string packet = addresses + std::string("\x08\x00\x45\x00\x00\x28\x00\x01", 8);
    packet += {static_cast<char>(fragment >> 8), static_cast<char>(fragment & 0xFF)};
    packet += std::string("\x40\x06\x00\x00", 4) + std::string(8, '\x7F');
    packet += {static_cast<char>(port >> 8), static_cast<char>(port & 0xFF)};
    return packet + std::string(30, '\0');
  };
  const auto tagged = [](std::string packet) {
    return packet.insert(12, std::string("\x81\x00\x00\x05", 4));
  };
  const std::string ipv6_fragment =
      addresses + std::string("\x86\xDD\x60\x00\x00\x00\x00\x10\x2C\x40", 10) + std::string(60, '\x01');
  const Passing cases[] = {
      {"port", true, ipv4(0, 7777)},
      {"other port", false, ipv4(0, 80)},
      {"later fragment", true, ipv4(0x2001, 80)},
      {"VLAN", true, tagged(ipv4(0, 7777))},
      {"VLAN, other port", false, tagged(ipv4(0, 80))},
      {"VLAN, later fragment", true, tagged(ipv4(0x0100, 80))},
      {"IPv6 fragment", true, ipv6_fragment},
  };
  pcap_t* dead = pcap_open_dead(DLT_EN10MB, 65535);
  bpf_program program{};
  ASSERT_EQ(pcap_compile(dead, &program, port_filter(7777, true).c_str(), 1, PCAP_NETMASK_UNKNOWN), 0)
      << pcap_geterr(dead);
  for (const Passing& passing : cases) {
    const auto size = static_cast<bpf_u_int32>(passing.packet.size());
    const pcap_pkthdr header{{}, size, size};
    const auto* bytes = as_bytes(passing.packet).data();
    EXPECT_EQ(pcap_offline_filter(&program, &header, bytes) != 0, passing.expected) << passing.name;
  }
  pcap_freecode(&program);
  pcap_close(dead);
}

// Goal: after dropping, the process can do nothing that an ordinary one cannot. Method: in a child, ask the
// kernel.
TEST(Privileges, LeavesNoCapabilityAndNoWayBack) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int status = 0;
    try {
      drop_privileges();
      std::ifstream file("/proc/self/status");
      for (std::string line; std::getline(file, line);) {
        const std::string_view value = std::string_view(line).substr(line.find('\t') + 1);
        const bool is_set = line.starts_with("CapEff:") || line.starts_with("CapPrm:") ||
                            line.starts_with("CapInh:") || line.starts_with("CapAmb:");
        if (is_set && value.find_first_not_of('0') != value.npos) status |= 1;
        if (line.starts_with("NoNewPrivs:") && value != "1") status |= 2;
      }
      if (::socket(AF_PACKET, SOCK_RAW, 0) >= 0) status |= 4;
    } catch (...) {
      status = 16;
    }
    ::_exit(status);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace plaintalk::capture
