#include "tests/overlap/linux_receiver.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/internet_checksum.hpp"
#include "capture/synthetic/tcp_packet.hpp"
#include "labs/session/private_network.hpp"

namespace plaintalk::analyzer::test {
namespace {

constexpr std::uint32_t kKernelAddress = 0x0A4D0001;  // 10.77.0.1
constexpr std::uint32_t kOwnAddress = 0x0A4D0002;
constexpr std::uint32_t kFirstSequence = 1000;

IpAddress address_of(std::uint32_t value) {
  return IpAddress::v4(static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                       static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value));
}

sockaddr_in socket_address(std::uint32_t address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  return result;
}

std::string failure(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

std::uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_in bound{};
  socklen_t size = sizeof bound;
  ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.sin_port);
}

FileDescriptor bound_socket(int type) {
  FileDescriptor result(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const sockaddr_in address = socket_address(kKernelAddress);
  if (result.is_open() &&
      ::bind(result.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return {};
  return result;
}

std::expected<FileDescriptor, std::string> open_tun() {
  FileDescriptor tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tun.is_open()) return std::unexpected(failure("/dev/net/tun"));
  ifreq request{};
  std::strncpy(request.ifr_name, "peer", IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun.number(), TUNSETIFF, &request) != 0) return std::unexpected(failure("TUNSETIFF"));
  const FileDescriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto set = [&](unsigned long command, std::uint32_t address) {
    const sockaddr_in value = socket_address(address);
    std::memcpy(&request.ifr_addr, &value, sizeof value);
    return ::ioctl(control.number(), command, &request) == 0;
  };
  if (!set(SIOCSIFADDR, kKernelAddress) || !set(SIOCSIFNETMASK, 0xFFFFFF00))
    return std::unexpected(failure("the address of the interface"));
  request.ifr_flags = IFF_UP;
  if (::ioctl(control.number(), SIOCSIFFLAGS, &request) != 0)
    return std::unexpected(failure("bringing the interface up"));
  return tun;
}

}  // namespace

std::expected<LinuxReceiver, std::string> LinuxReceiver::make() {
  if (const auto entered = session::enter_private_network(); !entered)
    return std::unexpected(entered.error());
  auto tun = open_tun();
  if (!tun) return std::unexpected(tun.error());
  LinuxReceiver receiver;
  receiver.tun_ = std::move(*tun);
  receiver.listener_ = bound_socket(SOCK_STREAM);
  receiver.datagrams_ = bound_socket(SOCK_DGRAM);
  if (!receiver.listener_.is_open() || !receiver.datagrams_.is_open() ||
      ::listen(receiver.listener_.number(), 8) != 0)
    return std::unexpected(failure("the receiving sockets"));
  receiver.own_ = {address_of(kOwnAddress), 0};
  receiver.kernel_ = {address_of(kKernelAddress), port_of(receiver.listener_)};
  return receiver;
}

// The kernel takes it in before write() returns.
void LinuxReceiver::write_packet(const std::string& packet) {
  packets.push_back(packet);
  if (::write(tun_.number(), packet.data(), packet.size()) != static_cast<ssize_t>(packet.size()))
    packets.back().clear();
}

std::string LinuxReceiver::answers(std::uint8_t flag) {
  constexpr std::size_t kFlagsAt = 20 + 13;
  constexpr std::uint8_t kTcp = 6;
  std::array<char, 2048> buffer{};
  std::string found;
  for (;;) {
    const ssize_t size = ::read(tun_.number(), buffer.data(), buffer.size());
    if (size <= 0) return found;
    const std::string packet(buffer.data(), static_cast<std::size_t>(size));
    if (packet.size() <= kFlagsAt || packet[0] != 0x45 || packet[9] != kTcp) continue;
    packets.push_back(packet);
    if ((static_cast<std::uint8_t>(packet[kFlagsAt]) & flag) != 0) found = packet;
  }
}

bool LinuxReceiver::connect(std::uint16_t port) {
  packets.clear();
  own_.port = port;
  answers(0);
  packets.clear();
  capture::TcpPacket packet{.source = own_,
                            .target = kernel_,
                            .sequence = kFirstSequence,
                            .flags = capture::tcp_flag::kSyn,
                            .maximum_segment_size = 1400,
                            .payload = {}};
  std::string bytes;
  capture::append_ip_packet(packet, bytes);
  write_packet(bytes);
  const std::string answer = answers(capture::tcp_flag::kSyn);
  if (answer.empty()) return false;
  std::uint32_t sequence = 0;
  std::memcpy(&sequence, answer.data() + 24, sizeof sequence);
  acknowledged_ = ntohl(sequence) + 1;
  packet.sequence = kFirstSequence + 1;
  packet.acknowledgement = acknowledged_;
  packet.flags = capture::tcp_flag::kAck;
  packet.maximum_segment_size = 0;
  bytes.clear();
  capture::append_ip_packet(packet, bytes);
  write_packet(bytes);
  accepted_ = FileDescriptor(::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  return accepted_.is_open();
}

void LinuxReceiver::send(std::uint32_t begin, std::string_view data) {
  std::string bytes;
  capture::append_ip_packet({.source = own_,
                             .target = kernel_,
                             .sequence = kFirstSequence + 1 + begin,
                             .acknowledgement = acknowledged_,
                             .flags = capture::tcp_flag::kAck,
                             .payload = data},
                            bytes);
  write_packet(bytes);
  answers(0);
}

std::string LinuxReceiver::read_and_reset() {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(accepted_.number(), buffer.data(), buffer.size());
  const linger at_once{1, 0};
  ::setsockopt(accepted_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  accepted_ = FileDescriptor();
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

void LinuxReceiver::send_fragment(std::uint16_t id, std::size_t offset, bool more, std::string_view bytes) {
  constexpr std::uint8_t kUdp = 17;
  std::string header(20, '\0');
  const auto put = [&](std::size_t at, std::uint16_t value) {
    header[at] = static_cast<char>(value >> 8);
    header[at + 1] = static_cast<char>(value & 0xFF);
  };
  header[0] = 0x45;
  put(2, static_cast<std::uint16_t>(20 + bytes.size()));
  put(4, id);
  put(6, static_cast<std::uint16_t>((more ? 0x2000U : 0U) | offset / 8));
  header[8] = 64;
  header[9] = kUdp;
  for (const auto& [at, address] : {std::pair{12U, kOwnAddress}, std::pair{16U, kKernelAddress}}) {
    put(at, static_cast<std::uint16_t>(address >> 16));
    put(at + 2, static_cast<std::uint16_t>(address & 0xFFFF));
  }
  put(10, static_cast<std::uint16_t>(~ones_complement_sum(as_bytes(header))));
  write_packet(header + std::string(bytes));
}

std::string LinuxReceiver::read_datagram() {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(datagrams_.number(), buffer.data(), buffer.size());
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
}

std::uint16_t LinuxReceiver::udp_port() const { return port_of(datagrams_); }

}  // namespace plaintalk::analyzer::test
