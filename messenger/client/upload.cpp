#include "messenger/client/upload.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::uint64_t kCreditMax = std::uint64_t{1} << 40;  // more is as good as this, and cannot overflow

}  // namespace

Upload::Upload(std::unique_ptr<UploadSource> source, std::string target)
    : source_(std::move(source)), target_(std::move(target)) {}

std::expected<bool, std::string> Upload::hash() {
  if (hashing_ == nullptr) hashing_ = source_->start_hashing();
  auto result = hashing_->take_result();
  if (!result) return false;
  if (!*result) return std::unexpected(std::move(result->error()));
  sha256_ = hex((*result)->finish());
  hashing_.reset();
  stage_ = Stage::waiting;
  return true;
}

void Upload::write_put(std::string& out) {
  FrameWriter(out, Verb::put)
      .argument(escape(source_->name()))
      .argument(source_->size())
      .parameter("sha256", sha256_)
      .parameter("to", target_)
      .end();
  stage_ = Stage::putting;
}

bool Upload::accepted(std::string file, std::uint64_t next, std::uint64_t chunk, std::uint64_t credit) {
  if (file.empty() || next > source_->size() || chunk == 0) return false;
  file_ = std::move(file);
  next_ = next;
  confirmed_ = next;
  chunk_ = std::min<std::uint64_t>(chunk, kSkippedBodySizeMax);
  credit_ = std::min(credit, kCreditMax);
  stage_ = Stage::sending;
  return true;
}

void Upload::granted(std::uint64_t credit) {
  credit_ = std::min(credit_ + std::min(credit, kCreditMax), kCreditMax);
}

void Upload::acknowledged(std::uint64_t next) {
  confirmed_ = std::max(confirmed_, std::min(next, source_->size()));
}

void Upload::rewind(std::uint64_t next, std::uint64_t size, unsigned generation, bool wait_for_credit) {
  credit_ += size;  // a refused frame used none
  if (generation != generation_) return;
  ++generation_;
  next_ = std::min(next, source_->size());
  confirmed_ = std::max(confirmed_, next_);  // the server has everything before it
  if (wait_for_credit) credit_ = 0;
}

bool Upload::may_send() const {
  if (stage_ != Stage::sending || next_ >= source_->size()) return false;
  return credit_ >= std::min(chunk_, source_->size() - next_);
}

std::expected<std::uint64_t, std::string> Upload::write_data(std::string& out) {
  const auto size = static_cast<std::size_t>(std::min(chunk_, source_->size() - next_));
  auto bytes = source_->read(next_, size);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  FrameWriter(out, Verb::data).argument(file_).argument(next_).counted_body(*bytes);
  next_ += size;
  credit_ -= size;
  return size;
}

void Upload::write_done(std::string& out) {
  FrameWriter(out, Verb::done).argument(file_).end();
  if (stage_ != Stage::unsure) stage_ = Stage::finishing;
}

void Upload::connection_lost() {
  if (stage_ == Stage::finishing)
    stage_ = Stage::unsure;
  else if (stage_ != Stage::unhashed && stage_ != Stage::unsure)
    stage_ = Stage::waiting;
  ++generation_;
}

}  // namespace plaintalk::messenger::client
