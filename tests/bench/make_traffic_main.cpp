// Writes the captures that tests/bench/compare measures with. What each holds is what the peers were measured
// with; SCALE shrinks them (0.25: a quarter of the packets).
#include <cmath>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/traffic.hpp"

namespace plaintalk::bench {
namespace {

constexpr std::int64_t kStart = 1'789'201'500'000'000'000;
constexpr std::uint32_t kServer = 0x0A000001;
constexpr std::uint32_t kClients = 0x0A010000;
constexpr std::uint32_t kMillisecond = 1'000'000;

std::string line(Dice& dice, std::size_t size) {
  constexpr std::string_view kText =
      "the router drops what it cannot name and the student asks why; a segment says where it belongs, a "
      "window says how much more may come, and whoever listens in between can read every word of this line ";
  std::string text;
  while (text.size() + 1 < size) {
    const std::size_t from = dice.below(kText.size());
    text += kText.substr(from, size - 1 - text.size());
  }
  return text + '\n';
}

// 2,000 connections at once, 3,319 in all: lines of 60 to 300 bytes both ways, 15 % of the client's segments
// cut inside a line, 1 % of the segments sent again, 0.5 % out of order.
void chat(PcapFile& file, double scale) {
  Network network(file, 7, {.repeated = 0.010, .unseen = 0.3, .reordered = 0.005});
  Dice& dice = network.dice();
  struct Talker {
    std::size_t connection = 0;
    std::string rest;  // of a line that was cut
  };
  std::vector<Talker> talkers;
  std::uint32_t opened = 0;
  std::int64_t now = kStart;
  const auto open = [&] {
    // Half of all round trips are below 25 ms, with a long tail.
    const double normal = dice.fraction() + dice.fraction() + dice.fraction() + dice.fraction() - 2.0;
    const auto rtt = static_cast<std::int64_t>(25e6 * std::exp(0.9 * normal));
    const std::uint32_t client = kClients + opened % 1500;
    const auto port = static_cast<std::uint16_t>(20000 + opened / 1500 * 7 + opened % 7);
    ++opened;
    return Talker{network.open(now, {client, port}, {kServer, 7777}, rtt), {}};
  };
  for (int count = 0; count < 2000; ++count, now += 50'000) talkers.push_back(open());
  now += 200 * kMillisecond;
  const auto packets = static_cast<std::uint64_t>(3'820'000 * scale);
  const std::uint64_t churn = packets / 1319;
  std::uint64_t next_churn = churn;
  while (file.packet_count() < packets) {
    network.run_until(now);
    if (file.packet_count() >= next_churn && opened < 3319) {
      next_churn += churn;
      Talker& leaving = talkers[dice.below(talkers.size())];
      network.close(now, leaving.connection, dice.chance(0.2));
      leaving = open();
    }
    Talker& talker = talkers[dice.below(talkers.size())];
    if (dice.chance(0.4)) {
      std::string text = std::move(talker.rest) + line(dice, dice.between(60, 300));
      talker.rest.clear();
      if (dice.chance(0.15)) {
        const std::size_t cut = dice.between(20, text.size() - 1);
        talker.rest = text.substr(cut);
        text.resize(cut);
      }
      network.send(now, talker.connection, true, std::move(text));
    } else {
      std::string text = line(dice, dice.between(60, 300));
      while (dice.chance(0.3)) text += line(dice, dice.between(60, 300));
      network.send(now, talker.connection, false, std::move(text));
    }
    now += static_cast<std::int64_t>(dice.between(20'000, 120'000));
  }
  for (const Talker& talker : talkers) network.close(now += 10'000, talker.connection, false);
  network.finish();
}

// 500,000 connections of eight packets, 5,000 a second.
void flows(PcapFile& file, double scale) {
  Network network(file, 11, {});
  Dice& dice = network.dice();
  std::int64_t now = kStart;
  const auto count = static_cast<std::uint32_t>(500'000 * scale);
  for (std::uint32_t index = 0; index < count; ++index, now += 200'000) {
    const std::int64_t rtt = static_cast<std::int64_t>(dice.between(5, 40)) * kMillisecond;
    const auto port = static_cast<std::uint16_t>(1024 + index / 200 % 60000);
    const std::size_t connection =
        network.open(now, {kClients + index % 200, port}, {kServer + index % 3, 8000}, rtt);
    network.send(now + rtt, connection, true, line(dice, dice.between(30, 100)));
    network.send(now + rtt + 100'000, connection, false, line(dice, dice.between(30, 134)));
    network.close(now + 2 * rtt, connection, false);
    network.run_until(now);
  }
  network.finish();
}

// 20 transfers of full segments.
void bulk(PcapFile& file, double scale) {
  Network network(file, 13, {.repeated = 0.0005, .unseen = 0.3, .reordered = 0});
  Dice& dice = network.dice();
  std::vector<std::size_t> connections;
  std::int64_t now = kStart;
  for (std::uint32_t index = 0; index < 20; ++index)
    connections.push_back(network.open(now += 1'000'000, {kClients + index, 40000}, {kServer, 9000},
                                       static_cast<std::int64_t>(dice.between(5, 40)) * kMillisecond));
  std::string block;
  while (block.size() < 1 << 20) block += line(dice, 997);
  now += 50 * kMillisecond;
  for (auto left = static_cast<std::uint64_t>(656'000 * scale); left > 0; --left) {
    const std::uint64_t which = dice.below(connections.size());
    network.send(now, connections[which], which < 10, block.substr(dice.below(block.size() - 1448), 1448));
    network.run_until(now += 12'000);
  }
  for (const std::size_t connection : connections) network.close(now += 1'000'000, connection, false);
  network.finish();
}

// A million connections that never come to be: a SYN each, 10,000 a second.
void half_open(PcapFile& file, double scale) {
  Dice dice(17);
  std::int64_t now = kStart;
  for (auto left = static_cast<std::uint64_t>(1'000'000 * scale); left > 0; --left, now += 100'000) {
    Packet packet;
    packet.source = static_cast<std::uint32_t>(0x30000000 + left);
    packet.target = kServer;
    packet.source_port = static_cast<std::uint16_t>(dice.between(1024, 65535));
    packet.target_port = 7777;
    packet.sequence = static_cast<std::uint32_t>(dice.next());
    packet.flags = kSyn;
    packet.ip_id = static_cast<std::uint16_t>(dice.next());
    file.add(now, packet);
  }
}

int run(std::string_view kind, const std::string& path, double scale) {
  PcapFile file(path);
  if (kind == "chat") {
    chat(file, scale);
  } else if (kind == "flows") {
    flows(file, scale);
  } else if (kind == "bulk") {
    bulk(file, scale);
  } else if (kind == "syn") {
    half_open(file, scale);
  } else {
    std::cerr << "make_traffic: there is no " << kind << "; there are chat, flows, bulk and syn\n";
    return 2;
  }
  file.close();
  std::cout << path << ": " << file.packet_count() << " packets, " << file.size() << " bytes\n";
  return 0;
}

}  // namespace
}  // namespace plaintalk::bench

int main(int argc, char** argv) {
  const double scale = argc > 3 ? std::strtod(argv[3], nullptr) : 1.0;
  if (argc < 3 || argc > 4 || !(scale > 0)) {
    std::cerr << "usage: make_traffic chat|flows|bulk|syn FILE [SCALE]\n";
    return 2;
  }
  try {
    return plaintalk::bench::run(argv[1], argv[2], scale);
  } catch (const std::exception& error) {
    std::cerr << "make_traffic: " << error.what() << '\n';
    return 1;
  }
}
