#include "tests/generated/conversation.hpp"

#include <map>
#include <string_view>

#include "tests/golden/lab.hpp"

namespace plaintalk::generated {
namespace {

constexpr std::size_t kIpHeaderSize = 20;

std::uint16_t u16_at(std::string_view packet, std::size_t at) {
  return static_cast<std::uint16_t>((static_cast<std::uint8_t>(packet[at]) << 8) |
                                    static_cast<std::uint8_t>(packet[at + 1]));
}

// The packets of the tape become bursts; a SYN begins a connection, a FIN ends it.
void take_apart(const golden::Tape& tape, Conversation& conversation) {
  std::map<std::uint16_t, std::size_t> by_port;
  std::vector<bool> closed;
  for (const golden::Recorded& recorded : tape.packets()) {
    const std::string_view packet = recorded.packet;
    const std::uint16_t source = u16_at(packet, kIpHeaderSize);
    const std::uint16_t target = u16_at(packet, kIpHeaderSize + 2);
    const bool from_server = source == golden::server_endpoint().port;
    const std::uint16_t port = from_server ? target : source;
    const auto flags = static_cast<std::uint8_t>(packet[kIpHeaderSize + 13]);
    if (flags == capture::tcp_flag::kSyn) {
      by_port[port] = conversation.connection_count++;
      conversation.streams.emplace_back();
      conversation.clients.push_back(golden::client_endpoint(port - golden::client_endpoint(0).port));
      closed.push_back(false);
      conversation.bursts.push_back({Burst::Kind::open, by_port[port], {}, {}});
    }
    const std::size_t connection = by_port[port];
    const std::size_t header = 4 * (static_cast<std::uint8_t>(packet[kIpHeaderSize + 12]) >> 4U);
    const std::string payload(packet.substr(kIpHeaderSize + header));
    const auto direction =
        from_server ? analyzer::Direction::server_to_client : analyzer::Direction::client_to_server;
    if (!payload.empty()) {
      conversation.bursts.push_back({Burst::Kind::data, connection, direction, payload});
      conversation.streams[connection][static_cast<std::size_t>(direction)] += payload;
    }
    if ((flags & capture::tcp_flag::kFin) != 0 && !closed[connection]) {
      closed[connection] = true;
      conversation.bursts.push_back({Burst::Kind::close, connection, {}, {}});
    }
  }
}

}  // namespace

Conversation make_conversation(const Plan& plan) {
  constexpr std::size_t kWholeBurst = 30000;
  golden::Tape tape;
  golden::Lab lab(tape);
  std::vector<golden::Person*> people;
  const auto enter = [&](std::size_t index) {
    golden::Person& person =
        lab.connect("person" + std::to_string(index), golden::client_endpoint(static_cast<unsigned>(index)),
                    {.segment_size = kWholeBurst});
    lab.login_guest(person);
    lab.join(person, "#lab");
    return &person;
  };
  for (std::size_t index = 0; index < plan.people; ++index) people.push_back(enter(index));
  Conversation conversation;
  const auto say = [&](std::size_t sender, std::size_t size) {
    std::string text = std::to_string(conversation.messages.size()) + ':';
    while (text.size() < size) text += static_cast<char>('a' + text.size() % 26);
    lab.say(*people[sender], "#lab", text);
    conversation.messages.push_back({people[sender]->account, text});
  };
  for (const Message& message : plan.messages) say(message.sender % plan.people, message.size);
  if (plan.reuses_port) {
    lab.quit(*people[0]);
    tape.wait(std::chrono::seconds(1));
    people[0] = enter(0);
    say(0, 20);
  }
  for (golden::Person* person : people) lab.quit(*person);
  take_apart(tape, conversation);
  return conversation;
}

}  // namespace plaintalk::generated
