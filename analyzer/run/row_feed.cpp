#include "analyzer/run/row_feed.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/worker_thread.hpp"

namespace plaintalk::analyzer {

RowFeed::RowFeed(std::vector<RowSink*> sinks) : sinks_(std::move(sinks)) {
  thread_ = start_worker([this] { write_all(); });
}

RowFeed::~RowFeed() {
  blocks_.stop();
  thread_.join();
}

bool RowFeed::wants(const Table& table) const {
  return std::ranges::any_of(sinks_, [&](const RowSink* sink) { return sink->wants(table); });
}

void RowFeed::row(const Row& row) {
  if (current_ && current_->size() >= kBytesPerBlock) hand_over();
  if (!current_) {
    current_ = blocks_.take_empty();
    if (!current_) {
      const std::lock_guard lock(mutex_);
      std::rethrow_exception(failure_);
    }
    if (current_->size() > 2 * kBytesPerBlock) *current_ = {};  // a giant row's memory is not kept
    current_->places.clear();
    current_->cells.clear();
    current_->texts.clear();
  }
  const auto cells = row.cells();
  current_->cells.insert(current_->cells.end(), cells.begin(), cells.end());
  current_->texts += row.texts();
  current_->places.push_back({&row.table(), current_->cells.size(), current_->texts.size()});
}

void RowFeed::hand_over() {
  if (current_) blocks_.hand_over(std::move(current_));
}

void RowFeed::finish_rows() {
  hand_over();
  blocks_.wait_until_used();
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

// In the feed's thread, like all that follow.
void RowFeed::write_all() {
  try {
    while (auto block = blocks_.take_full()) {
      write(*block);
      blocks_.give_back(std::move(block));
    }
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
    blocks_.stop();
  }
}

void RowFeed::write(const RowBlock& block) {
  std::size_t cells = 0;
  std::size_t texts = 0;
  for (const RowBlock::Place& place : block.places) {
    const Row row(*place.table, std::span(block.cells).subspan(cells, place.cells_end - cells),
                  std::string_view(block.texts).substr(texts, place.texts_end - texts));
    for (RowSink* const sink : sinks_) sink->row(row);
    cells = place.cells_end;
    texts = place.texts_end;
  }
}

}  // namespace plaintalk::analyzer
