#include "analyzer/select/write_selection.hpp"

#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "capture/file/file_sink.hpp"
#include "capture/file/pcapng_writer.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::uint32_t kSnapLength = 262144;  // tcpdump's own

class SelectedPackets {
 public:
  SelectedPackets(const MergedCapture& capture, capture::FileSink& file, const std::string& program)
      : capture_(capture),
        writer_([&file](std::string_view block) { file.write(block); },
                {program, capture.is_synthetic()
                              ? "synthetic headers: selected from a recording of the messenger's own"
                              : "selected packets"}) {}

  void write(const PacketRecord& record, std::string_view comment) {
    const auto [place, is_new] = interfaces_.try_emplace({record.interface, record.link_type}, 0);
    if (is_new) {
      const capture::InterfaceInfo* const info = capture_.interface(record.interface);
      const std::uint32_t snap_length =
          info != nullptr && info->snap_length > 0 ? info->snap_length : kSnapLength;
      place->second = writer_.add_interface(
          {record.link_type, snap_length, info != nullptr ? info->name : std::string(), ""});
    }
    writer_.packet(place->second, record.time, record.bytes, record.original_size, comment);
  }

 private:
  const MergedCapture& capture_;
  capture::PcapngWriter writer_;
  std::map<std::pair<std::uint32_t, LinkType>, std::uint32_t> interfaces_;
};

}  // namespace

void write_selection(MergedCapture& capture, const Selection& selection, const std::string& path,
                     const std::string& program) {
  auto next = selection.packets.begin();
  auto record = capture.next();  // a file says what it is at its beginning
  capture::FileSink file = capture::FileSink::create(path);
  try {
    SelectedPackets packets(capture, file, program);
    for (; record && next != selection.packets.end(); record = capture.next()) {
      if (record->number != *next) continue;
      ++next;
      const auto comment = selection.comments.find(record->number);
      packets.write(*record, comment == selection.comments.end() ? std::string_view() : comment->second);
    }
    if (!file.flush()) throw std::runtime_error("cannot write " + terminal_safe(path) + ": " + file.error());
    if (next != selection.packets.end())
      throw std::runtime_error("the capture changed while it was analysed: packet " + std::to_string(*next) +
                               " is not in it any more");
  } catch (...) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) std::filesystem::remove(path, error);
    throw;
  }
}

}  // namespace plaintalk::analyzer
