// The containers of the rules that are made for few elements, or for names.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "messenger/core/name_table.hpp"
#include "messenger/core/rare.hpp"
#include "messenger/core/short_list.hpp"

namespace plaintalk::messenger::test {
namespace {

TEST(ShortList, AgreesWithAVector) {
  std::mt19937 random(7);
  core::ShortList<int> list;
  std::vector<int> expected;
  for (int step = 0; step < 2000; ++step) {
    const int element = static_cast<int>(random() % 30);
    switch (random() % 5) {
      case 0:
        if (!expected.empty()) {
          expected.pop_back();
          list.pop_back();
        }
        break;
      case 1:
      case 2:
        std::erase(expected, element);
        list.remove(element);
        break;
      default:
        expected.push_back(element);
        list.push_back(element);
        ASSERT_EQ(list.back(), element);
    }
    ASSERT_EQ(list.size(), expected.size());
    ASSERT_EQ(list.empty(), expected.empty());
    ASSERT_TRUE(std::ranges::equal(list, expected)) << "step " << step;
  }
}

TEST(Rare, IsEmptyUntilSomethingIsPutInAndAfterTheLastIsTakenOut) {
  core::Rare<std::vector<int>> rare;
  EXPECT_TRUE(rare->empty());
  rare.reduce([](std::vector<int>&) { FAIL() << "there is nothing to reduce"; });
  rare.made().push_back(1);
  rare.made().push_back(2);
  EXPECT_EQ(*rare, (std::vector{1, 2}));
  rare.reduce([](std::vector<int>& numbers) { numbers.pop_back(); });
  EXPECT_EQ(*rare, std::vector{1});
  rare.reduce([](std::vector<int>& numbers) { numbers.pop_back(); });
  EXPECT_TRUE(rare->empty());
  rare.clear();
  EXPECT_TRUE(rare->empty());
}

struct Named {
  core::Handle<Named> handle;
  std::string name;
};

// Goal: removing one name never hides another, whatever their places in the table.
TEST(NameTable, AgreesWithAPlainMap) {
  std::mt19937 random(7);
  core::NameTable<Named> table;
  std::map<std::string, core::Handle<Named>> expected;
  for (int step = 0; step < 20'000; ++step) {
    const std::string name = "n" + std::to_string(random() % 400);
    const auto known = expected.find(name);
    Named* const found = table.find(name);
    ASSERT_EQ(found != nullptr, known != expected.end()) << name;
    if (found == nullptr) {
      expected[name] = table.add(name).handle;
    } else {
      ASSERT_EQ(found->handle, known->second);
      if (random() % 2 == 0) {
        table.remove(*found);
        expected.erase(known);
      }
    }
    ASSERT_EQ(table.count(), expected.size());
  }
  for (const auto& [name, handle] : expected) ASSERT_EQ(table.find(name), &table.at(handle));
}

}  // namespace
}  // namespace plaintalk::messenger::test
