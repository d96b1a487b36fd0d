#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "labs/link/link_plan.hpp"

namespace plaintalk::link {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kBitsPerKilobit = 1000;
constexpr std::uint64_t kBytesPerKilobyte = 1024;
constexpr std::size_t kChosenCountMax = 100;

Json direction_json(const DirectionPlan& plan) {
  return {{"delay_ms", plan.delay.count()},
          {"jitter_ms", plan.jitter.count()},
          {"loss_percent", plan.loss_percent},
          {"duplicate_percent", plan.duplicate_percent},
          {"reorder_percent", plan.reorder_percent},
          {"reorder_ms", plan.reorder_by.count()},
          {"rate_kbit_s", plan.rate_bit_s / kBitsPerKilobit},
          {"queue_kbytes", plan.queue_bytes / kBytesPerKilobyte}};
}

Json chosen_json(const ChosenPacket& chosen) {
  const bool is_held = chosen.fate == ChosenPacket::Fate::hold;
  return {{"direction", render(chosen.direction)},
          {"text", chosen.text},
          {"skip", chosen.skip},
          {"times", chosen.times},
          {"fate", is_held ? "hold" : "lose"},
          {"hold_ms", chosen.hold.count()}};
}

// One object of the text: a word that nobody asks for is a typing error.
class Object {
 public:
  Object(const Json& json, std::string what) : json_(json), what_(std::move(what)) {
    if (!json.is_object()) throw std::runtime_error(what_ + " is no object");
  }

  template <typename Value>
  Value take(const char* word, Value usual) {
    if (!json_.contains(word)) return usual;
    ++taken_;
    const Json& value = json_[word];
    bool is_right = value.is_string();
    if constexpr (std::is_integral_v<Value>) is_right = value.is_number_unsigned();
    if constexpr (std::is_floating_point_v<Value>) is_right = value.is_number();
    if (!is_right) throw std::runtime_error(what_ + ": " + word + " has a value of another kind");
    return value.get<Value>();
  }
  Json part(const char* word, Json usual) {
    if (!json_.contains(word)) return usual;
    ++taken_;
    return json_[word];
  }
  void finish() const {
    if (taken_ != json_.size()) throw std::runtime_error(what_ + " has a word that nobody knows");
  }

 private:
  const Json& json_;
  std::string what_;
  std::size_t taken_ = 0;
};

Milliseconds take_time(Object& object, const char* word) {
  return Milliseconds(object.take<std::uint32_t>(word, 0));
}

DirectionPlan read_direction(const Json& json, const std::string& what) {
  Object object(json, what);
  DirectionPlan plan;
  plan.delay = take_time(object, "delay_ms");
  plan.jitter = take_time(object, "jitter_ms");
  plan.loss_percent = object.take("loss_percent", 0.0);
  plan.duplicate_percent = object.take("duplicate_percent", 0.0);
  plan.reorder_percent = object.take("reorder_percent", 0.0);
  plan.reorder_by = take_time(object, "reorder_ms");
  plan.rate_bit_s = object.take<std::uint32_t>("rate_kbit_s", 0) * kBitsPerKilobit;
  plan.queue_bytes = object.take<std::uint32_t>("queue_kbytes", 0) * kBytesPerKilobyte;
  object.finish();
  return plan;
}

ChosenPacket read_chosen(const Json& json) {
  Object object(json, "packet");
  ChosenPacket chosen;
  const auto direction = object.take("direction", std::string("to_people"));
  chosen.direction = direction == "to_server" ? Direction::to_server : Direction::to_people;
  if (direction != render(chosen.direction))
    throw std::runtime_error("packet: direction is to_server or to_people");
  chosen.text = object.take("text", std::string());
  chosen.skip = object.take<std::uint32_t>("skip", 0);
  chosen.times = object.take<std::uint32_t>("times", 1);
  const auto fate = object.take("fate", std::string("lose"));
  chosen.fate = fate == "hold" ? ChosenPacket::Fate::hold : ChosenPacket::Fate::lose;
  if (fate != "hold" && fate != "lose") throw std::runtime_error("packet: fate is lose or hold");
  chosen.hold = take_time(object, "hold_ms");
  object.finish();
  return chosen;
}

}  // namespace

std::string to_json(const LinkPlan& plan) {
  Json packets = Json::array();
  for (const ChosenPacket& chosen : plan.chosen) packets.push_back(chosen_json(chosen));
  const Json all{{"seed", plan.seed},
                 {"address", plan.address},
                 {"to_server", direction_json(plan.to_server)},
                 {"to_people", direction_json(plan.to_people)},
                 {"packets", std::move(packets)}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::expected<LinkPlan, std::string> from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Object object(json, "the plan");
    LinkPlan plan;
    plan.seed = object.take<std::uint64_t>("seed", 0);
    plan.address = object.take("address", std::string());
    plan.to_server = read_direction(object.part("to_server", Json::object()), "to_server");
    plan.to_people = read_direction(object.part("to_people", Json::object()), "to_people");
    const Json packets = object.part("packets", Json::array());
    if (!packets.is_array() || packets.size() > kChosenCountMax)
      throw std::runtime_error("packets is no list, or has more than " + std::to_string(kChosenCountMax));
    for (const Json& packet : packets) plan.chosen.push_back(read_chosen(packet));
    object.finish();
    if (const auto faults = faults_of(plan); !faults.empty()) return std::unexpected(faults.front());
    return plan;
  } catch (const Json::exception& error) {
    return std::unexpected("this is no JSON: " + std::string(error.what()));
  } catch (const std::runtime_error& error) {
    return std::unexpected(error.what());
  }
}

}  // namespace plaintalk::link
