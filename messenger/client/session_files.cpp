// Transfers: the frames of docs/PROTOCOL.md, section 7, between the wire and Upload or Download.
#include <utility>

#include "messenger/client/frame_fields.hpp"
#include "messenger/client/session.hpp"
#include "protocol/frame_writer.hpp"

namespace plaintalk::messenger::client {
namespace {

Refusal own_refusal(std::string why) { return Refusal{0, "FILE", std::move(why)}; }

}  // namespace

void ClientSession::progress(RequestId id, bool upload, const std::string& name, std::uint64_t done,
                             std::uint64_t total) {
  events_.emplace_back(TransferProgress{id, upload, name, done, total});
}

void ClientSession::start_transfer(RequestId id, Waiting& waiting) {
  const Verb verb = waiting.request.verb;
  if (verb == Verb::put)
    uploads_.at(id).write_put(output_);
  else
    downloads_.at(id).write_get(output_);
  sent_.push_back(Sent{.what = Sent::What::request, .request = id, .verb = verb});
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
        FrameWriter(output_, Verb::cancel).argument(upload.file()).end();
        sent_.push_back(Sent{.what = Sent::What::probe, .verb = Verb::cancel});
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
  progress(id, true, upload.source().name(), upload.confirmed(), upload.source().size());
}

void ClientSession::on_ack(const Sent& sent, const Frame& frame) {
  const auto found = uploads_.find(sent.request);
  if (found == uploads_.end() || text(frame.argument(0)) != found->second.file()) return;
  Upload& upload = found->second;
  upload.acknowledged(number(frame.argument(1)));
  progress(sent.request, true, upload.source().name(), upload.confirmed(), upload.source().size());
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

void ClientSession::own_file_appeared(const FileCame& file) {
  for (auto& [id, upload] : uploads_) {
    // Announced, so verified: the answer to DONE got lost with its connection.
    if (upload.file() != file.file || upload.stage() != Upload::Stage::waiting) continue;
    Answered& done = requests_.at(id).answer;
    done.room = file.room;
    done.file = file.file;
    done.name = upload.source().name();
    done.size = file.size;
    done.sha256 = file.sha256;
    answer(id, std::nullopt);
    return;
  }
}

std::optional<RequestId> ClientSession::find_download(std::string_view file) const {
  for (const auto& [id, download] : downloads_) {
    if (download.running() && download.file() == file) return id;
  }
  return std::nullopt;
}

void ClientSession::fail_download(RequestId id, std::string why, bool tell_server) {
  if (tell_server) {
    FrameWriter(output_, Verb::cancel).argument(downloads_.at(id).file()).end();
    sent_.push_back(Sent{.what = Sent::What::probe, .verb = Verb::cancel});
  }
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
  progress(id, false, download.name(), download.received(), download.size());
}

void ClientSession::on_data(const Frame& frame) {
  const auto id = find_download(frame.argument(0));
  if (!id) return;  // what was under way when a download was given up
  Download& download = downloads_.at(*id);
  if (const auto stored = download.data(number(frame.argument(1)), frame.body, output_); !stored) {
    fail_download(*id, stored.error(), true);
    return;
  }
  progress(*id, false, download.name(), download.received(), download.size());
}

void ClientSession::on_download_done(const Frame& frame) {
  const auto id = find_download(frame.argument(0));
  if (!id) return;
  Download& download = downloads_.at(*id);
  const auto path = download.finish(frame.argument(1));
  if (!path) {
    fail_download(*id, path.error(), false);
    return;
  }
  Answered& done = requests_.at(*id).answer;
  done.file = download.file();
  done.name = download.name();
  done.size = download.size();
  done.sha256 = download.sha256();
  done.path = *path;
  answer(*id, std::nullopt);
}

}  // namespace plaintalk::messenger::client
