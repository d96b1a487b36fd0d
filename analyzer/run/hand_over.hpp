// Work handed from one thread to the next. A fixed number of items goes round: the maker takes an empty one,
// fills it and hands it over; the user empties it and gives it back. So memory is bounded, and nothing is
// allocated while it runs.
//
// To wake a thread costs more than to fill an item: who had to wait goes on only when there is work for a
// while.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace plaintalk::analyzer {

template <typename Item>
class HandOver {
 public:
  // How many there must be for one who waited.
  static constexpr std::size_t kCountToGoOn = 3;

  explicit HandOver(std::size_t count) : count_(count) {
    while (empty_.size() < count) empty_.push_back(std::make_unique<Item>());
  }

  // An empty one; nullptr when nobody wants more.
  std::unique_ptr<Item> take_empty() {
    std::unique_lock lock(mutex_);
    if (empty_.empty()) changed_.wait(lock, [&] { return empty_.size() >= kCountToGoOn || is_unwanted_; });
    if (is_unwanted_) return nullptr;
    auto item = std::move(empty_.back());
    empty_.pop_back();
    return item;
  }
  void hand_over(std::unique_ptr<Item> item) {
    const std::lock_guard lock(mutex_);
    full_.push_back(std::move(item));
    if (full_.size() == kCountToGoOn) changed_.notify_all();
  }
  // Waits until everything that was handed over has come back. The maker holds no item then.
  void wait_until_used() {
    std::unique_lock lock(mutex_);
    is_waited_for_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return empty_.size() == count_ || is_unwanted_; });
    is_waited_for_ = false;
  }
  // Nothing more will come. `failure`, if there is one, comes out of take_full() after all that is full.
  void end(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
    has_ended_ = true;
    changed_.notify_all();
  }

  // The next in their order; nullptr at the end.
  std::unique_ptr<Item> take_full() {
    std::unique_lock lock(mutex_);
    const auto is_enough = [&] {
      return full_.size() >= kCountToGoOn || has_ended_ || is_unwanted_ || (is_waited_for_ && !full_.empty());
    };
    if (full_.empty()) changed_.wait(lock, is_enough);
    if (is_unwanted_) return nullptr;
    if (full_.empty()) {
      if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
      return nullptr;
    }
    auto item = std::move(full_.front());
    full_.pop_front();
    return item;
  }
  void give_back(std::unique_ptr<Item> item) {
    const std::lock_guard lock(mutex_);
    empty_.push_back(std::move(item));
    if (empty_.size() == kCountToGoOn || empty_.size() == count_) changed_.notify_all();
  }
  // Nobody wants more: whoever waits goes home.
  void stop() {
    const std::lock_guard lock(mutex_);
    is_unwanted_ = true;
    changed_.notify_all();
  }

 private:
  const std::size_t count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Item>> full_;
  std::vector<std::unique_ptr<Item>> empty_;
  std::exception_ptr failure_;
  bool has_ended_ = false;
  bool is_unwanted_ = false;
  bool is_waited_for_ = false;
};

}  // namespace plaintalk::analyzer
