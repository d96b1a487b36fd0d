#include "capture/file/pcapng_writer.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "capture/file/pcapng_format.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kOptionSizeMax = 0xFFFF;
constexpr std::string_view kNanoseconds = "\x09";  // if_tsresol: 10^-9 s

void put16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8));
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value & 0xFFFF));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}

void put64(std::string& out, std::uint64_t value) {
  put32(out, static_cast<std::uint32_t>(value & 0xFFFFFFFF));
  put32(out, static_cast<std::uint32_t>(value >> 32));
}

void put_padded(std::string& out, std::string_view bytes) {
  out.append(bytes);
  out.append(pcapng::padded(bytes.size()) - bytes.size(), '\0');
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  if (value.empty()) return;
  value = value.substr(0, kOptionSizeMax);
  put16(out, code);
  put16(out, static_cast<std::uint16_t>(value.size()));
  put_padded(out, value);
}

void put_count(std::string& out, std::uint16_t code, std::uint64_t value) {
  put16(out, code);
  put16(out, 8);
  put64(out, value);
}

// The time of a packet or a statistics block: nanoseconds, the upper half first in both byte orders.
void put_time(std::string& out, WallTime time) {
  // The format cannot say "before 1970".
  const auto nanoseconds =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
  put32(out, static_cast<std::uint32_t>(nanoseconds >> 32));
  put32(out, static_cast<std::uint32_t>(nanoseconds & 0xFFFFFFFF));
}

void begin_block(std::string& block, std::uint32_t type) {
  block.clear();
  put32(block, type);
  put32(block, 0);  // the length, known at the end
}

void end_options(std::string& block) { put32(block, pcapng::kEndOfOptions); }

void end_block(std::string& block) {
  const auto length = static_cast<std::uint32_t>(block.size() + 4);
  put32(block, length);
  std::copy_n(block.end() - 4, 4, block.begin() + 4);
}

}  // namespace

PcapngWriter::PcapngWriter(Sink sink, const Section& section) : sink_(std::move(sink)) {
  begin_block(block_, pcapng::kSectionHeaderBlock);
  put32(block_, pcapng::kByteOrderMagic);
  put16(block_, 1);  // version 1.0
  put16(block_, 0);
  put64(block_, ~std::uint64_t{0});  // the section's length is not known beforehand
  put_option(block_, pcapng::kComment, section.comment);
  put_option(block_, pcapng::kSectionApplication, section.application);
  end_options(block_);
  end_block(block_);
  sink_(block_);
}

std::uint32_t PcapngWriter::add_interface(const Interface& interface) {
  begin_block(block_, pcapng::kInterfaceBlock);
  put16(block_, static_cast<std::uint16_t>(interface.link_type));
  put16(block_, 0);
  put32(block_, interface.snap_length);
  put_option(block_, pcapng::kInterfaceName, interface.name);
  put_option(block_, pcapng::kInterfaceTimeResolution, kNanoseconds);
  // The first byte says that the filter is text as libpcap reads it.
  if (!interface.filter.empty()) put_option(block_, pcapng::kInterfaceFilter, '\0' + interface.filter);
  end_options(block_);
  end_block(block_);
  sink_(block_);
  return interface_count_++;
}

void PcapngWriter::packet(std::uint32_t interface, WallTime time, Bytes bytes, std::uint32_t original_size,
                          std::string_view comment) {
  check(interface < interface_count_, "a packet of an interface that was not added");
  begin_block(block_, pcapng::kEnhancedPacketBlock);
  put32(block_, interface);
  put_time(block_, time);
  put32(block_, static_cast<std::uint32_t>(bytes.size()));
  put32(block_, original_size);
  put_padded(block_, as_text(bytes));
  if (!comment.empty()) {
    put_option(block_, pcapng::kComment, comment);
    end_options(block_);
  }
  end_block(block_);
  sink_(block_);
}

void PcapngWriter::statistics(std::uint32_t interface, WallTime time, const InterfaceStatistics& statistics) {
  check(interface < interface_count_, "statistics of an interface that was not added");
  begin_block(block_, pcapng::kStatisticsBlock);
  put32(block_, interface);
  put_time(block_, time);
  put_count(block_, pcapng::kStatisticsReceived, statistics.received_count);
  put_count(block_, pcapng::kStatisticsInterfaceDrop, statistics.interface_dropped_count);
  put_count(block_, pcapng::kStatisticsKernelDrop, statistics.dropped_count);
  end_options(block_);
  end_block(block_);
  sink_(block_);
}

}  // namespace plaintalk::capture
