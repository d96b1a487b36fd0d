// What a simulated server gets instead of the world: dice for chance, a line of passwords for a thread,
// nobody who logs.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <utility>

#include "messenger/core/services.hpp"

namespace plaintalk::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // 0 .. bound - 1. Not a std distribution: those differ between libraries.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  std::mt19937_64 engine_;
};

class DiceRandom : public messenger::RandomSource {
 public:
  explicit DiceRandom(Dice& dice) : dice_(dice) {}
  std::string bytes(std::size_t size) override {
    std::string octets(size, '\0');
    for (char& octet : octets) octet = static_cast<char>(dice_.below(256));
    return octets;
  }

 private:
  Dice& dice_;
};

class PasswordLine : public messenger::PasswordWorker {
 public:
  bool submit(messenger::PasswordJob job) override {
    jobs.push_back(std::move(job));
    return true;
  }
  std::deque<messenger::PasswordJob> jobs;
};

class NoEvents : public messenger::EventSink {
 public:
  void event(const messenger::ServerEvent&, WallTime) override {}
  bool wants_routes() const override { return true; }
};

}  // namespace plaintalk::sim
