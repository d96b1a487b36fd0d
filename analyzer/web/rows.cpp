#include "analyzer/web/rows.hpp"

namespace plaintalk::analyzer::web {
namespace {

template <typename Item>
std::size_t bytes_of_items(const std::vector<Item>& items) {
  return items.capacity() == 0 ? 0 : items.capacity() * sizeof(Item) + sizeof(void*);
}

}  // namespace

std::size_t Entry::bytes_beside() const {
  std::size_t bytes = bytes_of_items(copies);
  for (const std::string* const part : {&who, &room, &text, &protocol, &method, &accepted})
    bytes += web::bytes_beside(*part);
  for (const Copy& copy : copies) bytes += web::bytes_beside(copy.who);
  return bytes;
}

std::size_t Person::bytes_beside() const { return web::bytes_beside(name) + bytes_of_items(connections); }

std::size_t Room::bytes_beside() const {
  std::size_t bytes = web::bytes_beside(server) + web::bytes_beside(name) + bytes_of_items(members);
  for (const Member& member : members) bytes += web::bytes_beside(member.who);
  return bytes;
}

std::size_t Secret::bytes_beside() const {
  std::size_t bytes = 0;
  for (const std::string* const part : {&user, &protocol, &method, &text, &accepted})
    bytes += web::bytes_beside(*part);
  return bytes;
}

std::size_t Connection::bytes_beside() const {
  std::size_t bytes = bytes_of_items(rooms);
  for (const std::string* const part : {&client, &server, &who, &protocol, &ending})
    bytes += web::bytes_beside(*part);
  for (const std::string& room : rooms) bytes += web::bytes_beside(room);
  return bytes;
}

std::size_t FrameRow::bytes_beside() const {
  return web::bytes_beside(verb) + web::bytes_beside(arguments) + web::bytes_beside(status);
}

std::string_view name_of(Entry::Kind kind) {
  switch (kind) {
    case Entry::Kind::login: return "login";
    case Entry::Kind::refused_login: return "refused";
    case Entry::Kind::joined: return "joined";
    case Entry::Kind::parted: return "parted";
    case Entry::Kind::ended: return "ended";
    case Entry::Kind::message: return "message";
    case Entry::Kind::file: return "file";
    case Entry::Kind::secret: return "secret";
  }
  return {};
}

std::string_view name_of(Connection::State state) {
  switch (state) {
    case Connection::State::opening: return "opening";
    case Connection::State::open: return "open";
    case Connection::State::half_closed: return "half closed";
    case Connection::State::closed: return "closed";
    case Connection::State::reset: return "reset";
    case Connection::State::given_up: return "given up";
  }
  return {};
}

}  // namespace plaintalk::analyzer::web
