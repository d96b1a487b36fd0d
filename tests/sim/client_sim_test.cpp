// The real client's session against the real server, through restarts: client_run.hpp says what must hold.
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/number.hpp"
#include "tests/sim/client_run.hpp"

namespace plaintalk::sim {
namespace {

constexpr std::uint64_t kClientSeedCount = 10;

std::optional<std::uint64_t> seed_setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : parse_decimal<std::uint64_t>(text);
}

std::string listed(const ClientRunResult& result) {
  std::string text;
  for (const std::string& violation : result.violations) text += violation + "\n";
  return text;
}

TEST(ClientSimulation, EverybodyComesBackAndNothingIsLostOrRepeated) {
  if (const auto seed = seed_setting("PLAINTALK_SEED")) {
    const ClientRunResult result = run_clients(*seed, ClientFault::none);
    EXPECT_TRUE(result.violations.empty()) << result.story << listed(result);
    return;
  }
  const std::uint64_t count = seed_setting("PLAINTALK_SEED_COUNT").value_or(kClientSeedCount);
  Happened happened;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    const ClientRunResult result = run_clients(seed, ClientFault::none);
    ASSERT_TRUE(result.violations.empty()) << "replay with PLAINTALK_SEED=" << seed << "\n" << listed(result);
    for (const auto& [name, times] : result.happened) happened[name] += times;
  }
  // The runs were worth something only if all of this happened.
  for (const std::string& name : all_that_may_happen()) EXPECT_GT(happened[name], 0U) << name;
  EXPECT_GT(happened["room msg"] + happened["direct msg"], count * 50);
  if (count > kClientSeedCount)
    for (const auto& [name, times] : happened) std::cout << times << " times " << name << "\n";
}

class FaultyClient : public ::testing::TestWithParam<ClientFault> {};

TEST_P(FaultyClient, IsFoundOut) {
  bool is_found = false;
  for (std::uint64_t seed = 1; seed <= 8 && !is_found; ++seed)
    is_found = !run_clients(seed, GetParam()).violations.empty();
  EXPECT_TRUE(is_found);
}

INSTANTIATE_TEST_SUITE_P(ClientSimulation, FaultyClient,
                         ::testing::Values(ClientFault::never_comes_back, ClientFault::no_request_memory,
                                           ClientFault::bent_text),
                         [](const auto& parameter) {
                           switch (parameter.param) {
                             case ClientFault::never_comes_back: return "NeverComesBack";
                             case ClientFault::no_request_memory: return "NoRequestMemory";
                             default: return "BentText";
                           }
                         });

}  // namespace
}  // namespace plaintalk::sim
