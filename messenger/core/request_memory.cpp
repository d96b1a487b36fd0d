#include "messenger/core/request_memory.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace plaintalk::messenger::core {
namespace {

constexpr std::size_t kAllocation = 16;  // what malloc adds at most

std::size_t heap_of(const std::string& text) {
  static const std::size_t kInside = std::string().capacity();
  return text.capacity() > kInside ? text.capacity() + 1 + kAllocation : 0;
}
std::size_t heap_of(const RequestMemory::Request& request) {
  return heap_of(request.id) + heap_of(request.room);
}

}  // namespace

RequestMemory::~RequestMemory() {
  if (all_ != nullptr) all_->remove(*this);
}

std::size_t RequestMemory::held_bytes() const {
  if (requests_.empty()) return 0;
  return requests_.capacity() * sizeof(Request) + buckets_.capacity() * sizeof(std::uint32_t) + text_bytes_ +
         2 * kAllocation;
}

void RequestMemory::clear() {
  std::vector<Request>().swap(requests_);
  std::vector<std::uint32_t>().swap(buckets_);
  head_ = count_ = text_bytes_ = 0;
}

std::size_t RequestMemory::bucket_of(std::string_view id) const {
  return std::hash<std::string_view>{}(id) & (buckets_.size() - 1);
}

const RequestMemory::Request* RequestMemory::find(std::string_view id) const {
  if (buckets_.empty()) return nullptr;
  for (std::uint32_t place = buckets_[bucket_of(id)]; place != 0; place = requests_[place - 1].older)
    if (requests_[place - 1].id == id) return &requests_[place - 1];
  return nullptr;
}

void RequestMemory::add(Request request, std::size_t count_max, Nanoseconds age_max) {
  if (count_max == 0) return;
  while (count_ > 0 && (count_ >= count_max || request.time - requests_[head_].time > age_max)) drop_oldest();
  if (count_ == requests_.size()) grow(count_max);
  const std::size_t index = (head_ + count_++) % requests_.size();
  std::uint32_t& bucket = buckets_[bucket_of(request.id)];
  request.older = bucket;
  bucket = static_cast<std::uint32_t>(index + 1);
  text_bytes_ -= heap_of(requests_[index]);
  requests_[index] = std::move(request);
  text_bytes_ += heap_of(requests_[index]);
}

// The oldest is the last of its chain, for chains are built from the front.
void RequestMemory::drop_oldest() {
  const auto place = static_cast<std::uint32_t>(head_ + 1);
  std::uint32_t* link = &buckets_[bucket_of(requests_[head_].id)];
  while (*link != place) link = &requests_[*link - 1].older;
  *link = 0;
  head_ = (head_ + 1) % requests_.size();
  --count_;
}

void RequestMemory::grow(std::size_t count_max) {
  std::vector<Request> larger(std::min(std::max<std::size_t>(8, requests_.size() * 2), count_max));
  for (std::size_t index = 0; index < count_; ++index)
    larger[index] = std::move(requests_[(head_ + index) % requests_.size()]);
  requests_ = std::move(larger);
  head_ = 0;
  text_bytes_ = 0;
  for (const Request& request : requests_) text_bytes_ += heap_of(request);
  std::size_t bucket_count = 8;
  while (bucket_count < requests_.size()) bucket_count *= 2;
  buckets_.assign(bucket_count, 0);
  for (std::size_t index = 0; index < count_; ++index) {
    std::uint32_t& bucket = buckets_[bucket_of(requests_[index].id)];
    requests_[index].older = bucket;
    bucket = static_cast<std::uint32_t>(index + 1);
  }
}

void RequestMemories::add(RequestMemory& memory, RequestMemory::Request request, std::size_t count_max,
                          Nanoseconds age_max) {
  held_bytes_ -= memory.held_bytes();
  memory.add(std::move(request), count_max, age_max);
  held_bytes_ += memory.held_bytes();
  if (memory.all_ == nullptr) {
    memory.all_ = this;
    memory.place_ = memories_.insert(memories_.end(), &memory);
  }
  memory.was_used_ = true;
  while (held_bytes_ > bytes_max_ && !memories_.empty()) {
    RequestMemory& oldest = *memories_.front();
    if (std::exchange(oldest.was_used_, false)) {
      memories_.splice(memories_.end(), memories_, oldest.place_);
    } else {
      remove(oldest);
      oldest.clear();
    }
  }
}

void RequestMemories::remove(RequestMemory& memory) {
  held_bytes_ -= memory.held_bytes();
  memories_.erase(memory.place_);
  memory.all_ = nullptr;
}

}  // namespace plaintalk::messenger::core
