// Of a capture whose TCP/IP headers an application made up, everything that comes from them is no knowledge:
// such cells are emptied and such tables stay without rows, in every sink behind.
#pragma once

#include <algorithm>
#include <vector>

#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {

class HeaderFilter : public RowSink {
 public:
  void add(RowSink& sink) { sinks_.push_back(&sink); }
  void set_synthetic(bool is_synthetic) { is_synthetic_ = is_synthetic; }
  bool is_synthetic() const { return is_synthetic_; }

  void row(const Row& row) override {
    if (!is_synthetic_) return pass(row);
    if (!row.table().is_of_headers) pass(row.without_header_figures());
  }
  bool wants(const Table& table) const override {
    return std::ranges::any_of(sinks_, [&](const RowSink* sink) { return sink->wants(table); });
  }

 private:
  void pass(const Row& row) {
    for (RowSink* const sink : sinks_) sink->row(row);
  }

  std::vector<RowSink*> sinks_;
  bool is_synthetic_ = false;
};

}  // namespace plaintalk::analyzer
