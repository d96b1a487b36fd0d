#include "labs/demo/server_log.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace plaintalk::demo {
namespace {

using Json = nlohmann::json;

ClientEnd client_of(const Json& line) {
  return {line.at("client_address").get<std::string>(), line.at("client_port").get<std::uint16_t>()};
}

}  // namespace

void ServerLog::feed(std::string_view piece) {
  partial_line_.append(piece);
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = partial_line_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    ++line_count_;
    try {
      take_line(std::string_view(partial_line_).substr(begin, end - begin));
    } catch (const Json::exception& error) {
      throw std::runtime_error("line " + std::to_string(line_count_) +
                               " of the server's log: " + error.what());
    }
  }
  partial_line_.erase(0, begin);
}

void ServerLog::take_line(std::string_view text) {
  const Json line = Json::parse(text);
  const auto event = line.at("event").get<std::string>();
  const auto connection = [&]() -> LoggedConnection& {
    return connections_[line.at("connection").get<std::uint64_t>()];
  };
  if (event == "opened") {
    connection().client = client_of(line);
  } else if (event == "login") {
    connection().account = line.at("account");
  } else if (event == "closed") {
    LoggedConnection& closed = connection();
    closed.is_closed = true;
    closed.reason = line.at("reason");
    closed.bytes_in = line.at("bytes_in");
    closed.bytes_out = line.at("bytes_out");
  } else if (event == "routed") {
    messages_.push_back({.key = {line.at("room"), line.at("seq")},
                         .sender = line.at("account"),
                         .recipients = line.at("recipients").get<std::vector<std::uint64_t>>()});
  } else if (event == "transfer" && line.at("kind") == "verified") {
    verified_files_.push_back({line.at("file"), line.at("sha256")});
  } else if (event == "log_lost") {
    lost_event_count_ += line.at("routed").get<std::uint64_t>() + line.at("other").get<std::uint64_t>();
  }
}

std::size_t ServerLog::closed_count(std::string_view account) const {
  return static_cast<std::size_t>(std::ranges::count_if(connections_, [&](const auto& entry) {
    return entry.second.is_closed && entry.second.account == account;
  }));
}

bool ServerLog::has_open_connections() const {
  return std::ranges::any_of(connections_, [](const auto& entry) { return !entry.second.is_closed; });
}

const ServerLog& ServerLogFile::update() {
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset_));
  std::array<char, 65536> buffer{};
  while (file) {
    file.read(buffer.data(), buffer.size());
    const auto size = static_cast<std::size_t>(file.gcount());
    offset_ += size;
    log_.feed({buffer.data(), size});
  }
  return log_;
}

}  // namespace plaintalk::demo
