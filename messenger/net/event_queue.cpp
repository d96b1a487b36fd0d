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

// The part of the queue that only events other than messages may use.
constexpr std::size_t kReservedShare = 4;
constexpr std::size_t kPlaceMin = 64 << 10;

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  template <class Value>
  void operator()(std::string_view, const Value& value) {
    put(value);
  }
  template <class Value>
  void put(const Value& value) {
    if constexpr (std::is_same_v<Value, std::string_view> || std::is_same_v<Value, Connections>) {
      const auto count = static_cast<std::uint32_t>(value.size());
      append(&count, sizeof count);
      if (count > 0) append(value.data(), value.size() * sizeof(value[0]));
    } else {
      static_assert(std::is_trivially_copyable_v<Value>);
      append(&value, sizeof value);
    }
  }

 private:
  void append(const void* data, std::size_t size) { out_.append(static_cast<const char*>(data), size); }
  std::string& out_;
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
    std::uint32_t count = 0;
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
  std::variant_alternative_t<Index, ServerEvent> event{};
  each_field(event, decoder);
  visit(event, time);
}

template <std::size_t... Index>
void decode_one(Decoder& decoder, std::size_t kind, WallTime time,
                const std::function<void(const ServerEvent&, WallTime)>& visit,
                std::index_sequence<Index...>) {
  ((kind == Index ? decode_as<Index>(decoder, time, visit) : void()), ...);
}

}  // namespace

void encode_event(const ServerEvent& event, WallTime time, std::string& out) {
  Encoder encoder(out);
  encoder.put(static_cast<std::uint8_t>(event.index()));
  encoder.put(time);
  std::visit([&](const auto& kind) { each_field(kind, encoder); }, event);
}

void each_event(std::string_view bytes, const std::function<void(const ServerEvent&, WallTime)>& visit) {
  Decoder decoder(bytes);
  while (!decoder.at_end()) {
    decoder.begin_event();
    std::uint8_t kind = 0;
    WallTime time;
    decoder.get(kind);
    decoder.get(time);
    decode_one(decoder, kind, time, visit, std::make_index_sequence<std::variant_size_v<ServerEvent>>());
  }
}

void EventQueue::push(const ServerEvent& event, WallTime time) {
  const bool is_message = std::holds_alternative<Routed>(event);
  const std::size_t bytes_max = is_message ? bytes_max_ - bytes_max_ / kReservedShare : bytes_max_;
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    const std::size_t before = pending_.size();
    make_place();
    // Encoded in place; what turns out too long is taken back.
    if (before < bytes_max) encode_event(event, time, pending_);
    if (before >= bytes_max || pending_.size() > bytes_max) {
      pending_.resize(before);
      ++(is_message ? lost_.routed : lost_.other);
    }
    if (waiting_ || (gathering_ && is_half_full())) {
      waiting_ = gathering_ = false;
      ++wakes_;
      wake = true;
    }
  }
  if (wake) wake_.notify_one();
}

// A string doubles when it grows: the last step is cut at what may be held, so that the bound is one of
// memory and not of content. An event is shorter than kPlaceMin unless it goes to more than 8,000
// connections.
void EventQueue::make_place() {
  if (pending_.capacity() - pending_.size() >= kPlaceMin) return;
  const std::size_t wanted = std::max(2 * pending_.capacity(), pending_.size() + kPlaceMin);
  pending_.reserve(std::max(pending_.capacity(), std::min(wanted, bytes_max_ + kPlaceMin)));
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
  while (!closed_ && !is_half_full() && wake_.wait_until(lock, gathered_until_) != std::cv_status::timeout) {
  }
  gathering_ = false;
  gathered_until_ = std::chrono::steady_clock::now() + kGatherTime;
  const bool some = has_some();
  batch.bytes.swap(pending_);
  batch.lost = std::exchange(lost_, {});
  return some;
}

}  // namespace plaintalk::messenger
