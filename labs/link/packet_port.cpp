#include "labs/link/packet_port.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

namespace plaintalk::link {
namespace {

constexpr std::uint32_t kSlotSize = 2048;  // a header of the kernel's and a frame
constexpr std::uint32_t kSlotCount = 4096;
constexpr std::uint32_t kBlockSize = 64 * 1024;
constexpr std::size_t kRingSize = std::size_t{kSlotSize} * kSlotCount;

void require(bool is_done, const std::string& what) {
  if (!is_done) throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

PacketPort::PacketPort(const std::string& interface) {
  const unsigned index = if_nametoindex(interface.c_str());
  require(index != 0, "there is no interface " + interface);
  // With protocol 0 nothing arrives before the ring is there and the interface is chosen.
  socket_ = FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  require(socket_.is_open(), "cannot open a packet socket");
  const int version = TPACKET_V2;
  const int on = 1;
  tpacket_req request{};
  request.tp_block_size = kBlockSize;
  request.tp_block_nr = static_cast<unsigned>(kRingSize / kBlockSize);
  request.tp_frame_size = kSlotSize;
  request.tp_frame_nr = kSlotCount;
  const int number = socket_.number();
  require(setsockopt(number, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0 &&
              setsockopt(number, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0 &&
              setsockopt(number, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0,
          "cannot set up a packet socket");
  void* memory = mmap(nullptr, kRingSize, PROT_READ | PROT_WRITE, MAP_SHARED, number, 0);
  require(memory != MAP_FAILED, "cannot map the ring of a packet socket");
  ring_ = static_cast<std::uint8_t*>(memory);
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_protocol = htons(ETH_P_ALL);
  where.sll_ifindex = static_cast<int>(index);
  if (bind(number, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
    const int error = errno;
    munmap(ring_, kRingSize);
    errno = error;
    require(false, "cannot read from the interface " + interface);
  }
}

PacketPort::~PacketPort() { munmap(ring_, kRingSize); }

std::optional<Bytes> PacketPort::next() {
  for (;;) {
    auto* header = reinterpret_cast<tpacket2_hdr*>(ring_ + at_ * kSlotSize);
    if ((std::atomic_ref(header->tp_status).load(std::memory_order_acquire) & TP_STATUS_USER) == 0)
      return std::nullopt;
    if (header->tp_snaplen == header->tp_len)
      return Bytes(ring_ + at_ * kSlotSize + header->tp_mac, header->tp_len);
    ++missed_count_;
    release();
  }
}

void PacketPort::release() {
  auto* header = reinterpret_cast<tpacket2_hdr*>(ring_ + at_ * kSlotSize);
  std::atomic_ref(header->tp_status).store(TP_STATUS_KERNEL, std::memory_order_release);
  at_ = (at_ + 1) % kSlotCount;
}

bool PacketPort::send(Bytes frame) const {
  ssize_t size = 0;
  do {
    size = ::send(socket_.number(), frame.data(), frame.size(), MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);
  return size == static_cast<ssize_t>(frame.size());
}

std::uint64_t PacketPort::missed_count() {
  tpacket_stats statistics{};
  socklen_t size = sizeof statistics;
  // Reading sets the kernel's counter back.
  if (getsockopt(socket_.number(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
    missed_count_ += statistics.tp_drops;
  return missed_count_;
}

}  // namespace plaintalk::link
