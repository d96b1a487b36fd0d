// A disk in memory, so that session tests touch no real one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

class MemorySource : public UploadSource {
 public:
  MemorySource(std::string name, std::string octets)
      : name_(std::move(name)), octets_(std::move(octets)), sha256_(hex(plaintalk::sha256(octets_))) {}
  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return octets_.size(); }
  const std::string& sha256() const override { return sha256_; }
  std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) override {
    return octets_.substr(offset, size);
  }

 private:
  std::string name_;
  std::string octets_;
  std::string sha256_;
};

class MemoryFiles : public FileStore {
 public:
  std::map<std::string, std::string> to_send;  // by path
  std::map<std::string, std::string> kept;     // by name, only what keep() was called for

  std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) override {
    const auto found = to_send.find(path);
    if (found == to_send.end()) return std::unexpected("no such file");
    return std::make_unique<MemorySource>(path, found->second);
  }
  std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(
      const std::string& name) override {
    return std::make_unique<Sink>(*this, name);
  }

 private:
  class Sink : public DownloadSink {
   public:
    Sink(MemoryFiles& files, std::string name) : files_(files), name_(std::move(name)) {}
    std::expected<void, std::string> append(std::string_view octets) override {
      octets_ += octets;
      return {};
    }
    std::expected<std::string, std::string> keep() override {
      files_.kept[name_] = octets_;
      return "memory/" + name_;
    }

   private:
    MemoryFiles& files_;
    std::string name_;
    std::string octets_;
  };
};

}  // namespace plaintalk::messenger::client
