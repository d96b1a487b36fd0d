// Rows written by a thread of their own, while the analysis goes on: rows of CSV files and above all of the
// database cost as much as finding them.
#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/run/hand_over.hpp"
#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {

// Some rows, of any tables.
struct RowBlock {
  struct Place {
    const Table* table = nullptr;
    std::size_t cells_end = 0;
    std::size_t texts_end = 0;
  };
  std::vector<Place> places;
  std::vector<Cell> cells;
  std::string texts;

  std::size_t size() const { return cells.size() * sizeof(Cell) + texts.size(); }
};

class RowFeed : public RowSink {
 public:
  static constexpr std::size_t kBlockCount = 8;
  static constexpr std::size_t kBytesPerBlock = 256 << 10;  // and the row that did not fit any more

  // `sinks` get every row, in its thread. Throws std::system_error when there is no thread to be had.
  explicit RowFeed(std::vector<RowSink*> sinks);
  ~RowFeed();
  RowFeed(const RowFeed&) = delete;
  RowFeed& operator=(const RowFeed&) = delete;

  // What stopped a sink comes out of this, some rows later, or of finish_rows().
  void row(const Row& row) override;
  // In whatever thread: the answer never changes.
  bool wants(const Table& table) const override;
  // When it returns, the sinks have all rows and are nobody's until the next one.
  void finish_rows();

 private:
  void write_all();
  void write(const RowBlock& block);
  void hand_over();

  std::vector<RowSink*> sinks_;
  HandOver<RowBlock> blocks_{kBlockCount};
  std::unique_ptr<RowBlock> current_;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace plaintalk::analyzer
