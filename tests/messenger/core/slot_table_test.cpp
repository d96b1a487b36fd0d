// Handles: what has gone is never found again, whoever has its slot.
#include "messenger/core/slot_table.hpp"

#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace plaintalk::messenger::test {
namespace {

using Texts = core::SlotTable<std::string>;
using TextHandle = core::Handle<std::string>;

TEST(SlotTable, FindsWhatItHasAndNothingElse) {
  Texts table;
  EXPECT_EQ(table.find({}), nullptr);
  EXPECT_EQ(table.in_slot(0), nullptr);
  const TextHandle first = table.add("first");
  const TextHandle second = table.add("second");
  EXPECT_EQ(table.at(first), "first");
  EXPECT_EQ(*table.find(second), "second");
  EXPECT_EQ(*table.in_slot(second.slot), "second");
  EXPECT_EQ(table.find({}), nullptr);
  EXPECT_EQ(table.find({first.slot, first.generation + 1}), nullptr);
  EXPECT_EQ(table.find({1'000'000, 1}), nullptr);
  EXPECT_EQ(table.count(), 2U);
}

TEST(SlotTable, ASlotIsUsedAgainAndOldHandlesFindNothing) {
  Texts table;
  const TextHandle old = table.add("old");
  table.remove(old);
  EXPECT_EQ(table.find(old), nullptr);
  EXPECT_EQ(table.in_slot(old.slot), nullptr);
  const TextHandle later = table.add("later");
  EXPECT_EQ(later.slot, old.slot);
  EXPECT_NE(later, old);
  EXPECT_EQ(table.find(old), nullptr);
  EXPECT_EQ(table.at(later), "later");
}

TEST(SlotTableDeathTest, WhatHasGoneIsNotThereForAnybody) {
  Texts table;
  const TextHandle gone = table.add("gone");
  table.remove(gone);
  EXPECT_DEATH(table.at(gone), "a handle of something that has gone");
  EXPECT_DEATH(table.remove(gone), "a handle of something that has gone");
  EXPECT_DEATH(table.at({}), "a handle of something that has gone");
}

// Goal: no handle is given out twice, not even when the generations of a slot are used up.
TEST(SlotTable, ASlotWhoseGenerationsAreUsedUpIsLeftAlone) {
  core::SlotTable<std::string, std::uint8_t> table;
  std::vector<TextHandle> given;
  for (int n = 0; n < 1000; ++n) {
    const TextHandle handle = table.add("x");
    for (const TextHandle old : given) {
      ASSERT_NE(old, handle);
      ASSERT_EQ(table.find(old), nullptr);
    }
    given.push_back(handle);
    table.remove(handle);
  }
  EXPECT_EQ(given.back().slot, 1000U / 128U);
  for (const TextHandle old : given) EXPECT_EQ(table.find(old), nullptr);
}

TEST(SlotTable, ObjectsNeverMoveAndAreDestroyedOnce) {
  const auto counted = std::make_shared<int>();
  using Counted = std::pair<std::shared_ptr<int>, std::uint64_t>;
  std::mt19937 random(11);
  {
    core::SlotTable<Counted> table;
    std::vector<std::pair<core::Handle<Counted>, const Counted*>> living;
    for (std::uint64_t n = 0; n < 20'000; ++n) {
      if (living.empty() || random() % 100 < (n % 4000 < 2000 ? 60 : 40)) {
        const auto handle = table.add(counted, n);
        living.emplace_back(handle, &table.at(handle));
      } else {
        const std::size_t index = random() % living.size();
        table.remove(std::exchange(living[index], living.back()).first);
        living.pop_back();
      }
      ASSERT_EQ(table.count(), living.size());
      ASSERT_EQ(static_cast<std::size_t>(counted.use_count()), living.size() + 1);
      if (n % 500 != 0) continue;
      std::set<const Counted*> visited;
      table.for_each([&](Counted& object, core::Handle<Counted> handle) {
        EXPECT_EQ(table.find(handle), &object);
        visited.insert(&object);
      });
      ASSERT_EQ(visited.size(), living.size());
      for (const auto& [handle, object] : living) ASSERT_EQ(table.find(handle), object);
    }
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(SlotTable, ObjectsMayGoWhileAllAreVisited) {
  Texts table;
  for (int n = 0; n < 200; ++n) table.add(std::to_string(n));
  table.for_each([&](const std::string& text, TextHandle handle) {
    if (text.size() < 3) table.remove(handle);
  });
  EXPECT_EQ(table.count(), 100U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
