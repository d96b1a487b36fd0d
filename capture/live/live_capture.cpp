#include "capture/live/live_capture.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <net/if.h>
#include <pcap/pcap.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/front_door.hpp"
#include "capture/live/capture_filter.hpp"

namespace plaintalk::capture {
namespace {

constexpr std::size_t kBufferSizeMin = std::size_t{256} << 10;
// How long the kernel may hold back a block that is not full yet.
constexpr int kBatchTimeout_ms = 40;
constexpr std::string_view kAnyInterface = "any";

std::string no_rights(const std::string& interface) {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string program = size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : "PROGRAM";
  return interface + ": no right to capture packets. One of these helps: sudo setcap cap_net_raw+ep '" +
         program +
         "' (once, then no root is needed); or run it with sudo; or capture nothing and let the server write "
         "its own recording: " +
         front_door("server --record FILE");
}

std::string open_failure(int status, const std::string& interface, const std::string& detail) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return no_rights(interface);
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return interface + ": there is no such interface; " + front_door("capture --list") + " shows them";
    case PCAP_ERROR_IFACE_NOT_UP:
      return interface + ": the interface is switched off; switch it on with: ip link set '" + interface +
             "' up";
    default: return interface + ": cannot capture: " + (detail.empty() ? pcap_statustostr(status) : detail);
  }
}

// LINKTYPE_ values are libpcap's DLT_ values, except for the few that differ between systems.
LinkType file_link_type(int dlt) {
  return dlt == DLT_RAW ? LinkType::raw : LinkType{static_cast<std::uint32_t>(dlt)};
}

}  // namespace

struct LiveCapture::State {
  struct Closer {
    void operator()(pcap_t* opened) const { pcap_close(opened); }
  };
  LiveOptions options;
  std::unique_ptr<pcap_t, Closer> handle;
  std::vector<std::string> notes;
  std::string filter;
  int descriptor = -1;
  bool is_nanoseconds = false;

  // One attempt with the given buffer; libpcap's status.
  int activate(std::size_t buffer_size);
  void open();
  void set_link_type();
  void set_filter();
  std::string error() const { return pcap_geterr(handle.get()); }
};

int LiveCapture::State::activate(std::size_t buffer_size) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  handle.reset(pcap_create(options.interface.c_str(), text.data()));
  if (!handle) throw OpenError(options.interface + ": cannot capture: " + text.data());
  pcap_set_snaplen(handle.get(), static_cast<int>(std::min<std::uint32_t>(options.snap_length, INT_MAX)));
  pcap_set_promisc(handle.get(), options.is_promiscuous ? 1 : 0);
  pcap_set_timeout(handle.get(), kBatchTimeout_ms);
  pcap_set_buffer_size(handle.get(), static_cast<int>(std::min<std::size_t>(buffer_size, INT_MAX)));
  pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
  return pcap_activate(handle.get());
}

void LiveCapture::State::open() {
  std::size_t buffer_size = options.buffer_size;
  int status = activate(buffer_size);
  while (status == PCAP_ERROR && buffer_size / 2 >= kBufferSizeMin &&
         error().find(std::strerror(ENOMEM)) != std::string::npos) {
    buffer_size /= 2;
    status = activate(buffer_size);
  }
  if (status < 0) throw OpenError(open_failure(status, options.interface, error()));
  if (status > 0) {
    const std::string detail = error();
    notes.push_back(detail.empty() ? pcap_statustostr(status) : detail);
  }
  if (buffer_size != options.buffer_size)
    notes.push_back("no memory for a buffer of " + std::to_string(options.buffer_size >> 10) +
                    " KiB; it has " + std::to_string(buffer_size >> 10) + " KiB");
  is_nanoseconds = pcap_get_tstamp_precision(handle.get()) == PCAP_TSTAMP_PRECISION_NANO;
  if (!is_nanoseconds) notes.emplace_back("time stamps are whole microseconds here");
  set_link_type();
  set_filter();
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  if (pcap_setnonblock(handle.get(), 1, text.data()) != 0)
    throw OpenError(options.interface + ": cannot capture: " + text.data());
  descriptor = pcap_get_selectable_fd(handle.get());
  if (descriptor < 0) throw OpenError(options.interface + ": this kind of interface cannot be waited for");
}

// 'any' starts with the older cooked header; the newer one names the interface each packet came from.
void LiveCapture::State::set_link_type() {
  if (options.interface != kAnyInterface || pcap_datalink(handle.get()) == DLT_LINUX_SLL2) return;
  if (pcap_set_datalink(handle.get(), DLT_LINUX_SLL2) != 0)
    notes.push_back("packets will not name their interface: " + error());
}

void LiveCapture::State::set_filter() {
  std::vector<std::string> candidates{options.filter};
  if (options.filter.empty())
    candidates = {port_filter(options.port, true), port_filter(options.port, false)};
  for (const std::string& candidate : candidates) {
    bpf_program program{};
    if (pcap_compile(handle.get(), &program, candidate.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) continue;
    const int status = pcap_setfilter(handle.get(), &program);
    pcap_freecode(&program);
    if (status != 0) continue;
    filter = candidate;
    return;
  }
  throw OpenError("the filter '" + candidates.back() + "' cannot be used: " + error() +
                  "; man 7 pcap-filter describes the language");
}

LiveCapture LiveCapture::open(const LiveOptions& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  state->open();
  return LiveCapture(std::move(state));
}

LiveCapture::LiveCapture(std::unique_ptr<State> state) : state_(std::move(state)) {}
LiveCapture::LiveCapture(LiveCapture&&) noexcept = default;
LiveCapture::~LiveCapture() = default;

LinkType LiveCapture::link_type() const { return file_link_type(pcap_datalink(state_->handle.get())); }

std::string LiveCapture::link_type_name() const {
  const char* name = pcap_datalink_val_to_name(pcap_datalink(state_->handle.get()));
  return name != nullptr ? name : "link type " + std::to_string(pcap_datalink(state_->handle.get()));
}

const std::string& LiveCapture::filter() const { return state_->filter; }
const std::vector<std::string>& LiveCapture::notes() const { return state_->notes; }
int LiveCapture::descriptor() const { return state_->descriptor; }

std::uint32_t LiveCapture::snap_length() const {
  return static_cast<std::uint32_t>(std::max(0, pcap_snapshot(state_->handle.get())));
}

LiveCapture::Polled LiveCapture::poll(std::size_t count_max, const PacketSink& sink) {
  struct Context {
    const PacketSink* sink;
    bool is_nanoseconds;
  } context{&sink, state_->is_nanoseconds};
  const auto deliver = [](u_char* user, const pcap_pkthdr* header, const u_char* bytes) {
    const auto* to = reinterpret_cast<const Context*>(user);
    const Nanoseconds fraction{header->ts.tv_usec * (to->is_nanoseconds ? 1 : 1000)};
    (*to->sink)(WallTime(std::chrono::seconds(header->ts.tv_sec) + fraction), Bytes(bytes, header->caplen),
                header->len);
  };
  const int count =
      pcap_dispatch(state_->handle.get(), static_cast<int>(std::min<std::size_t>(count_max, INT_MAX)),
                    deliver, reinterpret_cast<u_char*>(&context));
  if (count >= 0) return {static_cast<std::size_t>(count), {}};
  return {0, state_->options.interface + ": capturing ended: " + state_->error()};
}

InterfaceStatistics LiveCapture::statistics() {
  pcap_stat counts{};
  if (pcap_stats(state_->handle.get(), &counts) != 0) return {};
  return {counts.ps_recv, counts.ps_drop, counts.ps_ifdrop};
}

bool LiveCapture::is_interface_up() const {
  const std::string& name = state_->options.interface;
  if (name == kAnyInterface || name.size() >= IFNAMSIZ) return true;
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return true;
  ifreq request{};
  std::copy(name.begin(), name.end(), request.ifr_name);
  const bool is_known = ::ioctl(socket, SIOCGIFFLAGS, &request) == 0;
  ::close(socket);
  return !is_known || (request.ifr_flags & IFF_UP) != 0;
}

}  // namespace plaintalk::capture
