// A disk in memory, so that session tests touch no real one.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "messenger/client/files.hpp"

namespace plaintalk::messenger::client {

// Hashes a slice each time somebody looks, so that a test decides how long it takes.
class MemoryHashing : public Hashing {
 public:
  MemoryHashing(const std::string& bytes, std::size_t slice) : bytes_(bytes), slice_(slice) {}
  std::uint64_t done() const override { return done_; }
  std::optional<std::expected<Sha256, std::string>> take_result() override {
    const std::size_t size = std::min(slice_, bytes_.size() - done_);
    hash_.update(std::string_view(bytes_).substr(done_, size));
    done_ += size;
    if (done_ < bytes_.size()) return std::nullopt;
    return std::move(hash_);
  }

 private:
  std::string bytes_;
  std::size_t slice_;
  std::size_t done_ = 0;
  Sha256 hash_;
};

class MemoryFiles : public FileStore {
 public:
  std::map<std::string, std::string> to_send;  // by path
  std::map<std::string, std::string> kept;     // by name, only what keep() was called for
  std::map<std::string, std::string> parts;    // by SHA-256, what unfinished fetches have left
  std::size_t hashed_at_once = std::string::npos;

  std::expected<std::unique_ptr<UploadSource>, std::string> open_upload(const std::string& path) override {
    const auto found = to_send.find(path);
    if (found == to_send.end()) return std::unexpected("no such file");
    return std::make_unique<Source>(*this, path, found->second);
  }
  std::expected<std::unique_ptr<DownloadSink>, std::string> create_download(const std::string& name,
                                                                            const std::string& sha256,
                                                                            std::uint64_t) override {
    return std::make_unique<Sink>(*this, name, sha256);
  }

 private:
  class Source : public UploadSource {
   public:
    Source(const MemoryFiles& files, std::string name, std::string bytes)
        : files_(files), name_(std::move(name)), bytes_(std::move(bytes)) {}
    const std::string& name() const override { return name_; }
    std::uint64_t size() const override { return bytes_.size(); }
    std::unique_ptr<Hashing> start_hashing() override {
      return std::make_unique<MemoryHashing>(bytes_, files_.hashed_at_once);
    }
    std::expected<std::string, std::string> read(std::uint64_t offset, std::size_t size) override {
      return bytes_.substr(offset, size);
    }

   private:
    const MemoryFiles& files_;
    std::string name_;
    std::string bytes_;
  };

  class Sink : public DownloadSink {
   public:
    Sink(MemoryFiles& files, std::string name, std::string sha256)
        : files_(files), name_(std::move(name)), sha256_(std::move(sha256)) {
      if (auto part = files_.parts.extract(sha256_)) bytes_ = std::move(part.mapped());
      found_size_ = bytes_.size();
    }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink() override {
      if (!bytes_.empty()) files_.parts[sha256_] = bytes_;
    }
    std::uint64_t found_size() const override { return found_size_; }
    std::unique_ptr<Hashing> start_hashing() override {
      return std::make_unique<MemoryHashing>(bytes_, files_.hashed_at_once);
    }
    std::expected<void, std::string> append(std::string_view bytes) override {
      bytes_ += bytes;
      return {};
    }
    std::expected<std::string, std::string> keep() override {
      files_.kept[name_] = std::exchange(bytes_, {});
      return "memory/" + name_;
    }
    void discard() override { bytes_.clear(); }

   private:
    MemoryFiles& files_;
    std::string name_;
    std::string sha256_;
    std::string bytes_;
    std::size_t found_size_ = 0;
  };
};

}  // namespace plaintalk::messenger::client
