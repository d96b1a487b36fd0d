#include "tests/capture/file_builder.hpp"

namespace plaintalk::capture {

FileBuilder& FileBuilder::u8(unsigned value) {
  bytes_.push_back(static_cast<char>(value & 0xFF));
  return *this;
}

FileBuilder& FileBuilder::u16(unsigned value) {
  const bool is_big = order_ == Order::big;
  return u8(is_big ? value >> 8 : value).u8(is_big ? value : value >> 8);
}

FileBuilder& FileBuilder::u32(std::uint32_t value) {
  const bool is_big = order_ == Order::big;
  return u16(is_big ? value >> 16 : value & 0xFFFF).u16(is_big ? value & 0xFFFF : value >> 16);
}

FileBuilder& FileBuilder::u64(std::uint64_t value) {
  const auto high = static_cast<std::uint32_t>(value >> 32);
  const auto low = static_cast<std::uint32_t>(value & 0xFFFFFFFF);
  return order_ == Order::big ? u32(high).u32(low) : u32(low).u32(high);
}

FileBuilder& FileBuilder::raw(std::string_view bytes) {
  bytes_.append(bytes);
  return *this;
}

FileBuilder& FileBuilder::pad() {
  while (bytes_.size() % 4 != 0) bytes_.push_back('\0');
  return *this;
}

std::string pcap_header(Order order, const PcapHeader& header) {
  return FileBuilder(order)
      .u32(header.magic)
      .u16(header.major)
      .u16(header.minor)
      .u64(0)
      .u32(header.snap_length)
      .u32(header.network)
      .take();
}

std::string pcap_record(Order order, std::uint32_t seconds, std::uint32_t fraction, std::string_view bytes,
                        std::uint32_t original_size, std::string_view between) {
  return FileBuilder(order)
      .u32(seconds)
      .u32(fraction)
      .u32(static_cast<std::uint32_t>(bytes.size()))
      .u32(original_size)
      .raw(between)
      .raw(bytes)
      .take();
}

namespace ng {

std::string block(Order order, std::uint32_t type, std::string_view body) {
  const std::string padded = FileBuilder(order).raw(body).pad().take();
  const auto length = static_cast<std::uint32_t>(padded.size() + 12);
  return FileBuilder(order).u32(type).u32(length).raw(padded).u32(length).take();
}

std::string option(Order order, unsigned code, std::string_view value) {
  return FileBuilder(order).u16(code).u16(static_cast<unsigned>(value.size())).raw(value).pad().take();
}

std::string section(Order order, std::string_view options, std::uint64_t length) {
  return block(order, 0x0A0D0D0A,
               FileBuilder(order).u32(0x1A2B3C4D).u16(1).u16(0).u64(length).raw(options).take());
}

std::string interface(Order order, unsigned link_type, std::string_view options, std::uint32_t snap_length) {
  return block(order, 1, FileBuilder(order).u16(link_type).u16(0).u32(snap_length).raw(options).take());
}

std::string enhanced(Order order, std::uint32_t interface, std::uint64_t time, std::string_view bytes,
                     std::uint32_t original_size, std::string_view options) {
  return block(order, 6,
               FileBuilder(order)
                   .u32(interface)
                   .u32(static_cast<std::uint32_t>(time >> 32))
                   .u32(static_cast<std::uint32_t>(time & 0xFFFFFFFF))
                   .u32(static_cast<std::uint32_t>(bytes.size()))
                   .u32(original_size)
                   .raw(bytes)
                   .pad()
                   .raw(options)
                   .take());
}

std::string obsolete(Order order, unsigned interface, std::uint64_t time, std::string_view bytes,
                     std::uint32_t original_size) {
  return block(order, 2,
               FileBuilder(order)
                   .u16(interface)
                   .u16(7)  // packets lost since the last one
                   .u32(static_cast<std::uint32_t>(time >> 32))
                   .u32(static_cast<std::uint32_t>(time & 0xFFFFFFFF))
                   .u32(static_cast<std::uint32_t>(bytes.size()))
                   .u32(original_size)
                   .raw(bytes)
                   .take());
}

std::string simple(Order order, std::string_view bytes, std::uint32_t original_size) {
  return block(order, 3, FileBuilder(order).u32(original_size).raw(bytes).take());
}

std::string statistics(Order order, std::uint32_t interface, std::uint64_t received,
                       std::uint64_t interface_drops, std::uint64_t kernel_drops) {
  const auto count = [&](unsigned code, std::uint64_t value) {
    return option(order, code, FileBuilder(order).u64(value).take());
  };
  return block(order, 5,
               FileBuilder(order)
                   .u32(interface)
                   .u64(0)
                   .raw(count(4, received))
                   .raw(count(5, interface_drops))
                   .raw(count(7, kernel_drops))
                   .raw(option(order, 0, ""))
                   .take());
}

}  // namespace ng
}  // namespace plaintalk::capture
