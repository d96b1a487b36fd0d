// What waits to be written to one connection, in three lanes: replies before chat before file data.
//
// Bytes live in immutable blocks that are shared by reference: a message to a thousand people is encoded
// once, and each queue holds (block, offset, size). The shell drains a queue with gather() and consumed();
// all bounds are kept by ServerCore. Single-threaded: reference counts are plain integers.
//
// Replies overtake chat, with one exception that PONG and END need: an *ordered* frame comes after every chat
// frame queued before it, so it is put into the chat lane, and while one waits there all later replies queue
// behind it. Thus replies keep the order of the commands.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <sys/uio.h>

#include "messenger/core/file_id.hpp"

namespace plaintalk::messenger {

// An immutable run of bytes with a plain reference count, in one allocation.
class Block {
 public:
  Block() = default;
  explicit Block(std::string_view bytes);
  Block(const Block& other) noexcept : shared_(other.shared_) {
    if (shared_ != nullptr) ++shared_->references;
  }
  Block(Block&& other) noexcept : shared_(other.shared_) { other.shared_ = nullptr; }
  Block& operator=(const Block& other) noexcept {
    Block copy(other);
    swap(copy);
    return *this;
  }
  Block& operator=(Block&& other) noexcept {
    Block taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Block() {
    if (shared_ != nullptr && --shared_->references == 0) free_shared();
  }

  std::string_view bytes() const;
  std::size_t size() const { return shared_ == nullptr ? 0 : shared_->size; }
  bool is_same(const Block& other) const { return shared_ == other.shared_; }

 private:
  struct Shared {
    std::uint32_t references;
    std::uint32_t size;  // the bytes follow
  };
  void swap(Block& other) noexcept { std::swap(shared_, other.shared_); }
  void free_shared() noexcept;

  Shared* shared_ = nullptr;
};

// Part of a block that waits in a queue.
struct QueueEntry {
  Block block;
  std::uint32_t offset = 0;
  std::uint32_t size : 31 = 0;
  std::uint32_t is_reply : 1 = 0;   // caused by a command of the connection itself, not by what others say
  std::uint32_t numbered_size = 0;  // of room traffic
};

// A first-in first-out ring of entries: four inside the object, more from the heap while they are needed.
class EntryRing {
 public:
  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }
  const QueueEntry& operator[](std::size_t index) const {
    return entries()[(head_ + index) & (capacity_ - 1)];
  }
  QueueEntry& front() { return entries()[head_]; }
  void push(const Block& block, std::size_t offset, std::size_t size, std::size_t numbered_size,
            bool is_reply) {
    if (count_ == capacity_) grow();
    QueueEntry& entry = entries()[(head_ + count_++) & (capacity_ - 1)];
    entry.block = block;
    entry.offset = static_cast<std::uint32_t>(offset);
    entry.size = static_cast<std::uint32_t>(size) & 0x7fffffffU;
    entry.is_reply = is_reply;
    entry.numbered_size = static_cast<std::uint32_t>(numbered_size);
  }
  std::size_t held_bytes() const { return spill_ ? capacity_ * sizeof(QueueEntry) : 0; }
  void pop();

 private:
  static constexpr std::uint32_t kInline = 4;
  static constexpr std::uint32_t kKept = 64;  // a larger ring is given back once it is empty
  QueueEntry* entries() { return spill_ ? spill_.get() : inside_.data(); }
  const QueueEntry* entries() const { return spill_ ? spill_.get() : inside_.data(); }
  void grow();
  void move_to(std::uint32_t capacity);

  std::unique_ptr<QueueEntry[]> spill_;
  std::uint32_t capacity_ = kInline;  // a power of two
  std::uint32_t head_ = 0;
  std::uint32_t count_ = 0;
  std::array<QueueEntry, kInline> inside_;
};

class OutQueue {
 public:
  // What an entry costs beside its bytes: its place in a ring of up to twice as many, and the head of a
  // block.
  static constexpr std::size_t kEntryCharge = 64;

  // A reply: before all chat, unless an ordered frame waits.
  void reply(std::string_view frame);
  // A reply that must come after the chat that is queued already.
  void ordered(std::string_view frame);
  void ordered(const Block& block, std::size_t offset, std::size_t size);
  // Frames of a room, shared with its other members; `numbered_size` of them are MSG and FILE frames.
  void chat(const Block& block, std::size_t numbered_size) {
    chat_.push(block, 0, block.size(), numbered_size, false);
    chat_size_ += block.size();
    numbered_size_ += numbered_size;
    if (numbered_size > 0) ++numbered_count_;
  }
  // Data of a file. REQUIRES: wants_bulk().
  void bulk(std::string frame, FileId file);
  // Drops what waits of this file and has not begun to be written. False when there is nothing such.
  bool drop_bulk(FileId file);

  bool empty() const { return reply_.empty() && chat_.empty() && !bulk_; }
  // Nothing but file data may be added: the lanes before it are empty.
  bool wants_bulk() const { return empty(); }
  std::size_t reply_size() const { return reply_.size() - reply_sent_ + ordered_size_; }
  std::size_t chat_size() const { return chat_size_; }  // room traffic alone
  // Of it: what has a number, until the last byte of its entry is written, and what has none.
  std::size_t numbered_size() const { return numbered_size_; }
  std::size_t unnumbered_size() const { return chat_size_ - std::min(chat_size_, numbered_size_); }
  // The same with what each entry costs, for limits: a thousand messages of one byte are not a thousand
  // bytes.
  std::size_t numbered_charge() const { return numbered_size_ + numbered_count_ * kEntryCharge; }
  std::size_t unnumbered_charge() const {
    return unnumbered_size() + (chat_.count() - ordered_count_ - numbered_count_) * kEntryCharge;
  }
  std::size_t reply_charge() const { return reply_size() + ordered_count_ * kEntryCharge; }
  // What the queue itself has taken from the heap; blocks are shared and counted by whoever made them.
  std::size_t held_bytes() const { return chat_.held_bytes() + reply_.capacity(); }

  // The bytes to write next, in order; how many pieces were filled.
  std::size_t gather(std::span<iovec> pieces) const;
  // REQUIRES: `size` is at most what the last gather() gave, and nothing was queued since.
  void consumed(std::size_t size);

 private:
  struct Bulk {
    std::string text;
    FileId file{};
    std::size_t sent = 0;
  };
  void append_reply(std::string_view frame);
  std::size_t consume_chat_front(std::size_t size);
  std::size_t consume_bulk(std::size_t size);

  EntryRing chat_;
  std::size_t chat_size_ = 0;
  std::size_t numbered_size_ = 0;
  std::uint32_t numbered_count_ = 0;
  std::uint32_t ordered_size_ = 0;
  std::uint32_t ordered_count_ = 0;  // replies in the chat lane
  std::size_t reply_sent_ = 0;
  bool chat_begun_ = false;  // the first entry is partly written: it must be finished before anything else
  std::string reply_;
  std::unique_ptr<Bulk> bulk_;
};

}  // namespace plaintalk::messenger
