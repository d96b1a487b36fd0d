// Packets that are read ahead in another thread are the ones that would have been read here.
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/run/packet_feed.hpp"
#include "capture/synthetic/tcp_packet.hpp"
#include "tests/analyzer_report/memory_capture.hpp"
#include "tests/capture/file_builder.hpp"

namespace plaintalk::analyzer {
namespace {

std::string tcp_packet(std::uint32_t sequence, std::string_view payload) {
  capture::TcpPacket packet;
  packet.source = {IpAddress::v4(192, 0, 2, 1), 40000};
  packet.target = {IpAddress::v4(192, 0, 2, 2), 7777};
  packet.sequence = sequence;
  packet.ip_id = static_cast<std::uint16_t>(sequence);
  packet.payload = payload;
  std::string bytes;
  capture::append_ip_packet(packet, bytes);
  return bytes;
}

// RFC 791, section 3.2: the second half of the payload goes in a packet of its own.
std::vector<std::string> in_two_fragments(std::string packet) {
  constexpr std::size_t kHeader = 20;
  const std::size_t half = (packet.size() - kHeader) / 16 * 8;
  std::string second = packet.substr(0, kHeader) + packet.substr(kHeader + half);
  packet.resize(kHeader + half);
  packet[6] = 0x20;
  second[6] = static_cast<char>(half / 8 >> 8U);
  second[7] = static_cast<char>(half / 8);
  for (std::string* part : {&packet, &second}) {
    (*part)[2] = static_cast<char>(part->size() >> 8U);
    (*part)[3] = static_cast<char>(part->size());
  }
  return {packet, second};
}

// Packets of all sizes, fragments, and some that fill a block of the feed alone.
std::string mixed_capture() {
  std::string file =
      capture::pcap_header(capture::kLittle, {.snap_length = 1 << 20, .network = test::kRawIp});
  auto add = [&, second = 0U](const std::string& bytes) mutable {
    file +=
        capture::pcap_record(capture::kLittle, ++second, 0, bytes, static_cast<std::uint32_t>(bytes.size()));
  };
  for (std::uint32_t number = 0; number < 2000; ++number) {
    add(tcp_packet(number, std::string(number * 37 % 1400, static_cast<char>('a' + number % 26))));
    if (number % 7 == 0)
      for (const std::string& part : in_two_fragments(tcp_packet(number, std::string(900, 'f')))) add(part);
    if (number % 400 == 0) add(std::string(PacketFeed::kBytesPerBlock + number, 'x'));
    if (number % 500 == 0) add("");
  }
  return file;
}

std::string told(const PacketRecord& record, const std::optional<TcpSegment>& segment) {
  std::string text = std::to_string(record.number) + ' ' + std::string(as_text(record.bytes)) + '|';
  if (segment) text += std::to_string(segment->sequence) + ' ' + std::string(as_text(segment->payload));
  return text;
}

// One packet after the other.
class Packets {
 public:
  explicit Packets(PacketFeed& feed) : feed_(feed) {}
  const DecodedPacket* next() {
    if (!block_ || at_ == block_->packets.size()) {
      if (block_) feed_.give_back(std::move(block_));
      block_ = feed_.next();
      at_ = 0;
    }
    return block_ ? &block_->packets[at_++] : nullptr;
  }

 private:
  PacketFeed& feed_;
  std::unique_ptr<PacketBlock> block_;
  std::size_t at_ = 0;
};

TEST(PacketFeed, GivesThePacketsThatAreInTheCaptureInTheirOrder) {
  const std::string file = mixed_capture();
  MergedCapture here = test::opened(file);
  PacketDecoder here_decoder;
  MergedCapture ahead = test::opened(file);
  PacketDecoder ahead_decoder;
  std::size_t reassembled = 0;
  {
    PacketFeed feed(ahead, ahead_decoder, [] { return true; });
    feed.start();
    Packets packets(feed);
    while (const auto record = here.next()) {
      const auto segment = here_decoder.decode(*record);
      const DecodedPacket* const packet = packets.next();
      ASSERT_NE(packet, nullptr);
      ASSERT_EQ(told(packet->record, packet->segment), told(*record, segment));
      if (segment && segment->payload.size() == 900 && record->bytes.size() < 900) ++reassembled;
    }
    EXPECT_EQ(packets.next(), nullptr);
    EXPECT_EQ(packets.next(), nullptr) << "and again";
  }
  EXPECT_EQ(reassembled, 286U) << "the fragments were put together";
  EXPECT_EQ(ahead_decoder.skipped(), here_decoder.skipped());
}

TEST(PacketFeed, EndsWhereItIsToldToAndHandsOnWhatStopsIt) {
  const std::string file = mixed_capture();
  MergedCapture capture = test::opened(file);
  PacketDecoder decoder;
  std::size_t count = 0;
  {
    PacketFeed feed(capture, decoder, [] { return false; });
    feed.start();
    while (auto block = feed.next()) {
      count += block->packets.size();
      feed.give_back(std::move(block));
    }
  }
  EXPECT_GT(count, 0U);
  EXPECT_LE(count, PacketFeed::kPacketsPerBlock);

  MergedCapture again = test::opened(file);
  PacketFeed feed(again, decoder, []() -> bool { throw std::runtime_error("enough"); });
  feed.start();
  EXPECT_THROW(while (auto block = feed.next()) feed.give_back(std::move(block)), std::runtime_error);
}

// Goal: whoever gives up is not kept waiting by a reader that waits for room.
TEST(PacketFeed, StopsWhenNobodyWantsMore) {
  const std::string file = mixed_capture();
  MergedCapture capture = test::opened(file);
  PacketDecoder decoder;
  PacketFeed feed(capture, decoder, [] { return true; });
  feed.start();
  EXPECT_NE(feed.next(), nullptr);
}

}  // namespace
}  // namespace plaintalk::analyzer
