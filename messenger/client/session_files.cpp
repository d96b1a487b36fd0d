// Transfers: the frames of docs/PROTOCOL.md, section 7, between the wire and Upload or Download.
#include <algorithm>
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

Refusal own_refusal(std::string why) { return Refusal{0, "FILE", std::move(why)}; }

}  // namespace

void ClientSession::progress(RequestId id, const Upload& upload) {
  const bool hashing = upload.stage() == Upload::Stage::unhashed;
  events_.emplace_back(TransferProgress{id, true, hashing, upload.source().name(),
                                        hashing ? upload.hashed() : upload.confirmed(),
                                        upload.source().size()});
}

void ClientSession::progress(RequestId id, const Download& download) {
  const bool hashing = to_hash_.contains(id);
  events_.emplace_back(TransferProgress{id, false, hashing, download.name(),
                                        hashing ? download.hashed() : download.received(), download.size()});
}

void ClientSession::refuse_too_large_file(RequestId id) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end() || phase_ == Phase::offline || phase_ == Phase::greeting) return;
  const UploadSource& source = found->second.source();
  if (source.size() <= file_size_max_) return;
  answer(id, Refusal{0, "TOO_LARGE",
                     source.name() + " has " + std::to_string(source.size()) +
                         " bytes and this server takes files of at most " + std::to_string(file_size_max_)});
}

// The server takes a second GET of a file on one connection for a new start of the first.
bool ClientSession::waits_for_same_file(RequestId id) const {
  const auto found = downloads_.find(id);
  return found != downloads_.end() && std::any_of(downloads_.begin(), found, [&](const auto& earlier) {
           return earlier.second.file() == found->second.file();
         });
}

void ClientSession::advance_hashing(bool tells_progress) {
  std::size_t running_count = 0;
  for (auto next = to_hash_.begin(); next != to_hash_.end() && running_count < kHashingCountMax;) {
    const RequestId id = *next++;
    if (look_at_hash(id, tells_progress)) ++running_count;
  }
}

// Whether it is still being hashed.
bool ClientSession::look_at_hash(RequestId id, bool tells_progress) {
  const auto upload = uploads_.find(id);
  const auto done = upload != uploads_.end() ? upload->second.hash() : downloads_.at(id).hash();
  if (!done) {
    answer(id, own_refusal(done.error()));
    return false;
  }
  if (!*done) {
    if (tells_progress && upload != uploads_.end()) progress(id, upload->second);
    if (tells_progress && upload == uploads_.end()) progress(id, downloads_.at(id));
    return true;
  }
  to_hash_.erase(id);
  if (upload == uploads_.end() && downloads_.at(id).is_whole())
    finish_download(id, downloads_.at(id).sha256());
  else
    unsent_.insert(id);
  return false;
}

// Nobody here wants that file any more.
void ClientSession::give_up(std::string_view file) {
  FrameWriter(output_, Verb::cancel).argument(file).end();
  sent_.push_back(Sent{.what = Sent::What::probe, .verb = Verb::cancel});
}

bool ClientSession::cancel_upload(RequestId id, const std::string& name) {
  Upload& upload = uploads_.at(id);
  const bool is_meant = name.empty() || name == upload.source().name() || name == upload.file() ||
                        name == requests_.at(id).request.path;
  // Once DONE is under way the server announces it whatever we say.
  const bool is_ending =
      upload.stage() == Upload::Stage::finishing || upload.stage() == Upload::Stage::unsure;
  if (!is_meant || is_ending) return false;
  if (upload.stage() == Upload::Stage::sending) give_up(upload.file());
  answer(id, Refusal{0, "CANCELLED", upload.source().name() + ": cancelled"});
  return true;
}

bool ClientSession::cancel_download(RequestId id, const std::string& name) {
  Download& download = downloads_.at(id);
  if (!name.empty() && name != download.name() && seen_files_.handle_of(name) != download.file())
    return false;
  const bool is_asked = std::ranges::any_of(
      sent_, [&](const Sent& sent) { return sent.verb == Verb::get && sent.request == id; });
  if (is_asked || download.running()) give_up(download.file());
  download.discard();
  answer(id, Refusal{0, "CANCELLED", (download.name().empty() ? name : download.name()) + ": cancelled"});
  return true;
}

RequestId ClientSession::cancel(RequestId id, Answered done, const std::string& name) {
  bool is_any = false;
  for (auto next = uploads_.begin(); next != uploads_.end();) is_any |= cancel_upload((next++)->first, name);
  for (auto next = downloads_.begin(); next != downloads_.end();)
    is_any |= cancel_download((next++)->first, name);
  for (auto next = lookups_.begin(); next != lookups_.end();) is_any |= cancel_lookup((next++)->first, name);
  if (!is_any) done.refusal = own_refusal("no such transfer is under way, or it is being finished");
  events_.emplace_back(std::move(done));
  return id;
}

void ClientSession::start_transfer(RequestId id, Waiting& waiting) {
  Verb verb = waiting.request.verb;
  if (verb == Verb::get) {
    downloads_.at(id).write_get(output_);
  } else if (Upload& upload = uploads_.at(id); upload.stage() == Upload::Stage::unsure) {
    upload.write_done(output_);
    verb = Verb::done;
  } else {
    upload.write_put(output_);
  }
  sent_.push_back(Sent{.what = Sent::What::request, .request = id, .verb = verb});
}

// A repeated DONE was refused because the server has no such upload, or not all of it: it was never
// announced.
bool ClientSession::starts_over(const Sent& sent, const Refusal& refusal) {
  if (sent.verb != Verb::done || uploads_.at(sent.request).stage() != Upload::Stage::unsure) return false;
  if (refusal.code != 404 && refusal.code != 409 && refusal.code != 410) return false;
  uploads_.at(sent.request).start_over();
  unsent_.insert(sent.request);
  return true;
}

void ClientSession::fill(std::size_t unsent_size) {
  if (phase_ != Phase::ready) return;
  // One chunk of each upload in turn, so that none has to wait for another.
  bool added = true;
  while (added && unsent_size + output_.size() < kUnsentFileBytesMax) {
    added = false;
    for (auto it = uploads_.begin(); it != uploads_.end();) {
      const RequestId id = it->first;
      Upload& upload = it->second;
      ++it;  // answer() below erases the upload
      if (upload.may_finish()) {
        upload.write_done(output_);
        sent_.push_back(Sent{.what = Sent::What::request, .request = id, .verb = Verb::done});
        continue;
      }
      if (!upload.may_send()) continue;
      const auto size = upload.write_data(output_);
      if (!size) {
        const std::string why = size.error();
        give_up(upload.file());
        answer(id, own_refusal(why));
        continue;
      }
      sent_.push_back(Sent{.what = Sent::What::data,
                           .request = id,
                           .verb = Verb::data,
                           .size = *size,
                           .generation = upload.generation()});
      added = true;
    }
  }
}

void ClientSession::on_put_accepted(RequestId id, const Frame& frame) {
  Upload& upload = uploads_.at(id);
  if (!upload.accepted(text(frame.parameter("file")), number(frame.parameter("next")),
                       number(frame.parameter("chunk")), number(frame.parameter("credit")))) {
    answer(id, own_refusal("the server's answer to PUT makes no sense"));
    return;
  }
  progress(id, upload);
}

void ClientSession::on_ack(const Sent& sent, const Frame& frame) {
  const auto found = uploads_.find(sent.request);
  if (found == uploads_.end() || text(frame.argument(0)) != found->second.file()) return;
  Upload& upload = found->second;
  upload.acknowledged(number(frame.argument(1)));
  progress(sent.request, upload);
}

void ClientSession::on_data_refused(const Sent& sent, const Frame& frame, const Refusal& refusal) {
  const auto found = uploads_.find(sent.request);
  if (found == uploads_.end()) return;
  const auto next = frame.parameter("next");
  const bool over_credit = refusal.code == 429;
  if (next && (refusal.name == "OFFSET" || over_credit)) {
    found->second.rewind(number(next), sent.size, sent.generation, over_credit);
    return;
  }
  answer(sent.request, refusal);
}

void ClientSession::on_credit(const Frame& frame) {
  for (auto& [id, upload] : uploads_) {
    if (upload.file() == frame.argument(0)) upload.granted(number(frame.argument(1)));
  }
}

std::optional<RequestId> ClientSession::find_download(std::string_view file) const {
  for (const auto& [id, download] : downloads_) {
    if (download.running() && download.file() == file) return id;
  }
  return std::nullopt;
}

void ClientSession::fail_download(RequestId id, std::string why, bool tell_server) {
  Download& download = downloads_.at(id);
  if (tell_server) give_up(download.file());
  download.discard();
  answer(id, own_refusal(std::move(why)));
}

void ClientSession::fail_running_downloads(const Refusal& refusal) {
  std::vector<RequestId> failed;
  for (const auto& [id, download] : downloads_) {
    if (download.running()) failed.push_back(id);
  }
  for (const RequestId id : failed) answer(id, refusal);
}

void ClientSession::on_get_accepted(RequestId id, const Frame& frame) {
  Download& download = downloads_.at(id);
  const auto accepted =
      download.accepted(std::string(frame.body), number(frame.parameter("size")),
                        text(frame.parameter("sha256")), number(frame.parameter("from")), files_);
  if (!accepted) {
    fail_download(id, accepted.error(), true);
    return;
  }
  if (!*accepted) {
    // An earlier fetch of it left something behind: ask again for the rest once that is hashed.
    give_up(download.file());
    to_hash_.insert(id);
    return;
  }
  progress(id, download);
}

void ClientSession::on_data(const Frame& frame) {
  const auto id = find_download(frame.argument(0));
  if (!id) return;  // what was under way when a download was given up
  Download& download = downloads_.at(*id);
  if (const auto stored = download.data(number(frame.argument(1)), frame.body, output_); !stored) {
    fail_download(*id, stored.error(), true);
    return;
  }
  progress(*id, download);
}

void ClientSession::on_download_done(const Frame& frame) {
  if (const auto id = find_download(frame.argument(0))) finish_download(*id, frame.argument(1));
}

void ClientSession::finish_download(RequestId id, std::string_view announced_sha256) {
  Download& download = downloads_.at(id);
  const auto path = download.finish(announced_sha256);
  if (!path) {
    fail_download(id, path.error(), false);
    return;
  }
  if (!*path) {
    unsent_.insert(id);
    return;
  }
  Answered& done = requests_.at(id).answer;
  done.file = download.file();
  done.name = download.name();
  done.size = download.size();
  done.sha256 = download.sha256();
  done.path = **path;
  answer(id, std::nullopt);
}

}  // namespace plaintalk::messenger::client
