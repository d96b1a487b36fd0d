#include "messenger/client/download.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

bool is_sha256(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  return text.size() == 64 && text.find_first_not_of(digits) == std::string_view::npos;
}

}  // namespace

Download::Download(std::string file) : file_(std::move(file)) {}

void Download::write_get(std::string& out) {
  FrameWriter frame(out, Verb::get);
  frame.argument(file_);
  if (received_ != 0) frame.parameter("from", received_);
  frame.parameter("credit", kDownloadCredit).end();
  ungranted_ = 0;
}

std::expected<bool, std::string> Download::accepted(std::string name, std::uint64_t size, std::string sha256,
                                                    std::uint64_t from, FileStore& files) {
  if (!is_sha256(sha256)) return std::unexpected("the server announced no usable SHA-256 for this file");
  if (sink_ == nullptr) {
    auto sink = files.create_download(name, sha256, size);
    if (!sink) return std::unexpected(std::move(sink.error()));
    sink_ = std::move(*sink);
    name_ = std::move(name);
    size_ = size;
    sha256_ = std::move(sha256);
    if (sink_->found_size() > 0) return false;
  } else if (size != size_ || sha256 != sha256_) {
    return std::unexpected("the file changed on the server while it was being fetched; fetch it again");
  }
  if (from != received_)
    return std::unexpected("the server goes on at the wrong place; fetch the file again");
  running_ = true;
  return true;
}

std::expected<bool, std::string> Download::hash() {
  if (hashing_ == nullptr) hashing_ = sink_->start_hashing();
  auto result = hashing_->take_result();
  if (!result) return false;
  if (!*result) return std::unexpected(std::move(result->error()));
  hash_ = std::move(**result);
  hashing_.reset();
  received_ = sink_->found_size();
  goes_on_with_part_ = true;
  return true;
}

void Download::discard() {
  hashing_.reset();
  if (sink_ != nullptr) sink_->discard();
}

std::expected<void, std::string> Download::data(std::uint64_t offset, std::string_view bytes,
                                                std::string& out) {
  if (!running_ || offset != received_)
    return std::unexpected("file data arrived out of order; fetch it again");
  if (bytes.size() > size_ - received_) return std::unexpected("more file data arrived than was announced");
  if (auto stored = sink_->append(bytes); !stored) return stored;
  hash_.update(bytes);
  received_ += bytes.size();
  ungranted_ += bytes.size();
  if (ungranted_ >= kDownloadCredit / 2 && received_ < size_) {
    FrameWriter(out, Verb::credit).argument(file_).argument(std::exchange(ungranted_, 0)).end();
  }
  return {};
}

std::expected<std::optional<std::string>, std::string> Download::finish(std::string_view announced_sha256) {
  if (received_ != size_)
    return std::unexpected("the transfer ended before the file was whole; fetch it again");
  running_ = false;
  const std::string computed = hex(hash_.finish());
  if (computed != sha256_ && goes_on_with_part_) {
    discard();
    sink_.reset();
    hash_ = Sha256();
    received_ = 0;
    goes_on_with_part_ = false;
    return std::nullopt;
  }
  if (computed != sha256_ || announced_sha256 != sha256_)
    return std::unexpected("what arrived is not what was sent: its SHA-256 is " + computed + " and not " +
                           sha256_ + "; nothing was saved, fetch it again");
  auto path = sink_->keep();
  if (!path) return std::unexpected(std::move(path.error()));
  return std::move(*path);
}

}  // namespace plaintalk::messenger::client
