#include "tests/bench/traffic.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace plaintalk::bench {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;
constexpr std::size_t kIpHeaderSize = 20;
constexpr std::size_t kTcpHeaderSize = 32;  // with the time stamp option
constexpr std::size_t kScaleOptionSize = 4;

std::size_t tcp_header_size(const Packet& packet) {
  return kTcpHeaderSize + ((packet.flags & kSyn) != 0 ? kScaleOptionSize : 0);
}
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kRetransmissionTimeout = 220'000'000;

void put_be16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value);
}
void put_be32(std::string& out, std::uint32_t value) {
  put_be16(out, value >> 16U);
  put_be16(out, value & 0xFFFFU);
}
void put_le32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
}

std::uint32_t add_words(std::string_view bytes, std::uint32_t sum) {
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << 8U |
           static_cast<unsigned char>(bytes[at + 1]);
  if (bytes.size() % 2 != 0)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes.back())) << 8U;
  return sum;
}
std::uint16_t fold(std::uint32_t sum) {
  while ((sum >> 16U) != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}
void set_be16(std::string& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<char>(value >> 8U);
  out[at + 1] = static_cast<char>(value);
}

void append_frame(const Packet& packet, std::string& out) {
  constexpr std::string_view kEthernet{"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0", 14};
  out += kEthernet;
  const std::size_t ip = out.size();
  put_be16(out, 0x4500);
  put_be16(out, static_cast<std::uint32_t>(kIpHeaderSize + tcp_header_size(packet) + packet.payload.size()));
  put_be16(out, packet.ip_id);
  put_be16(out, 0x4000);
  put_be16(out, 0x4006);
  put_be16(out, 0);
  put_be32(out, packet.source);
  put_be32(out, packet.target);
  set_be16(out, ip + 10, fold(add_words(std::string_view(out).substr(ip, kIpHeaderSize), 0)));
  const std::size_t tcp = out.size();
  put_be16(out, packet.source_port);
  put_be16(out, packet.target_port);
  put_be32(out, packet.sequence);
  put_be32(out, packet.acknowledgement);
  put_be16(out, static_cast<std::uint32_t>(tcp_header_size(packet) / 4 << 12U | packet.flags));
  put_be16(out, 64240);
  put_be32(out, 0);
  put_be32(out, 0x0101080A);
  put_be32(out, packet.stamp);
  put_be32(out, packet.stamp_echo);
  if ((packet.flags & kSyn) != 0) put_be32(out, 0x01030307);
  out += packet.payload;
  std::uint32_t sum = add_words(std::string_view(out).substr(ip + 12, 8), 0);
  sum += 6 + static_cast<std::uint32_t>(out.size() - tcp);
  set_be16(out, tcp + 16, fold(add_words(std::string_view(out).substr(tcp), sum)));
}

}  // namespace

std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

PcapFile::PcapFile(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) throw std::runtime_error("cannot create " + path);
  waiting_.reserve(2 * kBufferSize);
  for (const std::uint32_t word : {0xA1B23C4DU, 0x00040002U, 0U, 0U, 262144U, 1U}) put_le32(waiting_, word);
}

PcapFile::~PcapFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void PcapFile::add(std::int64_t time_ns, const Packet& packet) {
  const auto size =
      static_cast<std::uint32_t>(14 + kIpHeaderSize + tcp_header_size(packet) + packet.payload.size());
  put_le32(waiting_, static_cast<std::uint32_t>(time_ns / kSecond));
  put_le32(waiting_, static_cast<std::uint32_t>(time_ns % kSecond));
  put_le32(waiting_, size);
  put_le32(waiting_, size);
  append_frame(packet, waiting_);
  ++packet_count_;
  if (waiting_.size() >= kBufferSize) flush();
}

void PcapFile::flush() {
  if (std::fwrite(waiting_.data(), 1, waiting_.size(), file_) != waiting_.size())
    throw std::runtime_error("cannot write the capture: is the disk full?");
  size_ += waiting_.size();
  waiting_.clear();
}

void PcapFile::close() {
  flush();
  if (std::fclose(std::exchange(file_, nullptr)) != 0)
    throw std::runtime_error("cannot write the capture: is the disk full?");
}

void Network::schedule(Event event) {
  event.order = order_++;
  events_.push(std::move(event));
}

std::size_t Network::open(std::int64_t now, End client, End server, std::int64_t rtt_ns) {
  Connection connection;
  connection.rtt_ns = rtt_ns;
  connection.client.end = client;
  connection.server.end = server;
  for (Side* side : {&connection.client, &connection.server}) {
    side->sequence = static_cast<std::uint32_t>(dice_.next());
    side->ip_id = static_cast<std::uint16_t>(dice_.next());
  }
  connection.client.sent = connection.client.sequence;
  connection.server.sent = connection.server.sequence;
  const std::uint32_t client_isn = connection.client.sequence++;
  const std::uint32_t server_isn = connection.server.sequence++;
  connection.client.received = connection.server.sequence;
  connection.server.received = connection.client.sequence;
  connection.busy_until = now + rtt_ns + 1;
  const std::size_t number = connections_.size();
  connections_.push_back(std::move(connection));
  // The acknowledgement numbers of the first two packets are set by hand when they pass.
  schedule({now, 0, number, true, true, false, kSyn, client_isn, {}});
  schedule({now + 30'000, 0, number, false, true, false, kSyn | kAck, server_isn, {}});
  schedule({now + rtt_ns, 0, number, true, true, false, kAck, client_isn + 1, {}});
  return number;
}

void Network::send(std::int64_t now, std::size_t number, bool from_client, std::string payload) {
  Connection& connection = connections_[number];
  Side& side = from_client ? connection.client : connection.server;
  Event event{std::max(now, connection.busy_until),
              0,
              number,
              from_client,
              true,
              true,
              kAck | kPsh,
              side.sequence,
              std::move(payload)};
  connection.busy_until = event.time + 1000;
  side.sequence += static_cast<std::uint32_t>(event.payload.size());
  if (dice_.chance(losses_.repeated)) {
    Event repeat = event;
    repeat.time += connection.rtt_ns + (dice_.chance(0.5) ? kRetransmissionTimeout : 2'000'000);
    event.arrives = false;
    event.is_seen = !dice_.chance(losses_.unseen);
    schedule(std::move(repeat));
  } else if (event.payload.size() > 1 && dice_.chance(losses_.reordered)) {
    // Two segments, of which the second overtakes the first.
    const std::size_t half = event.payload.size() / 2;
    Event second = event;
    second.sequence += static_cast<std::uint32_t>(half);
    second.payload.erase(0, half);
    event.payload.resize(half);
    event.time += 150'000;
    schedule(std::move(second));
  }
  schedule(std::move(event));
}

void Network::close(std::int64_t now, std::size_t number, bool with_reset) {
  Connection& connection = connections_[number];
  const std::int64_t time =
      std::max(now, connection.busy_until) + kRetransmissionTimeout + 2 * connection.rtt_ns;
  if (with_reset) {
    schedule({time, 0, number, true, true, true, kRst | kAck, connection.client.sequence, {}});
    return;
  }
  schedule({time, 0, number, true, true, true, kFin | kAck, connection.client.sequence++, {}});
  schedule({time + 200'000, 0, number, false, true, true, kFin | kAck, connection.server.sequence++, {}});
}

void Network::run_until(std::int64_t now) {
  while (!events_.empty() && events_.top().time <= now) {
    const Event event = events_.top();
    events_.pop();
    pass(event);
  }
}

void Network::finish() { run_until(INT64_MAX); }

void Network::pass(const Event& event) {
  Connection& connection = connections_[event.connection];
  Side& sender = event.from_client ? connection.client : connection.server;
  const auto end = event.sequence + static_cast<std::uint32_t>(event.payload.size()) +
                   ((event.flags & (kSyn | kFin)) != 0 ? 1U : 0U);
  const bool is_bare = event.payload.empty() && (event.flags & (kSyn | kFin | kRst)) == 0;
  if (!is_bare && static_cast<std::int32_t>(end - sender.sent) > 0) sender.sent = end;
  if (event.is_seen) write(event.time, connection, event);
  if (event.arrives) arrive(connection, event);
}

void Network::arrive(Connection& connection, const Event& event) {
  if ((event.flags & kRst) != 0) return;
  const std::size_t size = event.payload.size() + ((event.flags & kFin) != 0 ? 1U : 0U);
  if (size == 0) return;
  Side& receiver = event.from_client ? connection.server : connection.client;
  // Next to the server its answers come at once; the client's take a round trip.
  const std::int64_t delay = event.from_client ? 20'000 : connection.rtt_ns;
  const bool is_next = event.sequence == receiver.received;
  if (is_next) {
    receiver.received += static_cast<std::uint32_t>(size);
    for (auto held = receiver.held.find(receiver.received); held != receiver.held.end();
         held = receiver.held.find(receiver.received)) {
      receiver.received = held->second;
      receiver.held.erase(held);
    }
  } else if (static_cast<std::int32_t>(event.sequence - receiver.received) > 0) {
    receiver.held[event.sequence] = event.sequence + static_cast<std::uint32_t>(size);
  }
  // Whatever it sends next acknowledges: its own FIN, or what it says after one segment.
  const bool is_last = (event.flags & kFin) != 0;
  if (is_last ? event.from_client : ++receiver.unacknowledged < 2 && is_next) return;
  acknowledge(event.time + delay, event.connection, !event.from_client);
}

void Network::acknowledge(std::int64_t time, std::size_t number, bool from_client) {
  Connection& connection = connections_[number];
  Side& side = from_client ? connection.client : connection.server;
  side.unacknowledged = 0;
  schedule({time, 0, number, from_client, true, false, kAck, 0, {}});
}

void Network::write(std::int64_t time, const Connection& connection, const Event& event) {
  Side& side = const_cast<Side&>(event.from_client ? connection.client : connection.server);
  const Side& peer = event.from_client ? connection.server : connection.client;
  Packet packet;
  packet.source = side.end.address;
  packet.target = peer.end.address;
  packet.source_port = side.end.port;
  packet.target_port = peer.end.port;
  packet.flags = event.flags;
  const bool is_bare = event.payload.empty() && (event.flags & (kSyn | kFin | kRst)) == 0;
  packet.sequence = is_bare ? side.sent : event.sequence;
  packet.acknowledgement = (event.flags & kAck) != 0 ? side.received : 0;
  packet.ip_id = ++side.ip_id;
  packet.stamp = static_cast<std::uint32_t>(time / 1'000'000) + side.end.address;
  packet.stamp_echo = static_cast<std::uint32_t>((time - connection.rtt_ns) / 1'000'000) + peer.end.address;
  packet.payload = event.payload;
  if (!event.payload.empty()) side.unacknowledged = 0;
  file_.add(time, packet);
}

}  // namespace plaintalk::bench
