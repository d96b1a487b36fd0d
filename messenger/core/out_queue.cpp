#include "messenger/core/out_queue.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.hpp"

namespace plaintalk::messenger {
namespace {

// More is given back when the lane is empty. A turn's answers to a peer that sends fast fit in it.
constexpr std::size_t kReplyCapacityKept = 1024;

constexpr std::size_t kReplyStep = 64 << 10;

iovec piece_of(std::string_view bytes) {
  // sendmsg() only reads, but its type predates const.
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

std::string_view bytes_of(const QueueEntry& entry) {
  return entry.block.bytes().substr(entry.offset, entry.size);
}

}  // namespace

Block::Block(std::string_view bytes) {
  check(bytes.size() < (std::size_t{1} << 31), "a block over 2 GiB");
  void* memory = ::operator new(sizeof(Shared) + bytes.size());
  shared_ = ::new (memory) Shared{1, static_cast<std::uint32_t>(bytes.size())};
  std::memcpy(shared_ + 1, bytes.data(), bytes.size());
}

std::string_view Block::bytes() const {
  if (shared_ == nullptr) return {};
  return {reinterpret_cast<const char*>(shared_ + 1), shared_->size};
}

void Block::free_shared() noexcept { ::operator delete(shared_); }

void EntryRing::pop() {
  entries()[head_].block = Block();
  head_ = (head_ + 1) & (capacity_ - 1);
  if (--count_ > 0) {
    // A peer that reads steadily, but never to the end, does not keep what it once needed.
    if (capacity_ > kKept && count_ == capacity_ / 8) move_to(capacity_ / 4);
    return;
  }
  head_ = 0;
  if (capacity_ <= kKept) return;
  spill_.reset();
  capacity_ = kInline;
}

void EntryRing::grow() { move_to(capacity_ * 2); }

void EntryRing::move_to(std::uint32_t capacity) {
  auto entries_there = std::make_unique<QueueEntry[]>(capacity);
  for (std::uint32_t index = 0; index < count_; ++index)
    entries_there[index] = std::move(entries()[(head_ + index) & (capacity_ - 1)]);
  spill_ = std::move(entries_there);
  capacity_ = capacity;
  head_ = 0;
}

// What is sent makes place before the lane grows: a peer that reads steadily, but never to the end, would
// otherwise let it grow for ever.
void OutQueue::append_reply(std::string_view frame) {
  if (reply_sent_ > 0 && reply_.size() + frame.size() > reply_.capacity()) {
    reply_.erase(0, reply_sent_);
    reply_sent_ = 0;
  }
  // Large ones grow by steps: twice the size would be held for nothing.
  const std::size_t size = reply_.size() + frame.size();
  if (size > reply_.capacity() && reply_.capacity() >= kReplyStep) {
    std::string larger;
    larger.reserve(size + kReplyStep);
    larger.append(reply_);
    reply_.swap(larger);
  }
  reply_.append(frame);
}

void OutQueue::reply(std::string_view frame) {
  if (ordered_count_ > 0) {
    ordered(Block(frame), 0, frame.size());
  } else {
    append_reply(frame);
  }
}

void OutQueue::ordered(std::string_view frame) {
  if (chat_.empty()) {
    append_reply(frame);  // there is nothing it could overtake
  } else {
    ordered(Block(frame), 0, frame.size());
  }
}

// Somebody who pages and does not read must not keep whole blocks alive by small pieces of them.
void OutQueue::ordered(const Block& block, std::size_t offset, std::size_t size) {
  if (size * 2 < block.size()) return ordered(Block(block.bytes().substr(offset, size)), 0, size);
  chat_.push(block, offset, size, 0, true);
  ordered_size_ += static_cast<std::uint32_t>(size);
  ++ordered_count_;
}

void OutQueue::bulk(std::string frame, FileId file) {
  check(wants_bulk(), "file data before replies and chat");
  bulk_ = std::make_unique<Bulk>(Bulk{std::move(frame), file, 0});
}

bool OutQueue::drop_bulk(FileId file) {
  if (!bulk_ || bulk_->file != file || bulk_->sent > 0) return false;
  bulk_.reset();
  return true;
}

// A piece that is partly written comes first, whatever its lane: the peer is in the middle of a frame.
std::size_t OutQueue::gather(std::span<iovec> pieces) const {
  std::size_t count = 0;
  const auto add = [&](std::string_view bytes) {
    if (count < pieces.size() && !bytes.empty()) pieces[count++] = piece_of(bytes);
  };
  const bool bulk_begun = bulk_ && bulk_->sent > 0;
  if (bulk_begun) add(std::string_view(bulk_->text).substr(bulk_->sent));
  std::size_t next_chat = 0;
  if (chat_begun_) add(bytes_of(chat_[next_chat++]));
  add(std::string_view(reply_).substr(reply_sent_));
  for (; next_chat < chat_.count() && count < pieces.size(); ++next_chat) add(bytes_of(chat_[next_chat]));
  if (bulk_ && !bulk_begun) add(bulk_->text);
  return count;
}

void OutQueue::consumed(std::size_t size) {
  if (bulk_ && bulk_->sent > 0) size = consume_bulk(size);
  if (chat_begun_ && size > 0) size = consume_chat_front(size);
  if (!reply_.empty() && size > 0) {
    const std::size_t taken = std::min(size, reply_.size() - reply_sent_);
    size -= taken;
    reply_sent_ += taken;
    if (reply_sent_ == reply_.size()) {
      reply_sent_ = 0;
      reply_.clear();
      if (reply_.capacity() > kReplyCapacityKept) std::string().swap(reply_);
    }
  }
  while (size > 0 && !chat_.empty()) size = consume_chat_front(size);
  if (size > 0 && bulk_) size = consume_bulk(size);
  check(size == 0, "more was written than was queued");
}

std::size_t OutQueue::consume_chat_front(std::size_t size) {
  QueueEntry& entry = chat_.front();
  const std::size_t taken = std::min<std::size_t>(size, entry.size);
  if (entry.is_reply) {
    ordered_size_ -= static_cast<std::uint32_t>(taken);
  } else {
    chat_size_ -= taken;
  }
  chat_begun_ = taken < entry.size;
  if (chat_begun_) {
    entry.offset += static_cast<std::uint32_t>(taken);
    entry.size = static_cast<std::uint32_t>(entry.size - taken) & 0x7fffffffU;
  } else {
    if (entry.is_reply) --ordered_count_;
    numbered_size_ -= entry.numbered_size;
    if (entry.numbered_size > 0) --numbered_count_;
    chat_.pop();
  }
  return size - taken;
}

std::size_t OutQueue::consume_bulk(std::size_t size) {
  const std::size_t taken = std::min(size, bulk_->text.size() - bulk_->sent);
  bulk_->sent += taken;
  if (bulk_->sent == bulk_->text.size()) bulk_.reset();
  return size - taken;
}

}  // namespace plaintalk::messenger
