// Builds capture files byte by byte, by name and in either byte order: an implementation of the formats
// that shares nothing with the reader and the writer under test.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plaintalk::capture {

enum class Order : std::uint8_t { little, big };
constexpr Order kLittle = Order::little;

class FileBuilder {
 public:
  explicit FileBuilder(Order order) : order_(order) {}

  FileBuilder& u8(unsigned value);
  FileBuilder& u16(unsigned value);
  FileBuilder& u32(std::uint32_t value);
  FileBuilder& u64(std::uint64_t value);
  FileBuilder& raw(std::string_view bytes);
  FileBuilder& pad();  // to a multiple of 4
  std::string take() const { return bytes_; }
  Order order() const { return order_; }

 private:
  Order order_;
  std::string bytes_;
};

struct PcapHeader {
  std::uint32_t magic = 0xA1B2C3D4;
  unsigned major = 2;
  unsigned minor = 4;
  std::uint32_t snap_length = 65535;
  std::uint32_t network = 1;
};
std::string pcap_header(Order order, const PcapHeader& header = {});
std::string pcap_record(Order order, std::uint32_t seconds, std::uint32_t fraction, std::string_view bytes,
                        std::uint32_t original_size, std::string_view between = {});

namespace ng {
std::string block(Order order, std::uint32_t type, std::string_view body);
std::string option(Order order, unsigned code, std::string_view value);
std::string section(Order order, std::string_view options = {}, std::uint64_t length = ~std::uint64_t{0});
std::string interface(Order order, unsigned link_type = 1, std::string_view options = {},
                      std::uint32_t snap_length = 0);
std::string enhanced(Order order, std::uint32_t interface, std::uint64_t time, std::string_view bytes,
                     std::uint32_t original_size, std::string_view options = {});
std::string obsolete(Order order, unsigned interface, std::uint64_t time, std::string_view bytes,
                     std::uint32_t original_size);
std::string simple(Order order, std::string_view bytes, std::uint32_t original_size);
std::string statistics(Order order, std::uint32_t interface, std::uint64_t received,
                       std::uint64_t interface_drops, std::uint64_t kernel_drops);
}  // namespace ng

}  // namespace plaintalk::capture
