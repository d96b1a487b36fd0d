#include "messenger/net/event_queue.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "messenger/net/event_fields.hpp"

namespace plaintalk::messenger {
namespace {

using Connections = std::span<const ConnectionId>;
using Kind = std::uint8_t;
using Count = std::uint32_t;

template <class Value>
constexpr bool kIsSequence = std::is_same_v<Value, std::string_view> || std::is_same_v<Value, Connections>;

// The part of the queue that only events other than messages may use.
constexpr std::size_t kReservedShare = 4;
constexpr std::size_t kPlaceMin = 64 << 10;

// How many bytes the Encoder writes.
class EncodedSize {
 public:
  template <class Value>
  void operator()(std::string_view, const Value& value) {
    if constexpr (kIsSequence<Value>)
      size_ += sizeof(Count) + value.size() * sizeof(value[0]);
    else
      size_ += sizeof value;
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = sizeof(Kind) + sizeof(WallTime);
};

class Encoder {
 public:
  // REQUIRES: there is room for EncodedSize.
  explicit Encoder(char* place) : at_(place) {}

  template <class Value>
  void operator()(std::string_view, const Value& value) {
    put(value);
  }
  template <class Value>
  void put(const Value& value) {
    if constexpr (kIsSequence<Value>) {
      put(static_cast<Count>(value.size()));
      append(value.data(), value.size() * sizeof(value[0]));
    } else {
      static_assert(std::is_trivially_copyable_v<Value>);
      append(&value, sizeof value);
    }
  }

 private:
  void append(const void* data, std::size_t size) {
    if (size > 0) std::memcpy(at_, data, size);
    at_ += size;
  }
  char* at_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  void begin_event() { list_count_ = 0; }

  template <class Value>
  void operator()(std::string_view, Value& value) {
    get(value);
  }
  template <class Value>
  void get(Value& value) {
    if constexpr (std::is_same_v<Value, std::string_view>) {
      value = take(count());
    } else if constexpr (std::is_same_v<Value, Connections>) {
      // The bytes may lie anywhere; a span needs them aligned.
      std::vector<ConnectionId>& list = lists_[list_count_++];
      list.resize(count());
      const std::string_view bytes = take(list.size() * sizeof(ConnectionId));
      if (!bytes.empty()) std::memcpy(list.data(), bytes.data(), bytes.size());
      value = list;
    } else {
      std::memcpy(&value, take(sizeof value).data(), sizeof value);
    }
  }

 private:
  std::size_t count() {
    Count count = 0;
    std::memcpy(&count, take(sizeof count).data(), sizeof count);
    return count;
  }
  std::string_view take(std::size_t size) {
    check(size <= rest_.size(), "an event is whole");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
  std::array<std::vector<ConnectionId>, 2> lists_;
  std::size_t list_count_ = 0;
};

template <std::size_t Index>
void decode_as(Decoder& decoder, WallTime time,
               const std::function<void(const ServerEvent&, WallTime)>& visit) {
  ServerEvent event(std::in_place_index<Index>);
  each_field(std::get<Index>(event), decoder);
  visit(event, time);
}

template <std::size_t... Index>
void decode_one(Decoder& decoder, std::size_t kind, WallTime time,
                const std::function<void(const ServerEvent&, WallTime)>& visit,
                std::index_sequence<Index...>) {
  ((kind == Index ? decode_as<Index>(decoder, time, visit) : void()), ...);
}

std::size_t encoded_size(const ServerEvent& event) {
  EncodedSize size;
  std::visit([&](const auto& kind) { each_field(kind, size); }, event);
  return size.size();
}

// REQUIRES: `size` is encoded_size(event).
void append_event(const ServerEvent& event, WallTime time, std::size_t size, std::string& out) {
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + size, [&](char* bytes, std::size_t) {
    Encoder encoder(bytes + before);
    encoder.put(static_cast<Kind>(event.index()));
    encoder.put(time);
    std::visit([&](const auto& kind) { each_field(kind, encoder); }, event);
    return before + size;
  });
}

}  // namespace

void encode_event(const ServerEvent& event, WallTime time, std::string& out) {
  append_event(event, time, encoded_size(event), out);
}

void each_event(std::string_view bytes, const std::function<void(const ServerEvent&, WallTime)>& visit) {
  Decoder decoder(bytes);
  while (!decoder.at_end()) {
    decoder.begin_event();
    Kind kind = 0;
    WallTime time;
    decoder.get(kind);
    decoder.get(time);
    decode_one(decoder, kind, time, visit, std::make_index_sequence<std::variant_size_v<ServerEvent>>());
  }
}

void EventQueue::push(const ServerEvent& event, WallTime time) {
  const bool is_message = std::holds_alternative<Routed>(event);
  const std::size_t bytes_max = is_message ? bytes_max_ - bytes_max_ / kReservedShare : bytes_max_;
  const std::size_t size = encoded_size(event);
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (pending_.size() + size <= bytes_max) {
      make_place(size);
      append_event(event, time, size, pending_);
    } else {
      ++(is_message ? lost_.routed : lost_.other);
    }
    if (waiting_ || (gathering_ && is_batch_full())) {
      waiting_ = gathering_ = false;
      ++wakes_;
      wake = true;
    }
  }
  if (wake) wake_.notify_one();
}

// A string doubles when it grows, also when less was asked for, unless it is a new one: the last step is cut
// at what may be held, so that the bound is one of memory and not of content.
void EventQueue::make_place(std::size_t size) {
  const std::size_t needed = pending_.size() + size;
  if (needed <= pending_.capacity()) return;
  std::string larger;
  larger.reserve(std::min(std::max({2 * pending_.capacity(), needed, kPlaceMin}), bytes_max_));
  larger += pending_;
  pending_.swap(larger);
}

void EventQueue::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  wake_.notify_one();
}

bool EventQueue::take(Batch& batch) {
  batch.bytes.clear();
  std::unique_lock lock(mutex_);
  const auto has_some = [this] { return !pending_.empty() || lost_.routed > 0 || lost_.other > 0; };
  while (!closed_ && !has_some()) {
    waiting_ = true;
    wake_.wait(lock);
  }
  waiting_ = false;
  gathering_ = true;
  while (!closed_ && !is_batch_full() && wake_.wait_until(lock, gathered_until_) != std::cv_status::timeout) {
  }
  gathering_ = false;
  gathered_until_ = std::chrono::steady_clock::now() + kGatherTime;
  const bool some = has_some();
  batch.bytes.swap(pending_);
  batch.lost = std::exchange(lost_, {});
  return some;
}

}  // namespace plaintalk::messenger
