#include "tests/golden/lab.hpp"

#include <algorithm>
#include <utility>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"

namespace plaintalk::golden {
namespace {

constexpr std::size_t kChunkSize = 4096;
constexpr std::string_view kGreeting =
    "PLAINTALK/1 lab caps=history,files line=4096 body=65536 chunk=16384 ping=30 :type HELP\n";

std::string line(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text + '\n';
}

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace

Endpoint server_endpoint() { return {IpAddress::v4(192, 0, 2, 9), 7777}; }

Endpoint client_endpoint(unsigned index) {
  return {IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(10 + index)),
          static_cast<std::uint16_t>(40000 + index)};
}

std::string say_frame(std::string_view room, std::string_view id, std::string_view text) {
  std::string frame;
  FrameWriter(frame, Verb::say).argument(room).parameter("id", id).body(text);
  return frame;
}

std::string msg_frame(std::string_view room, std::uint64_t seq, std::string_view from, WallTime at,
                      std::string_view text) {
  std::string frame;
  FrameWriter(frame, Verb::msg)
      .argument(room)
      .argument(seq)
      .argument(from)
      .argument(static_cast<std::uint64_t>(wall_ms(at)))
      .body(text);
  return frame;
}

Person& Lab::connect(std::string account, Endpoint client, TcpTalk::Options options) {
  Person& person = people_.emplace_back(std::move(account), TcpTalk(tape_, client, server_, options));
  person.talk.open();
  think();
  person.talk.server(kGreeting);
  return person;
}

void Lab::login_guest(Person& person, std::string_view display) {
  const std::string shown = display.empty() ? "" : " display=" + escape(display);
  person.talk.client(line({"LOGIN ", person.account, " device=d1", shown}));
  think();
  person.talk.server(line({"OK user=", person.account, " device=d1 token=T-", person.account, "-1 guest=1"}));
}

void Lab::login(Person& person, std::string_view password, bool registering) {
  person.talk.client(line({registering ? "REGISTER " : "LOGIN ", person.account, " device=d1 :", password}));
  think();
  person.talk.server(line({"OK user=", person.account, " device=d1 token=T-", person.account, "-1"}));
}

void Lab::fail_login(Person& person, std::string_view password) {
  person.talk.client(line({"LOGIN ", person.account, " device=d1 :", password}));
  think();
  person.talk.server("ERR 402 BAD_LOGIN verb=LOGIN :wrong name or password; try again\n");
}

void Lab::join(Person& person, const std::string& name) {
  Room& room = rooms_[name];
  person.talk.client(line({"JOIN ", name}));
  think();
  room.members.push_back(&person);
  const std::string joined = line({"JOINED ", name, " ", person.account});
  person.talk.server(line({"OK room=", name, " members=", number(room.members.size()),
                           " last=", number(room.frames.size())}) +
                     joined);
  for (Person* member : room.members)
    if (member != &person) member->talk.server(joined);
}

void Lab::part(Person& person, const std::string& name) {
  Room& room = rooms_[name];
  person.talk.client(line({"PART ", name}));
  think();
  std::erase(room.members, &person);
  person.talk.server(line({"OK room=", name}));
  for (Person* member : room.members)
    member->talk.server(line({"PARTED ", name, " ", person.account, " reason=part"}));
}

void Lab::who(Person& person, const std::string& name) {
  person.talk.client(line({"WHO ", name}));
  think();
  std::string answer;
  for (const Person* member : rooms_[name].members)
    answer += line({"NOTE WHO ", name, " ", member->account, " state=online device=d1"});
  person.talk.server(answer + line({"OK count=", number(rooms_[name].members.size())}));
}

std::string Lab::next_id(const Person& person) {
  return person.account.substr(0, 1) + std::to_string(++id_counts_[person.account]);
}

Lab::SayExchange Lab::saying(Person& person, const std::string& name, std::string_view text) {
  Room& room = rooms_[name];
  const std::string id = next_id(person);
  SayExchange said{say_frame(name, id, text), {}};
  const std::uint64_t seq = room.frames.size() + 1;
  const std::string msg = msg_frame(name, seq, person.account, tape_.now(), text);
  room.frames.push_back(msg);
  for (Person* member : room.members) {
    const bool is_sender = member == &person;
    const std::string at = number(static_cast<std::uint64_t>(wall_ms(tape_.now())));
    said.deliveries.emplace_back(
        member, (is_sender ? line({"OK id=", id, " seq=", number(seq), " at=", at}) : std::string()) + msg);
  }
  return said;
}

void Lab::say(Person& person, const std::string& name, std::string_view text) {
  const SayExchange said = saying(person, name, text);
  person.talk.client(said.command);
  think();
  for (const auto& [member, bytes] : said.deliveries) member->talk.server(bytes);
}

void Lab::direct(Person& from, Person& to, std::string_view text) {
  const std::string room =
      '@' + std::min(from.account, to.account) + ',' + std::max(from.account, to.account);
  std::vector<std::string>& frames = rooms_[room].frames;
  const std::string id = next_id(from);
  from.talk.client(say_frame('@' + to.account, id, text));
  think();
  const std::string msg = msg_frame(room, frames.size() + 1, from.account, tape_.now(), text);
  frames.push_back(msg);
  from.talk.server(line({"OK id=", id, " room=", room, " seq=", number(frames.size()),
                         " at=", number(static_cast<std::uint64_t>(wall_ms(tape_.now())))}) +
                   msg);
  to.talk.server(msg);
}

void Lab::history(Person& person, const std::string& name, std::uint64_t after) {
  const std::vector<std::string>& frames = rooms_[name].frames;
  person.talk.client(line({"HISTORY ", name, " after=", number(after)}));
  think();
  std::string page;
  for (std::size_t index = after; index < frames.size(); ++index) page += frames[index];
  person.talk.server(page + line({"END ", name, " last=", number(frames.size()), " more=0 oldest=1"}));
}

void Lab::quit(Person& person) {
  person.talk.client("QUIT\n");
  think();
  person.talk.server("BYE :goodbye\n");
  person.talk.close(From::server);
  for (auto& [name, room] : rooms_) {
    if (std::erase(room.members, &person) == 0) continue;
    for (Person* member : room.members)
      member->talk.server(line({"PARTED ", name, " ", person.account, " reason=quit"}));
  }
}

void Lab::share_file(Person& person, const std::string& name, const std::string& file_name,
                     std::string_view content, const std::vector<Person*>& receivers) {
  const std::string hash = hex(sha256(content));
  const std::string size = number(content.size());
  const std::string handle = "f" + number(rooms_[name].frames.size() + 1);
  person.talk.client(line({"PUT ", escape(file_name), " ", size, " sha256=", hash, " to=", name}));
  think();
  person.talk.server(line({"OK file=", handle, " next=0 chunk=16384 credit=262144"}));
  const auto data_frame = [&](std::size_t offset) {
    std::string frame;
    FrameWriter(frame, Verb::data)
        .argument(handle)
        .argument(offset)
        .counted_body(content.substr(offset, kChunkSize));
    return frame;
  };
  for (std::size_t offset = 0; offset < content.size(); offset += kChunkSize) {
    person.talk.client(data_frame(offset));
    person.talk.server(line({"ACK ", handle, " ", number(std::min(offset + kChunkSize, content.size()))}));
  }
  person.talk.client(line({"DONE ", handle}));
  think();
  Room& room = rooms_[name];
  std::string announced;
  FrameWriter(announced, Verb::file)
      .argument(name)
      .argument(room.frames.size() + 1)
      .argument(person.account)
      .argument(handle)
      .argument(content.size())
      .argument(hash)
      .body(file_name);
  room.frames.push_back(announced);
  for (Person* member : room.members)
    member->talk.server((member == &person ? line({"OK file=", handle, " verified=1"}) : std::string()) +
                        announced);
  for (Person* receiver : receivers) {
    receiver->talk.client(line({"GET ", handle}));
    think();
    receiver->talk.server(
        line({"OK file=", handle, " size=", size, " sha256=", hash, " from=0 :", file_name}));
    for (std::size_t offset = 0; offset < content.size(); offset += kChunkSize)
      receiver->talk.server(data_frame(offset));
    receiver->talk.server(line({"DONE ", handle, " ", hash}));
  }
}

AliceAndBob::AliceAndBob(Tape& tape, Endpoint server, Endpoint alice_at, Endpoint bob_at)
    : lab(tape, server), alice(lab.connect("alice", alice_at)), bob(lab.connect("bob", bob_at)) {
  for (Person* person : {&alice, &bob}) {
    lab.login_guest(*person);
    lab.join(*person, "#lab");
  }
}

void AliceAndBob::quit() {
  for (Person* person : {&alice, &bob}) lab.quit(*person);
}

}  // namespace plaintalk::golden
