#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/places.h"

namespace tests {

/// A real Postfix with configuration, queue, mailboxes and port of its own on 127.0.0.1. It ends with the object.
class PostfixPeer {
 public:
  /// Why it cannot run here ("postfix is not installed", …); nothing when it can.
  static std::optional<std::string> missing();

  /// `mailboxes` are addresses whose letters are kept; a letter to another address in their domains is refused as user
  /// unknown. Letters to `relayed_domain` are taken and handed to the server on `next_hop`.
  PostfixPeer(const std::vector<std::string>& mailboxes, const std::string& relayed_domain = "relayed.example",
              std::uint16_t next_hop = 9);
  ~PostfixPeer();
  PostfixPeer(const PostfixPeer&) = delete;
  PostfixPeer& operator=(const PostfixPeer&) = delete;

  bool runs() const { return runs_; }
  std::uint16_t port() const { return port_; }
  std::string certificate() const { return (folder_.path() / "cert.pem").string(); }

  /// The Maildir of that number in `mailboxes`.
  std::filesystem::path maildir(std::size_t mailbox) const;

  /// Files in a Maildir, once there are so many; fewer after 30 seconds.
  std::vector<std::filesystem::path> wait_for(std::size_t mailbox, std::size_t letters) const;

  std::string log() const;

 private:
  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  bool runs_ = false;
};

}  // namespace tests
